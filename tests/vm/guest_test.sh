# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Runs in the guest, in the directory shared with the test: what cannot work first, then the camera until `stop` is
# there. Each try leaves NAME.rc, NAME.err and NAME.json.
. ./environment
modprobe vivid n_devs=1 node_types=0x101 vid_cap_nr=0 vid_out_nr=1 num_inputs=1 input_types=0

try() {
    name=$1
    shift
    "$@" > "$name.json" 2> "$name.err"
    echo $? > "$name.rc"
}
lkcam="lkcam publish --room vm --identity camera --stats json --size 640x360 --fps 15"

try missing $lkcam --device /dev/video9
try output $lkcam --device /dev/video1
try forbidden /bin/setpriv --reuid 65534 --regid 65534 --clear-groups $lkcam --device /dev/video0

v4l2-ctl -d /dev/video0 --stream-mmap > holder.txt 2>&1 &
holder=$!
echo $holder > holder.pid
until [ -s holder.txt ]; do sleep 0.1; done
try busy $lkcam --device /dev/video0
kill $holder
wait $holder

$lkcam --device /dev/video0 > publish.json 2> publish.err &
publisher=$!
until [ -e stop ] || ! kill -0 $publisher; do sleep 0.1; done
kill -INT $publisher
wait $publisher
echo $? > publish.rc
