# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""bench/encoder_front's figures, where the truth is known."""
import json
import subprocess

import pytest

import paths

SIZE, FRAMES, RATE_BPS = "320x192", 32, 400000


@pytest.fixture(scope="module")
def pan(tmp_path_factory):
    path = tmp_path_factory.mktemp("clips") / "pan.yuyv"
    subprocess.run([paths.BUILD / "tests" / "tools" / "make_clip", "pan", SIZE, str(FRAMES), "7", "yuyv", path], check=True)
    return path


def front(clip, *sets):
    done = subprocess.run([paths.BUILD / "bench" / "encoder_front" / "encoder_front", clip, SIZE, str(RATE_BPS), *sets],
                          capture_output=True, text=True)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def test_sets_that_take_turns_do_not_touch_each_other(pan):
    quality = ("psnr_db", "key_psnr_db", "flat_psnr_db", "ssim", "mean_shares", "largest_shares")
    _, (a, ultrafast, b) = front(pan, "preset=superfast", "preset=ultrafast", "preset=superfast")
    _, (alone,) = front(pan, "preset=superfast")
    assert [a[k] for k in quality] == [b[k] for k in quality] == [alone[k] for k in quality]
    assert ultrafast["psnr_db"] < a["psnr_db"] - 0.1 and ultrafast["ssim"] < a["ssim"]
    assert 0 < a["first_slice_p50_ms"] < a["wall_p50_ms"] <= a["wall_p99_ms"]


def test_the_rate_that_x264_is_told_is_the_share(pan):
    _, (whole, half) = front(pan, "preset=superfast", "preset=superfast:told=50")
    assert 0.8 < whole["mean_shares"] <= whole["largest_shares"] < 1.06
    assert half["largest_shares"] < 0.53 and half["psnr_db"] < whole["psnr_db"] - 1


def test_a_grey_picture_comes_back_as_it_was(tmp_path):
    width, height = map(int, SIZE.split("x"))
    clip = tmp_path / "grey.yuyv"
    clip.write_bytes(b"\x80" * (width * height * 2 * FRAMES))
    _, rows = front(clip, "preset=superfast", "preset=superfast:threads=2:unchanged=0")
    for row in rows:
        assert (row["psnr_db"], row["key_psnr_db"], row["flat_psnr_db"], row["ssim"]) == (100, 100, 100, 1)


@pytest.mark.parametrize("options", ["preset=warp", "superfast", "preset=superfast:subme=fine"])
def test_options_that_x264_does_not_take_are_named(pan, options):
    done, rows = front(pan, "preset=superfast", options)
    assert done.returncode == 1 and not rows
    assert f"encoder_front: {options}" in done.stderr
