# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Runs in the guest, in the directory shared with the test: what cannot work first, then the camera until `stop` is
# there, then one publisher after the other, each of which takes the camera or loses it in another way.
. ./guest_common.sh
modprobe vivid n_devs=1 node_types=0x101 vid_cap_nr=0 vid_out_nr=1 num_inputs=1 input_types=0
camera=/dev/video0

try missing $lkcam --device /dev/video9
try output $lkcam --device /dev/video1
try forbidden /bin/setpriv --reuid 65534 --regid 65534 --clear-groups $lkcam --device $camera

hold busy_holder
try busy $lkcam --device $camera
kill $holder
wait $holder

publish older
older=$publisher
echo $older > older.pid
wait_told stop
publish newer
ended older $older
wait_frames newer
survive_faults newer
stop_publisher newer TERM
try next v4l2-ctl -d $camera --stream-mmap --stream-count 3

hold polite
publish taker --take-camera
ended polite $holder
wait_frames taker
stop_publisher taker INT

trap '' TERM    # what is started from here on ignores it too
hold stubborn
trap - TERM
since=$(now)
publish killer --take-camera
ended stubborn $holder "$since"
wait_frames killer

since=$(now)
control disconnect=1
ended killer $publisher "$since"
