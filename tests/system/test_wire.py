# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What leaves the publisher, packet by packet."""
import collections
import statistics

import pytest

from capture import Capture, read_media, unwrapped
from publisher import PATTERN, Publisher
from subscriber import Subscriber

# Numbers of the header extensions and payload types as we offer them; the server echoes them.
MID, TWCC, ABS_CAPTURE_TIME = 1, 4, 5
MEDIA, RTX = 96, 97
SENDER_REPORT = 200
FPS, SECONDS = 30, 6
UDP_PAYLOAD_MAX = 1200


@pytest.fixture(scope="module")
def log(tmp_path_factory, lkcam, shared_server):
    """RTP and RTCP of six seconds with a viewer, from the very first packet."""
    children = [Subscriber(shared_server.url, "wire", "viewer")]
    try:
        children[0].wait_kind("connected")
        capture = Capture(tmp_path_factory.mktemp("wire") / "log.pcap", shared_server.udp_port)
        children.append(capture)
        publisher = Publisher(lkcam, shared_server.url, "wire", "camera", PATTERN)
        children.append(publisher)
        publisher.wait_stats(lambda s: s["frames_sent"] >= FPS * SECONDS, 15, f"{SECONDS} s of frames")
        assert publisher.stop()[0] == 0
        rtp, rtcp = read_media(capture.stop())
    finally:
        for child in reversed(children):
            child.kill()
    # The viewer sends RTCP to the same port; media comes from the publisher alone.
    ours = {p.ssrc for p in rtp}
    return rtp, [p for p in rtcp if p.ssrc in ours]


def media_of(log):
    return [p for p in log[0] if p.payload_type == MEDIA]


def frames_of(log):
    """Lists of packets with one RTP timestamp, in order of the wire."""
    frames = collections.OrderedDict()
    for p in media_of(log):
        frames.setdefault(p.timestamp, []).append(p)
    return list(frames.values())


def test_one_stream_and_its_retransmissions(log):
    assert {p.payload_type for p in log[0]} <= {MEDIA, RTX}
    assert len({p.ssrc for p in media_of(log)}) == 1
    assert len({p.ssrc for p in log[0] if p.payload_type == RTX}) <= 1


def test_media_sequence_numbers_have_no_gap_and_begin_low(log):
    numbers = unwrapped([p.sequence for p in media_of(log)], 16)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers[0] < 1 << 15


def test_transport_wide_numbers_are_contiguous_over_all_streams(log):
    numbers = unwrapped([int.from_bytes(p.extensions[TWCC], "big") for p in log[0]], 16)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_marker_ends_each_frame_and_nothing_else(log):
    for frame in frames_of(log)[:-1]:
        assert [p.marker for p in frame] == [False] * (len(frame) - 1) + [True]


def test_extensions(log):
    for frame in frames_of(log):
        assert len(frame[0].extensions[ABS_CAPTURE_TIME]) in (8, 16)
        assert all(len(p.extensions[TWCC]) == 2 for p in frame)


def test_mid_stands_in_every_packet_until_the_server_has_bound_the_stream(log):
    mids = [p.extensions.get(MID) for p in media_of(log)]
    count = mids.index(None)
    assert count >= len(frames_of(log)[0])
    assert set(mids[:count]) == {b"0"} and set(mids[count:]) == {None}


def test_timestamps_grow_with_the_picture_rate(log):
    stamps = unwrapped([frame[0].timestamp for frame in frames_of(log)], 32)
    steps = [b - a for a, b in zip(stamps, stamps[1:])]
    assert min(steps) > 0
    assert abs(statistics.median(steps) - 90000 / FPS) <= 90000 / FPS * 0.05
    assert abs((stamps[-1] - stamps[0]) / 90000 - (media_of(log)[-1].time_s - media_of(log)[0].time_s)) < 0.1


def test_sender_reports_from_the_start_and_each_second(log):
    media, ssrc = media_of(log), media_of(log)[0].ssrc
    reports = [p.time_s for p in log[1] if p.packet_type == SENDER_REPORT and p.ssrc == ssrc]
    assert reports[0] - media[0].time_s < 0.1
    gaps = [b - a for a, b in zip(reports, reports[1:])]
    assert len(reports) >= SECONDS and max(gaps) < 1.5


def test_first_packet_leaves_before_the_encode_ends(log):
    """The slices of a frame leave one by one: there is an encode between its first packet and its last."""
    spreads = [frame[-1].time_s - frame[0].time_s for frame in frames_of(log)[1:] if len(frame) > 1]
    assert statistics.median(spreads) > 0.0005, f"median {statistics.median(spreads) * 1e3:.2f} ms"


def test_packets_fit(log):
    assert max(p.udp_bytes for p in log[0]) <= UDP_PAYLOAD_MAX



def test_every_frame_is_on_the_wire(log):
    frames = frames_of(log)
    assert len(frames) >= FPS * (frames[-1][0].time_s - frames[0][0].time_s) * 0.95
