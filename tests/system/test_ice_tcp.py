# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Media by TCP where UDP leads nowhere, and what happens when that way is slow or cut."""
import re
import signal

import pytest

import network
import server as livekit_server
from publisher import SERVER

FRAMES = 300
BY_TCP, BY_UDP = f"tcp {network.FAR}:7881", f"udp {network.FAR}:7882"
UDP_ALONE_S = 0.25
# About 0.35 s on the slow link below; 0.6 to 1 s with a queue on the way.
BOUNDED_US = 600_000


@pytest.fixture(params=[False, True], ids=["full", "lite"])
def any_server(wire, server_binary, request):
    """Servers that check us back, and servers that do not."""
    config = livekit_server.merged(livekit_server.routed_config(network.FAR), {"rtc": {"use_ice_lite": request.param}})
    s = livekit_server.Server(server_binary, config, network.FAR, wire.far)
    yield s.wait_ready()
    s.stop()


@pytest.fixture
def publish_by_tcp(wire, publish):
    """publish_by_tcp(server, *flags) -> a running Publisher whose media goes by TCP, because UDP is blocked."""
    def start(server, *flags):
        wire.fault("counter drop")
        publisher = publish(*flags, url=server.url, namespace=wire.near)
        assert publisher.wait_live(8)["transport"] == BY_TCP
        assert wire.counters()[0] > 0
        return publisher
    return start


def in_order(pictures):
    ids = [p["id"] for p in pictures]
    return None not in ids and all(a < b for a, b in zip(ids, ids[1:]))


def test_udp_is_blocked(wire, any_server, publish_by_tcp, subscribe):
    publisher = publish_by_tcp(any_server)
    viewer = subscribe(url=any_server.url, namespace=wire.far)
    viewer.wait_decoded(FRAMES, 25)
    # A busy machine skips frames before they are coded, and loses some on the viewer's own way; TCP loses none.
    assert in_order(viewer.pictures) and len(viewer.pictures) > FRAMES / 2
    stats = publisher.wait_next_stats()
    assert stats["receiver_reports"] > 0 and stats["nacks"] == stats["loss_permille"] == 0
    assert stats["transport"] == BY_TCP and stats["first_packet_us"] > UDP_ALONE_S * 1e6
    assert stats["send_errors"] == stats["rtx_packets"] == 0 and stats["frames_sent"] >= FRAMES


def test_udp_is_taken_where_both_lead_there(wire, any_server, publish):
    wire.fault("counter", network.TCP_MEDIA)
    publisher = publish(url=any_server.url, namespace=wire.near)
    assert publisher.wait_live()["transport"] == BY_UDP
    publisher.wait_stats(lambda s: s["frames_sent"] > 60, 5, "60 frames")
    assert publisher.last["transport"] == BY_UDP
    assert wire.counters() == [0]       # TCP was not even tried


def test_the_connection_is_cut(wire, far_server, publish_by_tcp):
    publisher = publish_by_tcp(far_server)
    wire.fault("counter reject with tcp reset", network.TCP_MEDIA)
    assert publisher.wait_end(5)[0] == SERVER
    assert wire.counters()[1] > 0
    line = publisher.stderr.splitlines()[-1]
    assert f"the TCP connection to {network.FAR}:7881 broke: connection reset by peer" in line


def test_the_server_dies(far_server, publish_by_tcp):
    publisher = publish_by_tcp(far_server)
    far_server.process.send_signal(signal.SIGKILL)
    assert publisher.wait_end(5)[0] == SERVER
    # Media's connection or signalling's, whichever is seen first; reset where the dead one had not read all.
    assert re.search("closed|connection reset by peer", publisher.stderr.splitlines()[-1])


def test_a_slow_link_skips_frames_and_keeps_the_rest_young(wire, far_server, publish_by_tcp, subscribe):
    """3 Mbit/s into 1 Mbit/s: a frame of 100 kbit takes 100 ms there, and one in four can leave."""
    publisher = publish_by_tcp(far_server, "--max-bitrate", "3M")
    viewer = subscribe(url=far_server.url, namespace=wire.far)
    viewer.wait_pictures(60, 15)
    wide = publisher.wait_next_stats()
    wire.narrow("1mbit")
    publisher.wait_stats(lambda s: s["frames_skipped"] > wide["frames_skipped"], 5, "a skipped frame")
    publisher.wait_next_stats()     # of the second in which the link became narrow
    before, seen = publisher.wait_next_stats(), len(viewer.pictures)
    seconds = [publisher.wait_next_stats() for _ in range(6)]
    pictures = viewer.pictures[seen:]
    skipped, captured = (seconds[-1][key] - before[key] for key in ("frames_skipped", "frames_captured"))
    assert skipped > captured / 2 and seconds[-1]["send_errors"] == 0
    assert all(0 < s["age_p99_us"] < BOUNDED_US for s in seconds), [s["age_p99_us"] for s in seconds]
    # It goes on, in order, and what arrives is young too: no queue stands on the way.
    assert in_order(pictures) and len(pictures) > captured / 8, (len(pictures), captured)
    ages = sorted(p["at_us"] - p["stamp_us"] for p in pictures)
    assert ages[len(ages) // 2] < BOUNDED_US, ages
