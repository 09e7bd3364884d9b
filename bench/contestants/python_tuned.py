#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""OpenCV and LiveKit's Python SDK as well as we can: H.264, one layer, a thread for the camera, no pause, one buffer in the driver.

    python_tuned.py [--size WxH] [--fps N] [--bitrate BPS]     LIVEKIT_URL, LIVEKIT_TOKEN, CAMERA_DEVICE (/dev/video0)

The camera paces; the picture is converted into one buffer that is used again; frames carry the driver's time. Ends on SIGINT or SIGTERM.
"""
import argparse
import asyncio
import os
import re
import signal
import threading

import cv2
import numpy as np
from livekit import rtc


def open_camera(device, width, height, fps):
    camera = cv2.VideoCapture(int(re.fullmatch(r"/dev/video(\d+)", device)[1]), cv2.CAP_V4L2)
    for key, value in ((cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*"YUYV")), (cv2.CAP_PROP_FRAME_WIDTH, width),
                       (cv2.CAP_PROP_FRAME_HEIGHT, height), (cv2.CAP_PROP_FPS, fps), (cv2.CAP_PROP_BUFFERSIZE, 1)):
        camera.set(key, value)
    assert camera.isOpened(), f"{device} cannot be opened"
    return camera


class CameraThread(threading.Thread):
    """Camera to source, until stopped or the camera fails."""

    def __init__(self, source, options, on_end):
        super().__init__(name="camera")
        self.source, self.options, self.on_end = source, options, on_end
        self.stop, self.failed = False, False

    def run(self):
        width, height = self.options.width, self.options.height
        picture = np.empty((height, width, 3), np.uint8)
        # The SDK would copy an array's own memory once and send that for ever; a bytearray it reads anew.
        memory = bytearray(width * height * 3 // 2)
        converted = np.frombuffer(memory, np.uint8).reshape(height * 3 // 2, width)
        frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, memory)
        camera = open_camera(os.environ.get("CAMERA_DEVICE", "/dev/video0"), width, height, self.options.fps)
        while not self.stop:
            good, _ = camera.read(picture)
            if not good:
                self.failed = True
                break
            cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420, dst=converted)
            self.source.capture_frame(frame, timestamp_us=round(camera.get(cv2.CAP_PROP_POS_MSEC) * 1000))
        camera.release()
        self.on_end()


def publish_options(options):
    return rtc.TrackPublishOptions(
        source=rtc.TrackSource.SOURCE_CAMERA, video_codec=rtc.VideoCodec.H264, simulcast=False,
        video_encoding=rtc.VideoEncoding(max_bitrate=options.bitrate, max_framerate=options.fps),
        degradation_preference=rtc.DegradationPreference.MAINTAIN_RESOLUTION)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--bitrate", type=int, default=3_000_000)
    options = parser.parse_args()
    options.width, options.height = map(int, options.size.split("x"))
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    room = rtc.Room()
    await room.connect(os.environ["LIVEKIT_URL"], os.environ["LIVEKIT_TOKEN"],
                       rtc.RoomOptions(auto_subscribe=False, dynacast=False))
    source = rtc.VideoSource(options.width, options.height)
    track = rtc.LocalVideoTrack.create_video_track("camera", source)
    await room.local_participant.publish_track(track, publish_options(options))
    camera = CameraThread(source, options, lambda: loop.call_soon_threadsafe(end.set))
    camera.start()
    await end.wait()
    camera.stop = True
    await loop.run_in_executor(None, camera.join)
    await room.disconnect()
    if camera.failed:
        raise SystemExit("the camera has sent no frame")


asyncio.run(main())
