# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The pattern arrives: every picture, in order, and looking as it was drawn."""
import collections
import statistics

import pytest

import paths
from picture import psnr_of_planes, reference_pictures
from publisher import read_ledger

WIDTH, HEIGHT = 1280, 720
PICTURES = 300
KEEP_EVERY = 4
SETTLED_AFTER = 30


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
def journey(publish, subscribe, kept):
    """300 pictures at the viewer, and the ledger of the publisher that sent them."""
    publisher = publish("--size", f"{WIDTH}x{HEIGHT}", "--ledger", str(kept / "ledger.csv"))
    publisher.wait_live()
    viewer = subscribe(keep=kept, every=KEEP_EVERY)
    viewer.wait_pictures(PICTURES, 20)
    pictures = list(viewer.pictures)
    viewer.kill()
    assert publisher.stop()[0] == 0
    return pictures, read_ledger(kept / "ledger.csv")


def test_pictures_arrive_in_order_and_as_drawn(journey, kept):
    pictures, ledger = journey
    check_order(pictures)
    check_likeness(pictures, ledger, kept)


def check_order(pictures):
    ids = [p["id"] for p in pictures]
    assert None not in ids
    assert all(a < b for a, b in zip(ids, ids[1:]))
    assert len(ids) >= 0.97 * (ids[-1] - ids[0] + 1)
    seconds = collections.Counter((p["at_us"] - pictures[0]["at_us"]) // 1_000_000 for p in pictures)
    assert min(seconds[s] for s in range(max(seconds))) >= 15, seconds
    assert {(p["width"], p["height"]) for p in pictures} == {(WIDTH, HEIGHT)}


def frames_since_key(ledger):
    """Time of capture -> pictures since the last key frame; the stamp carries the same time."""
    out, since = {}, 0
    for row in ledger:
        since = 0 if row["key_frame"] else since + 1
        out[row["captured_us"]] = since
    return out


def check_likeness(pictures, ledger, kept):
    since_key = frames_since_key(ledger)
    samples = {p["id"]: p for p in pictures if (kept / f"{p['id']}.i420").is_file()}
    ids = sorted(samples)
    assert len(ids) >= PICTURES / KEEP_EVERY - 1
    quality = {}
    for i, reference in zip(ids, reference_pictures(paths.pattern_frame(), WIDTH, HEIGHT, ids)):
        quality[i] = psnr_of_planes((kept / f"{i}.i420").read_bytes(), reference, WIDTH, HEIGHT)
    for plane in range(3):
        assert statistics.median(q[plane] for q in quality.values()) > 33, quality
    # The ledger ends half a second before the end.
    settled = [quality[i][0] for i in ids if since_key.get(samples[i]["stamp_us"], 0) > SETTLED_AFTER]
    assert len(settled) > len(ids) / 2
    assert min(settled) > 28, quality
