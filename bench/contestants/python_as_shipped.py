#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What people write with OpenCV and LiveKit's Python SDK, options left as they are: VP8, simulcast, a pause of one frame after each.

    python_as_shipped.py [--format i420|rgba] [--size WxH] [--fps N]     LIVEKIT_URL, LIVEKIT_TOKEN, CAMERA_DEVICE (/dev/video0)

Written for this benchmark after such scripts; ends on SIGINT or SIGTERM.
"""
import argparse
import asyncio
import os
import re
import signal

import cv2
from livekit import rtc

FORMATS = {"i420": (cv2.COLOR_BGR2YUV_I420, rtc.VideoBufferType.I420), "rgba": (cv2.COLOR_BGR2RGBA, rtc.VideoBufferType.RGBA)}


def open_camera(device, width, height, fps):
    camera = cv2.VideoCapture(int(re.fullmatch(r"/dev/video(\d+)", device)[1]))
    camera.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    camera.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    camera.set(cv2.CAP_PROP_FPS, fps)
    assert camera.isOpened(), f"{device} cannot be opened"
    return camera


async def publish(options):
    width, height = map(int, options.size.split("x"))
    conversion, buffer_type = FORMATS[options.format]
    room = rtc.Room()
    await room.connect(os.environ["LIVEKIT_URL"], os.environ["LIVEKIT_TOKEN"])
    source = rtc.VideoSource(width, height)
    track = rtc.LocalVideoTrack.create_video_track("camera", source)
    await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA))
    camera = open_camera(os.environ.get("CAMERA_DEVICE", "/dev/video0"), width, height, options.fps)
    try:
        while True:
            good, picture = camera.read()
            if not good:
                raise SystemExit("the camera has sent no frame")
            data = cv2.cvtColor(picture, conversion).tobytes()
            source.capture_frame(rtc.VideoFrame(width, height, buffer_type, data))
            await asyncio.sleep(1 / options.fps)
    finally:
        camera.release()
        await room.disconnect()


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--format", default="i420", choices=FORMATS)
    options.add_argument("--size", default="1280x720")
    options.add_argument("--fps", type=int, default=30)
    task = asyncio.create_task(publish(options.parse_args()))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        pass


asyncio.run(main())
