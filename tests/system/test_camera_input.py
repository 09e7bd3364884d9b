# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Clips and sizes that cannot be played: one line says what, why and what to do. Needs no camera."""
import os
import re

import numpy as np
import pytest

from child import Child
from publisher import CAMERA, DONE, Publisher, environment
from stamp import COLUMNS, ROWS, block_px, crc16

USAGE = 2
WIDTH, HEIGHT = 256, 64      # as small as a picture with a stamp may be
FRAME_BYTES = WIDTH * HEIGHT * 3 // 2
HEADER = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F30:1\n".encode()
NOBODY = "ws://127.0.0.1:1"
TOO_SHORT = "shorter than one frame of I420 {}: the file is cut off, or its size or format is another"
NO_CLIP = "not a clip: an empty file, or no file at all; give a .y4m or raw frames"
RAW_FORMAT = "not a .y4m file; for raw frames also say the format (I420, NV12, YUYV, UYVY, RGB24 or BGR24) and size"
SIDES = "width and height must be even numbers from 16 to 7680"
ANOTHER_FORMAT = "only progressive 8-bit 4:2:0 is played; convert it: ffmpeg -i FILE -pix_fmt yuv420p out.y4m"


def frame(number):
    """Grey, under a stamp of this number and time 0."""
    rows = number.to_bytes(4, "big") + bytes(6)
    bits = np.unpackbits(np.frombuffer(rows + crc16(rows).to_bytes(2, "big"), np.uint8)).reshape(ROWS, COLUMNS)
    block = block_px(WIDTH, HEIGHT)
    luma = np.full((HEIGHT, WIDTH), 128, np.uint8)
    luma[:ROWS * block, :COLUMNS * block] = np.kron(bits * 219 + 16, np.ones((block, block), np.uint8))
    return b"FRAME\n" + luma.tobytes() + bytes([128]) * (FRAME_BYTES // 3)


def y4m(frames, header=HEADER):
    return header + b"".join(map(frame, range(frames)))


@pytest.fixture
def refused(lkcam, children):
    """refused(*flags) -> (exit code, the only line that was said)"""
    def run(*flags):
        children.append(Child([lkcam, "publish", "--url", NOBODY, *flags], env=environment(NOBODY)))
        code, _ = children[-1].wait_end(5)
        lines = children[-1].stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("lkcam: ") and not children[-1].lines, children[-1].stderr
        return code, lines[0].removeprefix("lkcam: ")
    return run


BAD_CLIPS = {
    "cut in the first frame": (y4m(1)[:-1], [], TOO_SHORT.format("256x64")),
    "cut behind the header": (HEADER, [], TOO_SHORT.format("256x64")),
    "cut in the header": (HEADER[:20], [], "the Y4M header is broken"),
    "no frame header": (HEADER + bytes(FRAME_BYTES + 6), [], TOO_SHORT.format("256x64")),
    "endless header": (b"YUV4MPEG2 " + b"X" * 1000, [], "the Y4M header is broken"),
    "no size in the header": (y4m(1, b"YUV4MPEG2 F30:1\n"), [], SIDES),
    "odd width": (y4m(1, b"YUV4MPEG2 W255 H64 F30:1\n"), [], SIDES),
    "width of nothing": (y4m(1, b"YUV4MPEG2 W0 H64 F30:1\n"), [], SIDES),
    "width beyond all": (y4m(1, b"YUV4MPEG2 W99999999999 H64 F30:1\n"), [], SIDES),
    "4:4:4": (y4m(1, b"YUV4MPEG2 W256 H64 C444\n"), [], ANOTHER_FORMAT),
    "ten bits": (y4m(1, b"YUV4MPEG2 W256 H64 C420p10\n"), [], ANOTHER_FORMAT),
    "interlaced": (y4m(1, b"YUV4MPEG2 W256 H64 It\n"), [], ANOTHER_FORMAT),
    "text": (b"no clip at all\n" * 1000, [], RAW_FORMAT),
    "empty": (b"", [], NO_CLIP),
    "raw without format": (bytes(FRAME_BYTES), ["--size", "256x64"], RAW_FORMAT),
    "raw without size": (bytes(FRAME_BYTES), ["--format", "I420"], TOO_SHORT.format("1280x720")),
    "raw of another size": (bytes(FRAME_BYTES), ["--format", "I420", "--size", "256x66"], TOO_SHORT.format("256x66")),
}


@pytest.mark.parametrize("name", BAD_CLIPS)
def test_bad_clip(refused, tmp_path, name):
    content, flags, why = BAD_CLIPS[name]
    clip = tmp_path / "clip"
    clip.write_bytes(content)
    assert refused("--source", "clip", "--file", str(clip), *flags) == (CAMERA, f"{clip}: {why}")


def test_no_file(refused, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, why in ((tmp_path / "missing", "there is no such file"), (tmp_path, NO_CLIP), (pipe, NO_CLIP),
                      ("/dev/null", NO_CLIP)):
        assert refused("--source", "clip", "--file", str(path)) == (CAMERA, f"{path}: {why}")


EVEN = "--size of a pattern or a clip must have even sides, as 1280x720"
BAD_PICTURES = [
    (["--source", "pattern", "--size", "65x64"], EVEN),
    (["--source", "clip", "--file", "raw", "--format", "I420", "--size", "64x65"], EVEN),
    (["--source", "clip", "--file", "raw", "--format", "MJPEG"],
     "--format MJPEG is for cameras; name another, or a .y4m file and none"),
    (["--fps", "241"], "--fps '241': must be a whole number from 1 to 240"),
    (["--fps", "29.97"], "--fps '29.97': must be a whole number from 1 to 240"),
]


@pytest.mark.parametrize("flags, line", BAD_PICTURES, ids=[" ".join(flags) for flags, _ in BAD_PICTURES])
def test_impossible_picture(refused, flags, line):
    assert refused(*flags) == (USAGE, line)


def test_whole_frames_of_a_cut_clip_play(lkcam, shared_server, room, children, subscribe, tmp_path):
    """Three frames and nearly all of a fourth, whose stamp would be seen."""
    clip, missing = tmp_path / "cut.y4m", FRAME_BYTES // 4
    clip.write_bytes(y4m(4)[:-missing])
    viewer = subscribe()
    viewer.wait_kind("connected")
    publisher = Child([lkcam, "publish", "--room", room, "--source", "clip", "--file", str(clip)],
                      env=environment(shared_server.url))
    children.append(publisher)
    pictures = viewer.wait_pictures(20, 10)
    assert {p["id"] for p in pictures} == {0, 1, 2}
    assert publisher.stop()[0] == DONE
    rest = len(frame(3)) - missing
    assert f"lkcam: {clip}: {rest} bytes after the last whole frame are not played" in publisher.stderr.splitlines()


def test_a_clip_keeps_its_own_rate(lkcam, shared_server, room, children, tmp_path):
    clip = tmp_path / "slow.y4m"
    clip.write_bytes(y4m(4, re.sub(rb"F\d+:1", b"F12:1", HEADER)))
    for flags, fps in (([], 12), (["--fps", "24"], 24)):
        publisher = Publisher(lkcam, shared_server.url, room, f"clip-{fps}", ["--source", "clip", "--file", str(clip), *flags])
        children.append(publisher)
        publisher.wait_stats(lambda s: abs(s["camera_fps_milli"] - fps * 1000) < 200 and s["frames_sent"] > 0, 6, f"{fps} fps")
        assert publisher.stop()[0] == DONE
