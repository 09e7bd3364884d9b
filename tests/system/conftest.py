# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What every system test starts from. Each fixture ends what it has started."""
import itertools
import os
import signal

import pytest

import network
import paths
import server as livekit_server
from publisher import PATTERN, Publisher
from relay import Relay
from room_api import RoomApi
from subscriber import Subscriber

counter = itertools.count()
# A shell that runs us in the background has SIGINT ignored, and so would everything that is started here.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser):
    parser.addoption("--keep-screenshot", action="store_true", help="keep the viewer page's picture as docs/picture.jpg")


@pytest.fixture(scope="session")
def lkcam():
    return paths.lkcam()


@pytest.fixture(scope="session")
def server_binary():
    return paths.livekit_server()


@pytest.fixture
def start_server(server_binary):
    """start_server(extra, binary) -> a running Server; `extra` is merged into its configuration."""
    servers = []

    def start(extra=None, binary=server_binary):
        config = livekit_server.merged(livekit_server.loopback_config(), extra or {})
        servers.append(livekit_server.Server(binary, config))
        return servers[-1].wait_ready()
    yield start
    for s in servers:
        s.stop()


@pytest.fixture
def relay_to():
    """relay_to(server) -> a Relay before it."""
    relays = []

    def start(server):
        relays.append(Relay(server.port))
        return relays[-1]
    yield start
    for r in relays:
        r.close()


@pytest.fixture(scope="session")
def shared_server(server_binary):
    config = livekit_server.merged(livekit_server.loopback_config(), {"room": {"enable_remote_unmute": True}})
    s = livekit_server.Server(server_binary, config)
    try:
        yield s.wait_ready()
    finally:
        s.stop()


@pytest.fixture
def wire():
    """Two namespaces joined by a veth: a publisher's and a server's."""
    n = network.Network()
    yield n
    n.close()


@pytest.fixture
def far_server(wire, server_binary):
    s = livekit_server.Server(server_binary, livekit_server.routed_config(network.FAR), network.FAR, wire.far)
    yield s.wait_ready()
    s.stop()


@pytest.fixture
def room():
    return f"room-{os.getpid()}-{next(counter)}"


@pytest.fixture
def children():
    """Programs that end with the test."""
    started = []
    yield started
    for child in reversed(started):
        child.kill()


@pytest.fixture
def publish(lkcam, shared_server, room, children):
    """publish(*flags, url=, env=, namespace=) -> a running Publisher of the pattern."""
    def start(*flags, url=shared_server.url, identity="camera", env=None, namespace=None):
        children.append(Publisher(lkcam, url, room, identity, [*PATTERN, *flags], env, namespace))
        return children[-1]
    return start


@pytest.fixture
def subscribe(shared_server, room, children):
    """subscribe(keep=, every=, url=, namespace=) -> a Subscriber that has begun to connect."""
    def start(url=shared_server.url, **options):
        children.append(Subscriber(url, room, f"viewer-{next(counter)}", **options))
        return children[-1]
    return start


@pytest.fixture
def api(shared_server, room):
    return RoomApi(shared_server.url, room)
