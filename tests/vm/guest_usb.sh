# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Runs in the guest, in the directory shared with the test: the cameras are listed while a program holds one of them; then
# the USB camera is published in each of its formats, then vivid dark and bright, each until the test has seen enough.
. ./guest_common.sh
modprobe -a vhci-hcd uvcvideo
modprobe vivid n_devs=1 node_types=0x1 vid_cap_nr=10 num_inputs=1 input_types=0
usb_camera . > streamed.txt 2> usb_camera.err &
until [ -e /dev/video0 ] && [ -e /dev/video1 ]; do sleep 0.1; done
mkdir -p /dev/v4l/by-id /dev/v4l/by-path
ln -s ../../video0 /dev/v4l/by-id/usb-lkcam_Test_Camera_CAM1-video-index0
ln -s ../../video1 /dev/v4l/by-id/usb-lkcam_Test_Camera_CAM1-video-index1
ln -s ../../video0 /dev/v4l/by-path/platform-vhci_hcd.0-usb-0:1:1.0-video-index0

facts() { # NODE: what v4l2-ctl tells of it
    v4l2-ctl -d "/dev/$1" --list-formats-ext > "$1_formats.txt"
    v4l2-ctl -d "/dev/$1" --list-ctrls-menus > "$1_controls.txt"
}

# vivid counts in some controls what it streams, so it is still when they are compared.
facts video0
facts video10
try listed lkcam devices --json
try text lkcam devices
try forbidden /bin/setpriv --reuid 65534 --regid 65534 --clear-groups lkcam devices --json

camera=/dev/video10
hold holder
try held lkcam devices --json
kill $holder
wait $holder

camera=usb-lkcam_Test_Camera_CAM1-video-index0
try range $lkcam --device $camera --control brightness=65
try unknown $lkcam --device $camera --control britness=5

priority() { # NAME: whether the USB camera may lower its rate in the dark, and its brightness, now
    v4l2-ctl -d /dev/video0 -C exposure_dynamic_framerate,brightness > "$1.txt"
}

stage() { # NAME FLAG...: published until the test has seen enough
    publish "$@"
    wait_told "stop_$1"
    priority "$1"
    stop_publisher "$1" INT
}

priority before
stage yuyv --format YUYV --control brightness=-7
v4l2-ctl -d /dev/video0 -c exposure_dynamic_framerate=1
stage mjpeg --format MJPEG --control exposure_dynamic_framerate=1 --control brightness=0x10
camera=/dev/video10
stage dark --control brightness=60 --control test_pattern=0
stage bright --control brightness=200 --control 'test_pattern=75% Colorbar'
