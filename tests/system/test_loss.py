# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Two of a hundred packets are lost on the way to the server: the viewer must not notice."""
import pytest

import network

LOSS = "udp length > 100 numgen random mod 100 < 2 counter drop"
NO_RETRANSMISSION = f"{network.PAYLOAD_TYPE_BITS} & 0x7f == 97 counter drop"
FRAMES = 300
IN_FLIGHT = 5


@pytest.fixture
def run(wire, far_server, publish, subscribe):
    """run() -> statistics before the loss and after it, the viewer's reports before and after."""
    def through(*rules):
        publisher = publish(url=far_server.url, namespace=wire.near)
        publisher.wait_live()
        viewer = subscribe(url=far_server.url, namespace=wire.far)
        viewer.wait_pictures(30, 15)
        before, seen = publisher.wait_next_stats(), dict(viewer.report)
        for rule in rules:
            wire.fault(rule)
        publisher.wait_stats(lambda s: s["frames_sent"] >= before["frames_sent"] + FRAMES, 20, f"{FRAMES} frames")
        viewer.wait_more("report", 2)       # the second is of after the last of these frames
        return before, publisher.wait_next_stats(), seen, dict(viewer.report)
    return through


def unhurt(before, after, seen, report):
    """No frame was given up and nobody asked for a key frame."""
    return (report["frames_received"] - report["frames_decoded"] <= IN_FLIGHT and after["plis"] == before["plis"]
            and report["frames_dropped"] == seen["frames_dropped"])


def test_every_frame_survives_two_percent_loss(run, wire):
    before, after, seen, report = run(LOSS)
    [lost] = wire.counters()
    assert lost > 0
    assert after["rtx_packets"] - before["rtx_packets"] >= lost * 0.8
    assert report["frames_received"] - seen["frames_received"] >= FRAMES - IN_FLIGHT
    assert unhurt(before, after, seen, report), (before, after, seen, report)


def test_without_retransmission_the_viewer_notices(run, wire):
    """The proof that the test above can fail: the same loss, and no repeated packet arrives."""
    before, after, seen, report = run(NO_RETRANSMISSION, LOSS)
    repeated, lost = wire.counters()
    assert repeated > 0 and lost > 0
    assert not unhurt(before, after, seen, report), (before, after, seen, report)
