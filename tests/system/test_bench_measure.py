# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The benchmark's arithmetic, with runs whose truth is known."""
import random
import sys

import pytest

from paths import ROOT

sys.path.append(str(ROOT / "bench"))
import measure  # noqa: E402

FPS, FRAMES, BEGIN_S = 30, 300, 1000.0


def made_run(stale_s, leaves_s, stamped, drop=(), shift_s=12345.678, seed=1):
    """Frames dequeued about `stale_s` after they were ready and sent about `leaves_s` after that; RTP time counts from `stamped`."""
    rng = random.Random(seed)
    camera, packets, pictures = [], [], []
    for i in range(FRAMES):
        ready = BEGIN_S + i / FPS + rng.uniform(0, 0.0006)
        row = {"id": i + 1, "ready_s": ready, "dequeued_s": ready + stale_s + rng.uniform(0, 0.004), "fate": "delivered"}
        if i in drop:
            row |= {"dequeued_s": 0, "fate": "lost"}
            camera.append(row)
            continue
        camera.append(row)
        first = row["dequeued_s"] + leaves_s
        base = row["ready_s"] if stamped == "capture" else row["dequeued_s"]
        rtp = int(round((base + shift_s) * 1000) * 90) % (1 << 32)
        for k in range(4):
            packets.append((first + k * 0.001, 7, rtp, (4 * i + k) % 65536, 1000))
        pictures.append({"id": i + 1, "at_s": first + 0.010})
    return {"window_s": (BEGIN_S + 1, BEGIN_S + 9), "camera": camera, "packets": packets, "pictures": pictures, "late_pictures": [],
            "cpu_s": 1.0, "resident_kb": 1024, "proportional_kb": 1024, "threads": 3, "started_s": BEGIN_S - 1, "joined_s": BEGIN_S + 9.5}


@pytest.mark.parametrize("stale_s, leaves_s, stamped", [
    (0.0001, 0.004, "capture"),
    (0.0001, 0.028, "capture"),      # nearly a period
    (0.090, 0.020, "hand-over"),     # a standing queue of frames
])
def test_each_frame_on_the_wire_is_found(stale_s, leaves_s, stamped):
    f = measure.figures(made_run(stale_s, leaves_s, stamped))
    assert f["first_packet_ms"]["p50"] == pytest.approx((stale_s + 0.002 + leaves_s) * 1e3, abs=1.5)
    assert f["last_packet_ms"]["p50"] - f["first_packet_ms"]["p50"] == pytest.approx(3, abs=0.2)
    assert f["decoded_ms"]["p50"] == pytest.approx((stale_s + 0.002 + leaves_s + 0.010) * 1e3, abs=1.5)
    assert f["sent_fps"] == pytest.approx(30, abs=0.5)


def test_frames_that_the_program_has_missed_are_missing():
    f = measure.figures(made_run(0.0001, 0.004, "capture", drop=range(100, 130)))
    assert f["camera_fps"] == pytest.approx(30 - 30 / 8, abs=0.3)
    assert f["longest_gap_ms"] == pytest.approx(1e3 * 31 / 30, abs=6)


def test_of_a_simulcast_the_top_layer_counts():
    run = made_run(0.0001, 0.004, "capture")
    run["packets"] += [(p[0], 8, p[2], p[3], 200) for p in run["packets"]]
    f = measure.figures(run)
    assert f["wire_kbps"] == pytest.approx(30 * 4 * 1000 * 8 / 1e3, rel=0.02)


def test_a_stamp_that_wraps_is_followed():
    assert measure.unwrapped([2**32 - 90, 0, 90]) == [2**32 - 90, 2**32, 2**32 + 90]
