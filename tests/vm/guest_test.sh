# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Runs in the guest, in the directory shared with the test: what cannot work first, then the camera until `stop` is
# there, then one publisher after the other, each of which takes the camera or loses it in another way.
# Each program NAME leaves NAME.rc, NAME.err and NAME.json, and NAME.s where its time counts.
. ./environment
modprobe vivid n_devs=1 node_types=0x101 vid_cap_nr=0 vid_out_nr=1 num_inputs=1 input_types=0
camera=/dev/video0
lkcam="lkcam publish --room vm --identity camera --stats json --size 640x360 --fps 15"

try() {
    name=$1
    shift
    "$@" > "$name.json" 2> "$name.err"
    echo $? > "$name.rc"
}

publish() { # NAME FLAG...
    name=$1
    shift
    $lkcam --device $camera "$@" > "$name.json" 2> "$name.err" &
    publisher=$!
}

wait_frames() { # NAME: its publisher has sent some, or has ended
    until grep -q '"frames_sent":[1-9]' "$1.json" || ! kill -0 $publisher; do sleep 0.1; done
}

wait_rows() { # NAME COUNT: so many more seconds of its statistics are there
    enough=$(($(wc -l < "$1.json") + $2))
    until [ "$(wc -l < "$1.json")" -ge $enough ] || ! kill -0 $publisher; do sleep 0.1; done
}

hold() { # NAME: a program that is not lkcam streams from the camera
    v4l2-ctl -d $camera --stream-mmap > "$1.txt" 2>&1 &
    holder=$!
    echo $holder > "$1.pid"
    until [ -s "$1.txt" ]; do sleep 0.1; done
}

ended() { # NAME PID [SINCE]
    wait "$2"
    echo $? > "$1.rc"
    [ -z "$3" ] || echo "$3 $(now)" | awk '{ print $2 - $1 }' > "$1.s"
}

now() {
    cut -d' ' -f1 /proc/uptime
}

control() { # NAME=VALUE
    v4l2-ctl -d $camera -c "$1"
}

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
until [ -e stop ] || ! kill -0 $older; do sleep 0.1; done
publish newer
ended older $older
wait_frames newer

for i in 1 2 3; do
    control inject_v4l2_buf_flag_error=1
    sleep 0.3
done
tail -n 1 newer.json > newer_whole.json
control percentage_of_dropped_buffers=100
sleep 1
control percentage_of_dropped_buffers=0
wait_rows newer 2

since=$(now)
kill -TERM $publisher
ended newer $publisher "$since"
try next v4l2-ctl -d $camera --stream-mmap --stream-count 3

hold polite
publish taker --take-camera
ended polite $holder
wait_frames taker
kill -INT $publisher
ended taker $publisher

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
