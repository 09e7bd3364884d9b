# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Both ways from a source's format to 4:2:0 show the picture that was drawn; the statistics tell which it was and what it cost."""
import pytest

import paths
from picture import psnr_of_planes, reference_pictures

WIDTH, HEIGHT = 640, 360
# So many bits that the encoder loses less than a conversion does.
FLAGS = ["--size", f"{WIDTH}x{HEIGHT}", "--max-bitrate", "30M"]
PICTURES, SETTLED_AFTER = 60, 20
# dB of Y, U, V, the worst picture of 40. Measured: 56.8, 60.2, 60.2, and by way of RGB 53.2, 47.6, 50.1.
STRAIGHT, BY_RGB = (55, 58, 58), (51, 46, 48)
RGB_FORMATS = ["RGB24", "BGR24"]


def quality_of(folder, pictures):
    """dB of Y, U, V of the worst picture in each."""
    ids = sorted({p["id"] for p in pictures})
    references = reference_pictures(paths.pattern_frame(), WIDTH, HEIGHT, ids)
    each = [psnr_of_planes((folder / f"{i}.i420").read_bytes(), reference, WIDTH, HEIGHT) for i, reference in zip(ids, references)]
    return [min(quality[plane] for quality in each) for plane in range(3)]


@pytest.mark.parametrize("path", ["i420", "rgba"])
@pytest.mark.parametrize("pixels", ["NV12", "YUYV", *RGB_FORMATS])
def test_path(publish, subscribe, tmp_path, pixels, path):
    publisher = publish(*FLAGS, "--format", pixels, "--path", path)
    publisher.wait_live()
    viewer = subscribe(keep=tmp_path)
    pictures = viewer.wait_pictures(PICTURES, 10)[SETTLED_AFTER:]
    stats = publisher.wait_next_stats()
    assert publisher.stop()[0] == 0
    assert stats["path"] == path
    assert stats["convert_p50_us"] > 0
    quality = quality_of(tmp_path, pictures)
    if path == "rgba" or pixels in RGB_FORMATS:
        assert all(q > floor for q, floor in zip(quality, BY_RGB)), quality
        assert quality[1] < STRAIGHT[1], f"this has not been RGB: {quality}"
    else:
        assert all(q > floor for q, floor in zip(quality, STRAIGHT)), quality
