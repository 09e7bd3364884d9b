# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Two cameras of the kernel and one that is missing, in one process: one that fails touches no other."""
import pytest

from publisher import CAMERA

FRONT, REAR, MISSING = 0, 1, 2


@pytest.fixture(scope="module")
def guest(start_guest, viewer):
    viewer.wait_kind("connected")
    return start_guest("guest_several.sh", ["vivid"])


def wait_row(guest, condition, what, deadline_s=10):
    return guest.wait_for(lambda: next((r for r in guest.rows("several") if condition(r)), None), deadline_s,
                          lambda: f"{what}; {guest.rows('several')[-1:]} {guest.read('several.err')}")


def sent_by(row, track):
    return row["tracks"][track]["frames_sent"]


def test_the_missing_one_is_left_out_and_the_others_are_published(guest, viewer):
    row = wait_row(guest, lambda r: sent_by(r, FRONT) > 10 and sent_by(r, REAR) > 10, "frames of both", guest.BOOT_S + 20)
    assert row["cameras"] == 3 and row["cameras_failed"] == 1
    assert [t["cameras_failed"] for t in row["tracks"]] == [0, 0, 1]
    assert [t["published"] for t in row["tracks"]] == [True, True, False]
    viewer.wait_for(lambda: len(viewer.of_kind("subscribed")) == 2, 10, "two tracks")
    assert "/dev/video9" in guest.read("several.err")


def test_an_unplugged_one_is_muted_and_the_other_goes_on(guest, viewer):
    guest.tell("unplug_rear")
    row = wait_row(guest, lambda r: r["cameras_failed"] == 2, "the second one's end")
    muted = viewer.wait_kind("muted")
    later = wait_row(guest, lambda r: sent_by(r, FRONT) >= sent_by(row, FRONT) + 30, "30 frames of the other")
    assert sent_by(later, REAR) <= sent_by(row, REAR) + 1
    assert later["tracks"][FRONT]["fps_milli"] >= 10_000
    assert len(viewer.of_kind("muted")) == 1 and muted["track"]
    assert "/dev/video1" in guest.read("several.err")


def test_without_any_camera_left_it_ends(guest):
    guest.tell("unplug_front")
    code, said = guest.outcome("several")
    assert code == CAMERA
    assert "/dev/video0" in said.splitlines()[-1], said
    assert guest.seconds("several") < 2
    assert guest.outcome("again")[0] == 0
    assert guest.wait_end(20)[0] == 0
