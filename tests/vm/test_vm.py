# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A V4L2 driver of the kernel, opened by the real program: pictures reach a viewer, and what cannot work says why."""
import collections
import json
import shutil
import signal

import pytest

import paths
import server as livekit_server
from guest import HOST, Guest, Network, make_initrd
from publisher import CAMERA, DONE
from server import API_KEY, API_SECRET
from subscriber import Subscriber

BOOT_S, TRIES_S = 30, 30
WATCHED_S = 5
# Made by guest_test.sh: buffers with an error, and the least that are dropped in a second of 15.
FLAGGED, DROPPED = 3, 8
PORT, MEDIA_PORT, TCP_PORT = 7880, 7882, 7881

SERVER_CONFIG = {
    "port": PORT,
    "bind_addresses": ["127.0.0.1"],
    "keys": {API_KEY: API_SECRET},
    "rtc": {
        "udp_port": MEDIA_PORT, "tcp_port": TCP_PORT, "use_external_ip": False,
        "stun_servers": ["127.0.0.1:3478"],
        "use_ice_lite": True,           # it does not call the guest, which cannot be reached from outside
        "enable_loopback_candidate": True,
        "interfaces": {"includes": ["lo", Network.DEVICE]},
    },
}


@pytest.fixture(scope="module")
def network():
    n = Network()
    yield n
    n.close()


@pytest.fixture(scope="module")
def server(network):
    s = livekit_server.Server(paths.livekit_server(), SERVER_CONFIG, namespace=network.name)
    yield s.wait_ready()
    s.stop()


@pytest.fixture(scope="module")
def viewer(server, network):
    v = Subscriber(server.url, "vm", "viewer", namespace=network.name)
    yield v
    v.kill()


@pytest.fixture(scope="module")
def guest(server, viewer, network, tmp_path_factory):
    share = tmp_path_factory.mktemp("guest")
    initrd = tmp_path_factory.mktemp("initrd") / "initrd.gz"
    make_initrd(initrd, [paths.lkcam(), shutil.which("v4l2-ctl"), shutil.which("setpriv")])
    shutil.copy(paths.ROOT / "tests" / "vm" / "guest_test.sh", share / "test.sh")
    (share / "environment").write_text(f"export LIVEKIT_URL=ws://{HOST}:{PORT} LIVEKIT_API_KEY={API_KEY} "
                                       f"LIVEKIT_API_SECRET={API_SECRET}\n")
    viewer.wait_kind("connected")
    g = Guest(initrd, share, network.name)
    yield g
    g.kill()


def outcome(guest, name):
    """(exit code, what was said)"""
    return int(guest.wait_file(f"{name}.rc", BOOT_S + TRIES_S)), guest.read(f"{name}.err")


@pytest.mark.parametrize("name", ["missing", "output", "forbidden"])
def test_no_usable_camera(guest, name):
    code, said = outcome(guest, name)
    device = {"missing": "video9", "output": "video1", "forbidden": "video0"}[name]
    assert code == CAMERA and device in said, said


def rows(guest, name):
    """Statistics of a publisher that has ended."""
    return [json.loads(line) for line in guest.read(f"{name}.json").splitlines()]


def seconds(guest, name):
    return float(guest.wait_file(f"{name}.s", TRIES_S))


def pid(guest, name):
    return guest.read(f"{name}.pid").strip()


def test_busy_camera_names_its_holder(guest):
    code, said = outcome(guest, "busy")
    assert code == CAMERA
    assert f"v4l2-ctl (process {pid(guest, 'busy_holder')})" in said, said


def test_pictures_of_the_driver_reach_a_viewer(guest, viewer):
    outcome(guest, "busy")
    first = viewer.wait_for(lambda: viewer.pictures, 20, lambda: f"a picture; {guest.read('older.err')}")[0]
    end = first["at_us"] + WATCHED_S * 1_000_000
    viewer.wait_for(lambda: viewer.pictures[-1]["at_us"] > end, WATCHED_S + 5, f"{WATCHED_S} seconds of pictures")
    distinct = collections.defaultdict(set)
    for picture in viewer.pictures:
        distinct[(picture["at_us"] - first["at_us"]) // 1_000_000].add(picture["digest"])
    assert all(len(distinct[second]) >= 3 for second in range(WATCHED_S)), {k: len(v) for k, v in distinct.items()}
    assert {(p["width"], p["height"]) for p in viewer.pictures} == {(640, 360)}


def test_an_older_lkcam_gives_way(guest):
    (guest.share / "stop").touch()
    code, said = outcome(guest, "older")
    assert code == DONE, said
    stats = rows(guest, "older")
    assert stats[-1]["frames_captured"] >= stats[-1]["frames_sent"] > 0
    # vivid dates a buffer after its own delivery; no frame has left before it was captured all the same.
    ages = [(s["first_packet_p50_us"], s["age_p50_us"]) for s in stats if s["fps_milli"]]
    assert all(0 < first <= age < 500_000 for first, age in ages), ages

    code, said = outcome(guest, "newer")
    assert code == DONE and rows(guest, "newer")[-1]["frames_sent"] > 0, said
    assert f"/dev/video0: taken from lkcam (process {pid(guest, 'older')})" in said
    assert "in use" not in said


def test_faults_of_the_driver_are_counted_and_survived(guest):
    outcome(guest, "newer")
    stats = rows(guest, "newer")
    whole = json.loads(guest.read("newer_whole.json"))
    assert stats[0]["frames_damaged"] == 0 and stats[-1]["frames_damaged"] == FLAGGED
    assert stats[-1]["frames_lost"] >= whole["frames_lost"] + DROPPED
    assert stats[-1]["frames_sent"] > whole["frames_sent"] + DROPPED


def test_terminated_publisher_frees_the_camera(guest):
    assert outcome(guest, "newer")[0] == DONE
    assert seconds(guest, "newer") < 1
    code, said = outcome(guest, "next")
    assert code == 0, said


@pytest.mark.parametrize("holder, taker, signum", [("polite", "taker", signal.SIGTERM),
                                                   ("stubborn", "killer", signal.SIGKILL)])
def test_camera_is_taken_when_asked_for(guest, holder, taker, signum):
    assert outcome(guest, holder)[0] == 128 + signum
    if signum == signal.SIGKILL:
        assert 2 <= seconds(guest, holder) < 4
    _, said = outcome(guest, taker)
    assert f"/dev/video0: taken from v4l2-ctl (process {pid(guest, holder)})" in said
    assert "in use" not in said
    assert rows(guest, taker)[-1]["frames_sent"] > 0


def test_unplugged_while_it_publishes(guest):
    code, said = outcome(guest, "killer")
    assert code == CAMERA
    assert "/dev/video0" in said.splitlines()[-1], said
    assert seconds(guest, "killer") < 2
    assert guest.wait_end(20)[0] == 0
