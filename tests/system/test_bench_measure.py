# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The benchmark's arithmetic, with runs whose truth is known."""
import math
import random
import sys

import pytest

from paths import ROOT

sys.path.append(str(ROOT / "bench"))
import matching  # noqa: E402
import measure  # noqa: E402

FPS, FRAMES, BEGIN_S = 30, 300, 1000.0


def made_run(stale_s, leaves_s, stamped, drop=(), shift_s=12345.678, seed=1, fps=FPS):
    """Frames dequeued about `stale_s` after they were ready and sent about `leaves_s` after that; RTP time counts from `stamped`."""
    rng = random.Random(seed)
    camera, packets, pictures = [], [], []
    for i in range(FRAMES):
        ready = BEGIN_S + i / fps + rng.uniform(0, 0.0006)
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
        pictures.append({"id": i + 1, "at_s": first + 0.010, "width": 1280})
    return {"window_s": (BEGIN_S + 1, BEGIN_S + 9), "camera": camera, "packets": packets, "pictures": pictures, "late_pictures": [],
            "viewer": "python", "size": "1280x720", "far_busy_s": 4.0, "key_frames": 0, "asked": 0, "cpu_s": 1.0, "resident_kb": 1024, "proportional_kb": 1024, "threads": 3, "started_s": BEGIN_S - 1, "joined_s": BEGIN_S + 9.5}


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


def test_what_was_not_taken_tells_the_age_when_rtp_time_wanders():
    """As libwebrtc's does under load. Without a viewer's pictures only the frames that are missing tell one period from the next."""
    run = made_run(0.0001, 0.080, "capture", drop=random.Random(5).sample(range(FRAMES), 30))
    run["packets"] = [(*p[:2], (p[2] + int(270 * math.sin(p[0] / 3))) % (1 << 32), *p[3:]) for p in run["packets"]]
    assert measure.figures(run | {"pictures": []})["first_packet_ms"]["p50"] == pytest.approx(82, abs=1.5)


def test_frames_that_the_program_has_missed_are_missing():
    f = measure.figures(made_run(0.0001, 0.004, "capture", drop=range(100, 130)))
    assert f["camera_fps"] == pytest.approx(30 - 30 / 8, abs=0.3)
    assert f["longest_gap_ms"] == pytest.approx(1e3 * 31 / 30, abs=6)


def test_of_a_simulcast_the_top_layer_counts():
    run = made_run(0.0001, 0.004, "capture")
    run["packets"] += [(p[0], 8, p[2], p[3], 200) for p in run["packets"]]
    f = measure.figures(run)
    assert f["wire_kbps"] == pytest.approx(30 * 4 * 1000 * 8 / 1e3, rel=0.02)


def test_a_lower_layer_that_is_seen_before_the_top_one_has_left_is_no_contradiction():
    run = made_run(0.0001, 0.004, "capture")
    early = [p | {"at_s": p["at_s"] - 0.008, "width": 640} if 100 <= p["id"] < 200 else p for p in run["pictures"]]
    f = measure.figures(run | {"pictures": early})
    assert f["last_packet_ms"] == measure.figures(run)["last_packet_ms"]
    assert f["smaller_percent"] == pytest.approx(100 * 100 / 240, abs=0.5)


def test_a_stamp_that_wraps_is_followed():
    assert matching.unwrapped([2**32 - 90, 0, 90]) == [2**32 - 90, 2**32, 2**32 + 90]


def seen_in_browser(run, presented_s, misread=(), unread=()):
    """The same run with Chromium as viewer: a picture is presented so long after its last packet, 2 ms after which it was received."""
    last, ready = {}, {row["id"]: row["ready_s"] for row in run["camera"]}
    for p in run["packets"]:
        last[p[2]] = p[0]
    pictures = []
    for number, (rtp, at) in zip(sorted(ready), last.items()):
        pictures.append({"id": None if number in unread else number + (number in misread), "width": 1280, "rtp": (rtp + 777) % (1 << 32),
                         "received_s": at + 0.002, "at_s": at + presented_s, "expected_s": at + presented_s + 0.016})
    return run | {"viewer": "chromium", "pictures": pictures, "page_clock_error_s": 0.0004}


@pytest.mark.parametrize("stale_s, stamped", [(0.0001, "capture"), (0.090, "hand-over")])
def test_what_a_browser_tells_of_its_pictures(stale_s, stamped):
    f = measure.figures(seen_in_browser(made_run(stale_s, 0.004, stamped), 0.012))
    last = f["last_packet_ms"]["p50"]
    assert f["received_ms"]["p50"] == pytest.approx(last + 2, abs=0.2)
    assert f["presented_ms"]["p50"] == pytest.approx(last + 12, abs=0.2)
    assert f["expected_ms"]["p50"] == pytest.approx(last + 28, abs=0.2)
    assert f["decoded_ms"] is None and f["seen_fps"] == pytest.approx(30, abs=0.5)
    assert f["misread_percent"] == 0 and f["page_clock_error_ms"] == pytest.approx(0.4)


def test_a_picture_whose_stamp_was_read_too_late_or_not_at_all_is_named_by_its_rtp_time():
    wrong = seen_in_browser(made_run(0.0001, 0.004, "capture"), 0.012, misread=range(100, 124), unread=range(200, 212))
    f, right = measure.figures(wrong), measure.figures(seen_in_browser(made_run(0.0001, 0.004, "capture"), 0.012))
    assert f["misread_percent"] == pytest.approx(100 * (24 + 12) / 240, abs=0.2)
    assert f["presented_ms"] == right["presented_ms"] and f["last_packet_ms"] == right["last_packet_ms"]


def test_all_exchanges_bound_one_constant():
    truth, rng = 5000.0, random.Random(3)
    asked = [(t, t + there - truth, t + there + back)
             for t, there, back in ((100 + i, rng.uniform(0.0002, 0.01), rng.uniform(0.0002, 0.01)) for i in range(40))]
    offset, error = measure.clock_between(asked)
    assert abs(offset - truth) <= error < 0.001


def made_cameras(one_process, stamped="capture", missing=None):
    """Three cameras 500 ppm apart; the streams come in another order, and each with a second SSRC of few bytes (retransmissions)."""
    stale_s = (0.0001, 0.020, 0.0001)
    runs = [made_run(stale_s[i], 0.004 + i * 0.003, stamped, drop=range(90, 210) if i == 1 else (), seed=i + 1, fps=FPS * (1 + i * 5e-4))
            for i in range(3)]
    wire = []
    for i in (2, 0, 1):
        packets = [(p[0], 10 + i, *p[2:]) for p in runs[i]["packets"]] if i != missing else []
        wire.append({"cameras": [i], "packets": packets + [(p[0], 20 + i, p[2], p[3], 10) for p in packets[::50]]})
    if one_process:
        wire = [{"cameras": [0, 1, 2], "packets": sum((w["packets"] for w in wire), [])}]
    return {"window_s": (BEGIN_S + 1, BEGIN_S + 9), "cameras": [r["camera"] for r in runs], "wire": wire, "cpu_s": 4.0, "far_busy_s": 2.0,
            "proportional_kb": 2048, "threads": 9}


@pytest.mark.parametrize("one_process, stamped", [(True, "capture"), (False, "capture"), (False, "hand-over")])
def test_each_of_several_cameras_has_its_own_stream(one_process, stamped):
    f = measure.scale_figures(made_cameras(one_process, stamped=stamped))
    assert f["each"]["fps"] == pytest.approx([30, 15, 30], abs=0.6)
    ages = [s["p50"] for s in f["each"]["last_packet_ms"]]
    assert ages == pytest.approx([0.1 + 2 + 4 + 3, 20 + 2 + 7 + 3, 0.1 + 2 + 10 + 3], abs=1)
    assert f["slowest_fps"] == pytest.approx(15, abs=0.6) and f["middle_fps"] == pytest.approx(30, abs=0.6)
    assert f["worst_p99_ms"] == f["each"]["last_packet_ms"][1]["p99"]
    assert f["cpu_percent"] == 50 and f["cpu_ms_a_frame"] == pytest.approx(4000 / (8 * 75), rel=0.03)


def test_a_camera_without_a_stream_has_no_frames():
    f = measure.scale_figures(made_cameras(True, missing=0))
    assert f["each"]["fps"][0] == 0 == f["slowest_fps"] and f["each"]["last_packet_ms"][0] is None
    assert f["each"]["fps"][2] == pytest.approx(30, abs=0.6)
