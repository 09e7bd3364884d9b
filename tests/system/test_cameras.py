# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Several cameras in one process: a track each on one transport, and what happens to one is its own affair."""
import subprocess

import pytest

from publisher import CAMERA, environment, read_ledger

SIZE = ["--size", "640x360"]
COUNTED = ["frames_captured", "frames_sent", "packets_sent", "bytes_sent", "nal_bytes", "key_frames"]


def named(*names):
    return [word for name in names for word in ("--name", name)]


@pytest.fixture
def watch(subscribe):
    """watch(name ...) -> a viewer for each track."""
    def start(*names):
        viewers = [subscribe(only=name) for name in names]
        for viewer in viewers:
            viewer.wait_kind("connected")
        return viewers
    return start


def test_each_camera_is_a_track_and_its_pictures_come_in_order(publish, watch, tmp_path):
    viewers = watch("front", "rear")
    ledger = tmp_path / "frames.csv"
    publisher = publish(*SIZE, *named("front", "rear"), "--ledger", str(ledger))
    for viewer in viewers:
        viewer.wait_decoded(300, 20)
        ids = [p["id"] for p in viewer.wait_pictures(5, 5) if p["id"] is not None]
        assert ids == sorted(set(ids)) and len(ids) >= 5

    s = publisher.wait_next_stats()
    assert s["cameras"] == 2 and s["cameras_failed"] == 0 and "track" not in s
    assert [t["track"] for t in s["tracks"]] == ["front", "rear"]
    assert all(t["published"] and t["wanted"] and not t["muted"] and t["frames_sent"] >= 300 for t in s["tracks"])
    for key in COUNTED:
        assert abs(sum(t[key] for t in s["tracks"]) - s[key]) <= max(2, s[key] * 0.02), key
    assert publisher.stop()[0] == 0
    rows = read_ledger(ledger)
    for track in (0, 1):
        frames = [r["frame"] for r in rows if r["track"] == track]
        assert frames == list(range(1, len(frames) + 1)) and len(frames) >= 300


def test_six_cameras(publish, watch):
    names = [f"camera {i}" for i in range(6)]
    viewers = watch(*names)
    publish("--size", "320x180", "--fps", "10", "--max-bitrate", "300k", *named(*names))
    for viewer in viewers:
        viewer.wait_decoded(20, 20)


def test_a_muted_track_leaves_the_other_alone(publish, watch, api):
    front, rear = watch("front", "rear")
    publisher = publish(*SIZE, *named("front", "rear"))
    front.wait_decoded(30, 15)
    rear.wait_decoded(30, 15)
    sid = front.wait_kind("subscribed")["track"]
    api.mute("camera", sid, True)
    muted = publisher.wait_stats(lambda s: s["tracks"][0]["muted"], 3, "muted")
    assert not muted["muted"] and not muted["tracks"][1]["muted"]
    publisher.wait_next_stats()
    before = publisher.wait_next_stats()
    after = publisher.wait_next_stats()
    assert after["tracks"][0]["packets_sent"] == before["tracks"][0]["packets_sent"]
    assert after["tracks"][1]["frames_sent"] > before["tracks"][1]["frames_sent"] + 15
    rear.wait_more_decoded(30, 5)

    api.mute("camera", sid, False)
    front.wait_more_decoded(30, 5)


@pytest.mark.parametrize("flags, word", [
    (named("a", "b"), "--device"),                                            # cameras need devices
    (["--device", "/dev/video0", "--device", "/dev/video0"], "twice"),
    (["--source", "pattern", *named("a", "a")], "twice"),
    (["--source", "pattern", *named(*(f"c{i}" for i in range(17)))], "16"),
])
def test_what_cannot_be_meant_is_refused(lkcam, shared_server, flags, word):
    done = subprocess.run([lkcam, "publish", *flags], env=environment(shared_server.url), capture_output=True, text=True,
                          timeout=10)
    assert done.returncode == 2 and word in done.stderr and len(done.stderr.splitlines()) == 1


def test_when_no_camera_is_left_the_program_ends(lkcam, shared_server):
    done = subprocess.run([lkcam, "publish", "--device", "/dev/no-such-a", "--device", "/dev/no-such-b"],
                          env=environment(shared_server.url), capture_output=True, text=True, timeout=10)
    assert done.returncode == CAMERA
    assert "/dev/no-such-a" in done.stderr and "/dev/no-such-b" in done.stderr
