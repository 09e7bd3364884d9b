# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A camera read by bare ioctls. Prints one JSON object a line for each frame, and one at the end; knows no test.

    v4l2_reader.py DEVICE [--wait block|poll|select|epoll] [--buffers N] [--keep-last]

Ends when an ioctl fails; says which error, and what poll then says of the descriptor. With --keep-last it reads what comes but gives
no buffer back, so that frames are lost once all are full.
"""
import argparse
import errno
import fcntl
import json
import mmap
import os
import select
import struct

import numpy as np

from stamp import read_stamp

CAPTURE = MMAP = 1
REQUEST = struct.Struct("5I")           # struct v4l2_requestbuffers
BUFFER = struct.Struct("5I4xqq16s2IQI2I4x")  # struct v4l2_buffer, 64 bits
FORMAT = struct.Struct("I4x2I192x")     # struct v4l2_format: width and height of a picture
DAMAGED = 0x40
INTERRUPTED = (select.POLLERR, select.POLLHUP)


def number(direction, code, size):
    return direction << 30 | size << 16 | ord("V") << 8 | code


G_FMT, REQBUFS = number(3, 4, FORMAT.size), number(3, 8, REQUEST.size)
QUERYBUF, QBUF, DQBUF = (number(3, code, BUFFER.size) for code in (9, 15, 17))
STREAMON = number(1, 18, 4)


def say(**fields):
    print(json.dumps(fields), flush=True)


def buffer(index=0):
    return bytearray(BUFFER.pack(index, CAPTURE, 0, 0, 0, 0, 0, b"", 0, MMAP, 0, 0, 0, 0))


class Camera:
    def __init__(self, device, blocking, buffers):
        self.fd = os.open(device, os.O_RDWR | (0 if blocking else os.O_NONBLOCK))
        form = bytearray(FORMAT.pack(CAPTURE, 0, 0))
        fcntl.ioctl(self.fd, G_FMT, form)
        _, self.width, self.height = FORMAT.unpack(form)
        request = bytearray(REQUEST.pack(buffers, CAPTURE, MMAP, 0, 0))
        fcntl.ioctl(self.fd, REQBUFS, request)
        self.maps = [self.map(i) for i in range(REQUEST.unpack(request)[0])]
        fcntl.ioctl(self.fd, STREAMON, struct.pack("i", CAPTURE))

    def map(self, index):
        b = buffer(index)
        fcntl.ioctl(self.fd, QUERYBUF, b)
        *_, offset, length, _, _ = BUFFER.unpack(b)
        self.give_back(index)
        return mmap.mmap(self.fd, length, offset=offset)

    def give_back(self, index):
        fcntl.ioctl(self.fd, QBUF, buffer(index))

    def take(self):
        b = buffer()
        fcntl.ioctl(self.fd, DQBUF, b)
        index, _, _, flags, _, seconds, us, _, sequence, *_ = BUFFER.unpack(b)
        luma = np.frombuffer(self.maps[index], np.uint8).reshape(self.height, self.width * 2)[:, ::2]
        stamp = read_stamp(luma)
        say(kind="frame", sequence=sequence, damaged=bool(flags & DAMAGED), time_us=seconds * 1_000_000 + us,
            id=stamp and stamp[0], stamp_us=stamp and stamp[1])
        return index


def waiter(kind, fd):
    if kind == "poll":
        p = select.poll()
        p.register(fd, select.POLLIN)
        return p.poll
    if kind == "epoll":
        e = select.epoll()
        e.register(fd, select.EPOLLIN)
        return e.poll
    return (lambda: select.select([fd], [], [])) if kind == "select" else lambda: None


def main():
    options = argparse.ArgumentParser()
    options.add_argument("device")
    options.add_argument("--wait", default="poll", choices=["block", "poll", "select", "epoll"])
    options.add_argument("--buffers", type=int, default=4)
    options.add_argument("--keep-last", action="store_true")
    options = options.parse_args()
    try:
        camera = Camera(options.device, options.wait == "block", options.buffers)
        wait = waiter(options.wait, camera.fd)
        while True:
            wait()
            index = camera.take()
            if not options.keep_last:
                camera.give_back(index)
    except OSError as e:
        events = select.poll()
        if "camera" in locals():
            events.register(camera.fd, select.POLLIN)
        say(kind="end", error=errno.errorcode[e.errno], events=dict(events.poll(0)).popitem()[1] if "camera" in locals() else 0)


main()
