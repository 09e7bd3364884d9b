# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The comparison of what the screen shows with what the camera sees, on runs whose truth is known."""
import sys

import numpy as np
import pytest

from child import Child
from fakecam import FakeCameras, make_clip
from paths import ROOT

sys.path.append(str(ROOT / "bench"))
import display  # noqa: E402
import quality  # noqa: E402

PERIOD_S, FRAMES, BEGIN_S = 1 / 30, 300, 1000.0
WINDOW_S = (BEGIN_S + 1, BEGIN_S + 9)


def likeness(shown, frame):
    """40 dB of its own source, 10 dB less for each period that it is behind."""
    return 40 - 10 * abs(frame - shown), 1 - 0.1 * abs(frame - shown)


def made_run(delay_s, lost=(), unseen=()):
    """Frames that reach the screen `delay_s` after the camera has them; the program never had the `lost`, the viewer never decoded the `unseen`."""
    camera = [{"id": i, "ready_s": BEGIN_S + i * PERIOD_S} for i in range(FRAMES) if i not in lost]
    pictures = [{"id": row["id"], "at_s": row["ready_s"] + delay_s} for row in camera if row["id"] not in unseen]
    return {"window_s": WINDOW_S, "camera": camera, "pictures": pictures}


@pytest.mark.parametrize("periods_late, expected_db", [(0, 40), (0.25, 37.5), (1, 30), (1.5, 25)])
def test_delay_costs_as_long_as_it_lasts(periods_late, expected_db):
    f = display.figures(made_run(periods_late * PERIOD_S), likeness)
    assert f["screen_db"] == pytest.approx(expected_db, abs=0.01)
    assert f["screen_ssim"] == pytest.approx(expected_db / 100 + 0.6, abs=0.001)
    assert f["age_ms"] == pytest.approx((periods_late + 0.5) * PERIOD_S * 1e3, abs=0.1)
    assert f["coded_db"] == pytest.approx(40) and f["coded_ssim"] == pytest.approx(1)
    assert f["blind_s"] == pytest.approx(0)


@pytest.mark.parametrize("kind", ["lost", "unseen"])
def test_a_dropped_frame_costs_its_period_and_nothing_of_the_coding(kind):
    dropped = range(100, 160, 2)    # one in two for 60 of the window's 240 periods
    f = display.figures(made_run(0, **{kind: dropped}), likeness)
    assert f["screen_db"] == pytest.approx(40 - 10 * 30 / 240, abs=0.01)
    assert f["coded_db"] == pytest.approx(40)
    assert f["decoded_fps"] == pytest.approx((240 - 30) / 8, abs=0.2)


def test_a_long_gap_costs_more_with_each_period():
    f = display.figures(made_run(0, lost=(100, 101, 102)), likeness)
    assert f["screen_db"] == pytest.approx(40 - (10 + 20 + 30) / 240, abs=0.01)


def test_what_cannot_be_told_is_said_and_not_compared():
    run = made_run(0)
    for picture in run["pictures"][60:90]:
        picture["id"] = None
    f = display.figures(run, likeness)
    assert f["blind_s"] == pytest.approx(1.0, abs=0.001)
    assert f["screen_db"] == pytest.approx(40)


def test_a_program_of_which_nothing_can_be_read_has_a_row():
    run = made_run(0)
    for picture in run["pictures"]:
        picture["id"] = None
    f = display.figures(run, likeness)
    row = quality.row({"clip": "held", "rate": "1"}, f | {"name": "x", "target_bps": 1e6, "tries": [(1e6, 1e6)]})
    assert row[4:] == ["0.0", "-", "- (**8.0 s unreadable**)", "-", "-", "-"]


def test_decibels_of_a_known_error():
    a = np.full((64, 64), 100, np.uint8)
    assert display.psnr(a, a + 5) == pytest.approx(10 * np.log10(255 ** 2 / 25))
    assert display.psnr(a + 5, a) == display.psnr(a, a + 5)
    half = a.copy()
    half[:32] += 10
    assert display.psnr(a, half) == pytest.approx(10 * np.log10(255 ** 2 / 50))


def test_ssim_is_what_its_formula_says():
    rng = np.random.default_rng(1)
    a = rng.integers(0, 256, (11, 11)).astype(np.uint8)     # one place where the window fits
    b = np.clip(a + rng.normal(0, 20, a.shape), 0, 255).astype(np.uint8)
    weight = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5 ** 2))
    weight = np.outer(weight, weight) / weight.sum() ** 2
    x, y = a.astype(float), b.astype(float)
    mx, my = (weight * x).sum(), (weight * y).sum()
    sx, sy, sxy = (weight * (x - mx) ** 2).sum(), (weight * (y - my) ** 2).sum(), (weight * (x - mx) * (y - my)).sum()
    c1, c2 = 6.5025, 58.5225
    expected = (2 * mx * my + c1) * (2 * sxy + c2) / ((mx ** 2 + my ** 2 + c1) * (sx + sy + c2))
    assert display.ssim(display.moments(a), display.moments(b)) == pytest.approx(expected, abs=1e-4)
    assert display.ssim(display.moments(a), display.moments(a)) == pytest.approx(1)


def test_decoded_pictures_are_compared_with_the_clip_but_for_the_stamp(tmp_path):
    """The camera's fourth frame, shown during its own period and the next one's."""
    height, width = quality.HEIGHT, quality.WIDTH
    yuyv = np.random.default_rng(2).integers(16, 236, (5, height, width * 2)).astype(np.uint8)
    yuyv.tofile(tmp_path / "clip.yuyv")
    source = quality.luma_of_clip(tmp_path / "clip.yuyv")
    decoded = yuyv[4, :, ::2] + 2
    decoded[:quality.STRIP] = 0
    np.concatenate([decoded.ravel(), np.zeros(width * height // 2, np.uint8)]).tofile(tmp_path / "4.i420")
    near = quality.compare(source, tmp_path)
    assert near(4, 4)[0] == pytest.approx(10 * np.log10(255 ** 2 / 4), abs=0.01)
    assert near(4, 4)[1] > 0.99
    assert near(4, 5)[0] < 12 and near(4, 5)[1] < 0.1      # the clip turns: frame 5 is picture 3
    assert near(4, 5) == near(4, 3)


def test_the_clip_goes_to_and_fro_as_the_camera_plays_it(tmp_path, children):
    fake = FakeCameras(tmp_path / "cameras", f"clip=640x360:{make_clip(tmp_path, 640, 360, frames=4)}")
    reader = Child([*fake.prefix, sys.executable, str(ROOT / "tests" / "system" / "v4l2_reader.py"), "/dev/video0"])
    children.append(reader)
    reader.wait_for(lambda: len(reader.objects) >= 14, 5, "two cycles and a bit")
    rows = [row for row in fake.log() if row["id"] <= 14]
    assert [row["picture"] for row in rows] == [display.picture_of(row["id"], 4) for row in rows]
    assert {row["picture"] for row in rows} == {0, 1, 2, 3}


@pytest.mark.parametrize("used", [0.5, 0.9, 1.2, 3])
def test_a_rate_is_met_by_telling_another(used):
    told = []

    def measure(bitrate_bps):
        told.append(bitrate_bps)
        return bitrate_bps * used + 100_000, "result"
    tries, result = quality.met(measure, 3e6)
    assert result == "result" and [t[0] for t in tries] == told
    assert abs(tries[-1][1] / 3e6 - 1) <= 0.03 and len(tries) <= 3


def test_a_rate_in_a_bend_is_found_between_what_was_too_little_and_too_much():
    tries, _ = quality.met(lambda bitrate_bps: (2e6 if bitrate_bps < 4e6 else bitrate_bps - 1e6, None), 3.4e6)
    assert quality.near(tries[-1][1], 3.4e6) and len(tries) <= 4


def test_a_rate_that_cannot_be_met_ends_soon_and_is_marked():
    tries, _ = quality.met(lambda bitrate_bps: (min(bitrate_bps, 1e6), None), 3e6)
    assert [t[0] for t in tries] == [3e6, 6e6]
    c = {"name": "x", "target_bps": 3e6, "tries": tries, "decoded_fps": 30, "blind_s": 0, "age_ms": 1, "screen_db": 1, "screen_ssim": 1,
         "coded_db": 1, "coded_ssim": 1}
    assert "not 3.000" in quality.row({"clip": "pan", "rate": "3"}, c)[3]
    assert "not" not in quality.row({"clip": "pan", "rate": "3"}, c | {"target_bps": 1.02e6})[3]
    tries, _ = quality.met(lambda bitrate_bps: (5e6, None), 3e6)
    assert len(tries) == quality.TRIES


def test_all_layers_and_the_headers_are_on_the_wire():
    packets = [(WINDOW_S[0] + i, ssrc, 0, 0, 1000) for i in range(8) for ssrc in (1, 2)]
    packets += [(WINDOW_S[0] - 1, 1, 0, 0, 1000), (WINDOW_S[1], 1, 0, 0, 1000)]
    assert quality.wire_bps({"window_s": WINDOW_S, "packets": packets}) == pytest.approx(16 * 8000 / 8)


@pytest.mark.parametrize("count, cycles", [(64, 2), (132, 1)])
def test_the_window_is_of_whole_cycles(count, cycles):
    assert quality.whole_cycles_s(count) == pytest.approx(cycles * 2 * (count - 1) / 30, rel=1e-3)
