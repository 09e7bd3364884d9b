# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Runs in the guest: /dev/video0 has V4L2's single-planar interface, /dev/video1 the multi-planar one alone. The latter
# with the faults that a camera can have, then colour bars in each of its formats, then it goes away.
. ./guest_common.sh
modprobe vivid n_devs=2 node_types=0x1,0x1 vid_cap_nr=0,1 num_inputs=1,1 input_types=0,0 multiplanar=1,2

camera=/dev/video1
publish moving
wait_told stop
survive_faults moving
since=$(now)
control inject_fatal_streaming_error=1
ended moving $publisher "$since"

bars() { # NAME FORMAT: until the test has seen them
    control osd_text_mode=2
    publish "$1" --format "$2" --max-bitrate 6M
    wait_told "seen_$1"
    v4l2-ctl -d $camera --get-fmt-video > "$1.fmt"
    stop_publisher "$1" TERM
}
camera=/dev/video0
bars single YUYV
camera=/dev/video1
for format in NV12 I420 YUYV UYVY RGB24 BGR24; do bars $format $format; done

publish unplugged
wait_frames unplugged
since=$(now)
control disconnect=1
ended unplugged $publisher "$since"
