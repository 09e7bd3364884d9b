# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A V4L2 driver of the kernel, opened by the real program: pictures reach a viewer, and what cannot work says why."""
import collections
import json
import shutil

import pytest

import paths
import server as livekit_server
from guest import HOST, Guest, Network, make_initrd
from publisher import CAMERA, DONE
from server import API_KEY, API_SECRET
from subscriber import Subscriber

BOOT_S, TRIES_S = 30, 30
WATCHED_S = 8
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


def test_busy_camera_names_its_holder(guest):
    code, said = outcome(guest, "busy")
    assert code == CAMERA
    assert "v4l2-ctl" in said and guest.read("holder.pid").strip() in said, said


def test_pictures_of_the_driver_reach_a_viewer(guest, viewer):
    outcome(guest, "busy")
    first = viewer.wait_for(lambda: viewer.pictures, 20, lambda: f"a picture; {guest.read('publish.err')}")[0]
    end = first["at_us"] + WATCHED_S * 1_000_000
    viewer.wait_for(lambda: viewer.pictures[-1]["at_us"] > end, WATCHED_S + 5, "eight seconds of pictures")
    distinct = collections.defaultdict(set)
    for picture in viewer.pictures:
        distinct[(picture["at_us"] - first["at_us"]) // 1_000_000].add(picture["digest"])
    assert all(len(distinct[second]) >= 3 for second in range(WATCHED_S)), {k: len(v) for k, v in distinct.items()}
    assert {(p["width"], p["height"]) for p in viewer.pictures} == {(640, 360)}

    (guest.share / "stop").touch()
    code, said = outcome(guest, "publish")
    assert code == DONE, said
    rows = [json.loads(line) for line in guest.read("publish.json").splitlines()]
    assert rows[-1]["frames_captured"] >= rows[-1]["frames_sent"] > 0
    # vivid dates a buffer after its own delivery; no frame has left before it was captured all the same.
    ages = [(s["first_packet_p50_us"], s["age_p50_us"]) for s in rows if s["fps_milli"]]
    assert all(0 < first <= age < 500_000 for first, age in ages), ages
    assert guest.wait_end(20)[0] == 0
