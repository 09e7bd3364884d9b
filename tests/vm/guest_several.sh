# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Runs in the guest, in the directory shared with the test: one publisher with two cameras and the name of a third that is
# not there; then each of the two is unplugged.
. ./guest_common.sh
modprobe vivid n_devs=2 node_types=0x1,0x1 vid_cap_nr=0,1 num_inputs=1,1 input_types=0,0
camera=/dev/video0

publish several --device /dev/video1 --device /dev/video9
wait_frames several
wait_told unplug_rear
v4l2-ctl -d /dev/video1 -c disconnect=1
wait_told unplug_front
since=$(now)
v4l2-ctl -d /dev/video0 -c disconnect=1
ended several $publisher "$since"
try again v4l2-ctl -d /dev/video1 --stream-mmap --stream-count 3
