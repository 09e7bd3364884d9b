# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# What the guests' scripts share; sourced. A program that is run as NAME leaves NAME.rc, NAME.err and NAME.json, and
# NAME.s where its time counts. $camera is the device that `publish`, `hold` and `control` mean.
. ./environment
lkcam="lkcam publish --stats json --size 640x360 --fps 15"

now() {
    cut -d' ' -f1 /proc/uptime
}

try() { # NAME COMMAND...: to its end
    name=$1
    shift
    "$@" > "$name.json" 2> "$name.err"
    echo $? > "$name.rc"
}

publish() { # NAME FLAG...: in the background as $publisher
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

wait_told() { # FILE: the test has made it, or the publisher has ended
    until [ -e "$1" ] || ! kill -0 $publisher; do sleep 0.1; done
}

ended() { # NAME PID [SINCE]
    wait "$2"
    echo $? > "$1.rc"
    [ -z "$3" ] || echo "$3 $(now)" | awk '{ print $2 - $1 }' > "$1.s"
}

stop_publisher() { # NAME SIGNAL
    since=$(now)
    kill "-$2" $publisher
    ended "$1" $publisher "$since"
}

hold() { # NAME: a program that is not lkcam streams from the camera, as $holder
    v4l2-ctl -d $camera --stream-mmap > "$1.txt" 2>&1 &
    holder=$!
    echo $holder > "$1.pid"
    until [ -s "$1.txt" ]; do sleep 0.1; done
}

control() { # NAME=VALUE
    v4l2-ctl -d $camera -c "$1"
}

# The faults of vivid that a stream survives: three buffers with an error, then a second in which all are dropped.
survive_faults() { # NAME: a publisher; NAME_whole.json is its statistics between the two
    for i in 1 2 3; do
        control inject_v4l2_buf_flag_error=1
        sleep 0.3
    done
    tail -n 1 "$1.json" > "$1_whole.json"
    control percentage_of_dropped_buffers=100
    sleep 1
    control percentage_of_dropped_buffers=0
    wait_rows "$1" 2
}
