# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What was there and goes away, or is only half there: the server, the way for media."""
import signal

import network
from publisher import SERVER


def test_server_dies(start_server, publish):
    server = start_server()
    publisher = publish(url=server.url)
    publisher.wait_live()
    server.process.send_signal(signal.SIGKILL)
    assert publisher.wait_end(5)[0] == SERVER


def test_no_way_for_media(wire, far_server, publish):
    """Neither by UDP nor by TCP, and the one line says so."""
    wire.fault("counter drop", network.UDP_MEDIA)
    wire.fault("counter drop", network.TCP_MEDIA)
    publisher = publish(url=far_server.url, namespace=wire.near)
    code, _ = publisher.wait_end(30)
    assert code == SERVER and min(wire.counters()) > 0
    assert publisher.last["packets_sent"] == 0
    line = publisher.stderr.splitlines()[-1]
    assert f"UDP {network.FAR}:7882: no answer" in line and f"TCP {network.FAR}:7881: no answer" in line


def test_no_way_for_media_and_tcp_refused(wire, far_server, publish):
    wire.fault("counter drop", network.UDP_MEDIA)
    wire.fault("counter reject with tcp reset", network.TCP_MEDIA)
    publisher = publish(url=far_server.url, namespace=wire.near)
    assert publisher.wait_end(30)[0] == SERVER
    line = publisher.stderr.splitlines()[-1]
    assert f"TCP {network.FAR}:7881: connection refused" in line


def test_way_for_media_lost(wire, far_server, publish):
    publisher = publish(url=far_server.url, namespace=wire.near)
    publisher.wait_live()
    wire.fault("counter drop")
    code, _ = publisher.wait_end(30)
    assert code == SERVER and wire.counters() > [0]
