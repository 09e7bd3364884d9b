# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The benchmark's browser knows each picture by its stamp, and when it was presented by our clock."""
import sys

import pytest

import paths
from publisher import read_ledger
from room_api import token
from waiting import wait_for

sys.path.append(str(paths.ROOT / "bench"))
import matching  # noqa: E402
from browser import Browser  # noqa: E402

WIDTH, PICTURES = 1280, 60
OLDEST_S = 1.0


@pytest.fixture
def browser(shared_server, room, tmp_path):
    b = Browser(shared_server.url, token(room, "viewer", False), tmp_path, WIDTH)
    b.wait_joined()
    yield b
    b.close()


def test_pictures_are_known_and_timed(publish, browser, tmp_path):
    ledger = tmp_path / "frames.csv"
    publisher = publish("--size", f"{WIDTH}x720", "--ledger", str(ledger))
    wait_for(lambda: browser.page.evaluate("window.lkcamPictures.length") > PICTURES, 20, "pictures")
    clock_s, error_s = browser.clock()
    pictures = [p | {"id": p["stamp_us"]} for p in browser.pictures(clock_s)]     # the ledger has the stamp's time, not its number
    publisher.stop()
    camera = [{"id": r["captured_us"], "ready_s": r["captured_us"] / 1e6, "dequeued_s": r["dequeued_us"] / 1e6} for r in read_ledger(ledger)]
    assert {p["id"] for p in pictures} - {None} <= {row["id"] for row in camera}
    named = matching.named_by_rtp(pictures, camera)
    ids = [p["id"] for p in named]
    assert len(ids) == len(pictures) and ids == sorted(set(ids))
    assert sum(p["id"] == p["read"] for p in named) >= 0.8 * len(named)
    for p in named:
        captured_s = p["id"] / 1e6
        assert captured_s - error_s < p["received_s"] <= p["presented_s"] < captured_s + OLDEST_S, p
