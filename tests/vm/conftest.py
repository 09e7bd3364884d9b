# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What every test with a guest starts from: one network and one server for all, a guest and a viewer for each file."""
import pathlib
import shutil

import pytest

import paths
import server as livekit_server
from guest import HOST, Guest, Network, make_initrd
from server import API_KEY, API_SECRET
from subscriber import Subscriber

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


@pytest.fixture(scope="session")
def network():
    n = Network()
    yield n
    n.close()


@pytest.fixture(scope="session")
def server(network):
    s = livekit_server.Server(paths.livekit_server(), SERVER_CONFIG, namespace=network.name)
    yield s.wait_ready()
    s.stop()


@pytest.fixture(scope="module")
def room(request):
    """Each file of tests has a room of its own, named after it."""
    return request.module.__name__.removeprefix("test_")


@pytest.fixture(scope="module")
def viewer(server, network, room):
    v = Subscriber(server.url, room, "viewer", namespace=network.name)
    yield v
    v.kill()


@pytest.fixture(scope="module")
def start_guest(server, network, room, tmp_path_factory):
    """start_guest(script, modules, programs=(), files=()) -> a Guest that has begun to boot and will run `script`, a
    file of this folder, in a directory with guest_common.sh and `files`. It has lkcam, v4l2-ctl, busybox and `programs`."""
    guests = []

    def start(script, modules, programs=(), files=()):
        share = tmp_path_factory.mktemp("guest")
        initrd = tmp_path_factory.mktemp("initrd") / "initrd.gz"
        make_initrd(initrd, modules, [paths.lkcam(), shutil.which("v4l2-ctl"), *programs])
        here = pathlib.Path(__file__).parent
        shutil.copy(here / script, share / "test.sh")
        for file in [here / "guest_common.sh", *files]:
            shutil.copy(file, share)
        (share / "environment").write_text(
            f"export LIVEKIT_URL=ws://{HOST}:{PORT} LIVEKIT_API_KEY={API_KEY} LIVEKIT_API_SECRET={API_SECRET} "
            f"LIVEKIT_ROOM={room} LIVEKIT_IDENTITY=camera\n")
        guests.append(Guest(initrd, share, network.name))
        return guests[-1]
    yield start
    for g in guests:
        g.kill()
