# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Runs in the guest: somebody sets the clock an hour forward, and later back, while lkcam publishes.
. ./guest_common.sh
modprobe vivid n_devs=1 node_types=0x1 vid_cap_nr=0 num_inputs=1 input_types=0
camera=/dev/video0

set_clock() { # SECONDS
    date -s "@$(($(date +%s) + $1))"
}

publish clock
wait_frames clock
wait_told go
wait_rows clock 2
set_clock 3600
wait_rows clock 4
set_clock -3600
wait_rows clock 4
stop_publisher clock TERM
