# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The machine's clock is set an hour forward and back under a running publisher: receivers are told the new time of day,
and that is all that anybody sees of it."""
import pytest

from capture import Capture, read_media, unwrapped
from checks import pictures_reach
from publisher import DONE

MEDIA, ABS_CAPTURE_TIME = 96, 5     # as in tests/system/test_wire.py
HOUR_S = 3600
STEP_S = 0.128                      # base/wallclock.h
# The emulator is slow, and its host may be busy.
FPS_LEAST, AGE_MAX_US, PICTURE_GAP_MAX_US = 5, 500_000, 1_500_000


@pytest.fixture(scope="module")
def capture(network, server, tmp_path_factory):
    c = Capture(tmp_path_factory.mktemp("clock") / "log.pcap", server.udp_port, namespace=network.name)
    yield c
    c.kill()


@pytest.fixture(scope="module")
def run(start_guest, viewer, capture):
    """The guest, ended; statistics; the first packets of the frames in the capture; the viewer's pictures."""
    viewer.wait_kind("connected")
    guest = start_guest("guest_clock.sh", ["vivid"])
    pictures_reach(viewer, guest, "clock")
    guest.tell("go")
    code, said = guest.outcome("clock")
    assert code == DONE, said
    rtp, _ = read_media(capture.stop())
    frames = {}
    for p in rtp:
        if p.payload_type == MEDIA:
            frames.setdefault(p.timestamp, p)
    return guest, guest.rows("clock"), list(frames.values()), viewer.pictures


def capture_seconds(packet):
    return int.from_bytes(packet.extensions[ABS_CAPTURE_TIME][:8], "big") / 2**32


def test_each_setting_is_one_correction(run):
    steps = [s["clock_steps"] for s in run[1]]
    assert steps == sorted(steps) and set(steps) == {0, 1, 2}, steps


def test_rtp_time_strictly_increases_and_keeps_its_pace(run):
    stamps = unwrapped([p.timestamp for p in run[2]], 32)
    assert all(b > a for a, b in zip(stamps, stamps[1:])) and len(stamps) > 100
    on_the_wire_s = run[2][-1].time_s - run[2][0].time_s
    assert abs((stamps[-1] - stamps[0]) / 90000 - on_the_wire_s) < 1


def test_capture_time_jumps_with_the_clock_and_not_otherwise(run):
    stamps = unwrapped([p.timestamp for p in run[2]], 32)
    ahead = [capture_seconds(p) - stamp / 90000 for p, stamp in zip(run[2], stamps)]
    changes = [b - a for a, b in zip(ahead, ahead[1:])]
    jumps = [c for c in changes if abs(c) > STEP_S]
    # the clock is set by whole seconds: up to one is lost each time
    assert len(jumps) == 2 and abs(jumps[0] - HOUR_S) < 1.5 and abs(jumps[1] + HOUR_S) < 1.5, jumps
    assert max(abs(c) for c in changes if abs(c) <= STEP_S) < 0.001


def test_statistics_see_nothing_of_it(run):
    rows = [s for s in run[1] if s["connected"]][2:]
    for before, after in zip(rows, rows[1:-1]):
        assert 500_000 < after["uptime_us"] - before["uptime_us"] < 3_000_000
        assert after["fps_milli"] >= FPS_LEAST * 1000 and after["frames_sent"] > before["frames_sent"], after
        assert 0 < after["age_p50_us"] <= after["age_p99_us"] < AGE_MAX_US, after
        assert 0 < after["rtt_us"] < AGE_MAX_US, after
        assert after["frames_skipped"] == before["frames_skipped"]


def test_the_viewers_pictures_go_on(run):
    times = [p["at_us"] for p in run[3]]
    assert max(b - a for a, b in zip(times, times[1:])) < PICTURE_GAP_MAX_US
