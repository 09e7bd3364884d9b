# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A camera read by OpenCV as its users do. Prints one JSON object a line for each frame; knows no test.

    opencv_reader.py NUMBER [--pause SECONDS]     the pause after each frame is the user's own work
"""
import argparse
import json
import time

import cv2

from stamp import read_stamp

WIDTH, HEIGHT, FPS = 1280, 720, 30


def main():
    options = argparse.ArgumentParser()
    options.add_argument("number", type=int)
    options.add_argument("--pause", type=float, default=0)
    options = options.parse_args()
    camera = cv2.VideoCapture(options.number, cv2.CAP_V4L2)
    for key, value in ((cv2.CAP_PROP_FRAME_WIDTH, WIDTH), (cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT), (cv2.CAP_PROP_FPS, FPS)):
        camera.set(key, value)
    print(json.dumps({"kind": "open" if camera.isOpened() else "closed"}), flush=True)
    while True:
        good, picture = camera.read()
        if not good:
            break
        stamp = read_stamp(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
        print(json.dumps({"kind": "frame", "id": stamp and stamp[0], "stamp_us": stamp and stamp[1], "width": picture.shape[1],
                          "height": picture.shape[0], "at_ms": camera.get(cv2.CAP_PROP_POS_MSEC)}), flush=True)
        time.sleep(options.pause)
    print(json.dumps({"kind": "end"}), flush=True)


main()
