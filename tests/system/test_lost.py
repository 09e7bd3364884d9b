# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What was there and goes away, or is only half there: the server, the way for media."""
import signal

from publisher import SERVER


def test_server_dies(start_server, publish):
    server = start_server()
    publisher = publish(url=server.url)
    publisher.wait_live()
    server.process.send_signal(signal.SIGKILL)
    assert publisher.wait_end(5)[0] == SERVER


def test_no_way_for_media(wire, far_server, publish):
    wire.fault("counter drop")
    publisher = publish(url=far_server.url, namespace=wire.near)
    code, _ = publisher.wait_end(30)
    assert code == SERVER and wire.counters() > [0]
    assert publisher.last["packets_sent"] == 0


def test_way_for_media_lost(wire, far_server, publish):
    publisher = publish(url=far_server.url, namespace=wire.near)
    publisher.wait_live()
    wire.fault("counter drop")
    code, _ = publisher.wait_end(30)
    assert code == SERVER and wire.counters() > [0]
