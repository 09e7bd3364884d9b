# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Viewers come late, come early, or not at all; a moderator mutes. Frames flow exactly when somebody wants them."""
from waiting import wait_for

# The server tells of missing viewers ten seconds after the track was published.
UNWANTED_WITHIN_S = 18
FIRST_PICTURE_S = 1.0


def stands_still(publisher, key, seconds):
    """Whether a counter keeps its value over so many whole seconds of statistics."""
    values = [publisher.wait_next_stats()[key] for _ in range(seconds + 1)]
    return len(set(values)) == 1


def test_without_viewers_the_sending_stops_and_a_late_one_has_a_picture_at_once(publish, subscribe):
    publisher = publish()
    publisher.wait_live()
    publisher.wait_stats(lambda s: not s["wanted"], UNWANTED_WITHIN_S, "nobody watches")
    publisher.wait_next_stats()
    still = publisher.wait_next_stats()
    assert stands_still(publisher, "frames_sent", 5)
    warm = publisher.last
    assert warm["frames_captured"] > still["frames_captured"]
    assert warm["key_frames"] == still["key_frames"]

    viewer = subscribe()
    connected, first = viewer.wait_kind("connected"), viewer.wait_pictures(1, 5)[0]
    assert first["at_us"] - connected["at_us"] < FIRST_PICTURE_S * 1e6
    viewer.wait_pictures(90, 6)
    # Frames begin with one; the server asks when the viewer subscribes and again when the viewer's transport is up. What comes soon enough
    # after the beginning is answered with it.
    watched = publisher.wait_next_stats()
    asked = watched["plis"] + watched["firs"] - warm["plis"] - warm["firs"]
    assert 1 <= watched["key_frames"] - warm["key_frames"] <= 1 + asked <= 3


def test_one_key_frame_for_each_request_of_a_viewer_whose_transport_is_up(publish, subscribe):
    viewer = subscribe(on_signal=True)
    viewer.wait_kind("connected")
    publisher = publish()
    publisher.wait_live()
    publisher.wait_stats(lambda s: not s["wanted"], UNWANTED_WITHIN_S, "nobody watches")
    publisher.wait_next_stats()
    assert stands_still(publisher, "key_frames", 5)
    before = publisher.last

    subscribed = viewer.subscribe()
    first = viewer.wait_pictures(1, 5)[0]
    assert first["at_us"] - subscribed["at_us"] < FIRST_PICTURE_S * 1e6
    viewer.wait_pictures(90, 6)
    after = publisher.wait_next_stats()
    asked = after["plis"] + after["firs"] - before["plis"] - before["firs"]
    # Where the request comes long after the word that somebody watches, each has its own.
    assert 1 <= after["key_frames"] - before["key_frames"] <= 1 + asked and asked == 1


def test_a_viewer_who_waits_has_the_first_picture_at_once(publish, subscribe):
    viewer = subscribe()
    viewer.wait_kind("connected")
    publisher = publish()
    first = viewer.wait_pictures(1, 5)[0]
    assert first["at_us"] / 1e6 - publisher.first_packet_at() < FIRST_PICTURE_S


def test_a_key_frame_only_on_request(publish, subscribe):
    publisher, viewer = publish(), subscribe()
    viewer.wait_pictures(60, 10)
    before = publisher.wait_next_stats()
    viewer.wait_more_pictures(120, 8)
    after = publisher.wait_next_stats()
    assert after["key_frames"] == before["key_frames"]
    assert after["key_frames"] <= after["plis"] + after["firs"] + 1


def test_mute_from_the_server_stops_the_packets(publish, subscribe, api):
    publisher, viewer = publish(), subscribe()
    viewer.wait_pictures(30, 10)
    track = viewer.wait_kind("subscribed")["track"]

    api.mute("camera", track, True)
    publisher.wait_stats(lambda s: s["muted"], 3, "muted")
    publisher.wait_next_stats()
    assert stands_still(publisher, "packets_sent", 2)
    muted = publisher.last

    api.mute("camera", track, False)
    seen = len(viewer.pictures)
    publisher.wait_stats(lambda s: not s["muted"] and s["frames_sent"] > muted["frames_sent"], 3, "unmuted")
    # The viewer's decoder starts anew only with a key frame.
    assert publisher.wait_next_stats()["key_frames"] > muted["key_frames"]
    wait_for(lambda: len(viewer.pictures) >= seen + 30, 5, "pictures again")


def test_a_viewer_who_comes_again_and_again_costs_a_key_frame_each_time(publish, subscribe):
    publisher, viewer = publish(), subscribe()
    viewer.wait_pictures(60, 10)
    before = publisher.wait_next_stats()
    again = subscribe(again_every=1)
    again.wait_for(lambda: len(again.of_kind("subscribed")) >= 4, 10, "four times")
    after = publisher.wait_next_stats()
    assert after["key_frames"] - before["key_frames"] >= 3
    viewer.wait_more("report", 2)
    assert viewer.report["key_frames_decoded"] >= 4
