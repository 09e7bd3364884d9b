# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What more than one guest is asked."""
import collections
import json

WATCHED_S = 5
# Made by survive_faults in guest_common.sh: buffers with an error, and the least that are dropped in a second of 15.
FLAGGED, DROPPED = 3, 8


def pictures_reach(viewer, guest, name):
    """What `name` publishes in the guest moves, and has the size that guest_common.sh asks for."""
    first = viewer.wait_for(lambda: viewer.pictures, 20, lambda: f"a picture; {guest.read(name + '.err')}")[0]
    end = first["at_us"] + WATCHED_S * 1_000_000
    viewer.wait_for(lambda: viewer.pictures[-1]["at_us"] > end, WATCHED_S + 5, f"{WATCHED_S} seconds of pictures")
    distinct = collections.defaultdict(set)
    for picture in viewer.pictures:
        distinct[(picture["at_us"] - first["at_us"]) // 1_000_000].add(picture["digest"])
    assert all(len(distinct[second]) >= 3 for second in range(WATCHED_S)), {k: len(v) for k, v in distinct.items()}
    assert {(p["width"], p["height"]) for p in viewer.pictures} == {(640, 360)}


def faults_are_counted_and_survived(guest, name):
    """`name` has been through survive_faults in guest_common.sh and has ended."""
    guest.outcome(name)
    stats = guest.rows(name)
    whole = json.loads(guest.read(f"{name}_whole.json"))
    assert stats[0]["frames_damaged"] == 0 and stats[-1]["frames_damaged"] == FLAGGED
    assert stats[-1]["frames_lost"] >= whole["frames_lost"] + DROPPED
    assert stats[-1]["frames_sent"] > whole["frames_sent"] + DROPPED
