# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""How near a decoded picture is to what the pattern drew, outside the stamp strip and the clock."""
import subprocess
import tempfile

import numpy as np

from stamp import ROWS, block_px

CLOCK_WIDTHS_PX = {True: (296, 36), False: (148, 18)}     # src/media/clock_face.h; wide pictures, narrow ones


def planes(i420, width, height):
    y, c = width * height, width * height // 4
    flat = np.frombuffer(i420, np.uint8)
    return (flat[:y].reshape(height, width), flat[y:y + c].reshape(height // 2, width // 2),
            flat[y + c:].reshape(height // 2, width // 2))


def mask(width, height):
    """True for the pixels of luma that are the same in the pattern's reference picture."""
    keep = np.ones((height, width), bool)
    below = ROWS * block_px(width, height)
    clock_width, clock_height = CLOCK_WIDTHS_PX[width >= 640]
    keep[:below + clock_height, :] = False
    keep[below:below + clock_height, clock_width:] = True
    keep[:below, 32 * block_px(width, height):] = True
    return keep


def psnr(a, b, keep):
    error = a[keep].astype(np.int32) - b[keep]
    return 10 * np.log10(255 ** 2 / max(1e-9, float(np.mean(error * error))))


def psnr_of_planes(decoded, reference, width, height):
    """dB of Y, U, V."""
    keep = mask(width, height)
    return [psnr(d, r, keep if d.shape == keep.shape else keep[::2, ::2])
            for d, r in zip(planes(decoded, width, height), planes(reference, width, height))]


def reference_pictures(tool, width, height, ids):
    """The pattern's pictures as I420 bytes, one by one, from the program that draws them: never all in memory."""
    size = width * height * 3 // 2
    with tempfile.TemporaryFile("w+") as numbers:
        numbers.write("".join(f"{i}\n" for i in ids))
        numbers.seek(0)
        with subprocess.Popen([tool, f"{width}x{height}"], stdin=numbers, stdout=subprocess.PIPE) as drawing:
            for i in ids:
                picture = drawing.stdout.read(size)
                assert len(picture) == size, f"no reference picture {i}"
                yield picture
