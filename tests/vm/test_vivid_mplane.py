# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A driver of the kernel that has V4L2's multi-planar interface alone: pictures, colours, and what goes wrong."""
import itertools

import pytest

from checks import faults_are_counted_and_survived, pictures_reach
from publisher import CAMERA, DONE

# What --format means here: what the driver calls it, and in how many memory planes it lies.
FORMATS = {"NV12": ("NM12", 2), "I420": ("YM12", 3), "YUYV": ("YUYV", 1), "UYVY": ("UYVY", 1), "RGB24": ("RGB3", 1),
           "BGR24": ("BGR3", 1)}
SETTLED = 12        # pictures, until bars that stand still look as they were drawn
NEAR = 3            # of 255


@pytest.fixture(scope="module")
def guest(start_guest, viewer):
    viewer.wait_kind("connected")
    return start_guest("guest_vivid_mplane.sh", ["vivid"])


def test_pictures_reach_a_viewer(guest, viewer):
    pictures_reach(viewer, guest, "moving")
    guest.tell("stop")


def test_faults_are_counted_and_survived(guest):
    faults_are_counted_and_survived(guest, "moving")


def test_a_fatal_error_ends_it(guest):
    code, said = guest.outcome("moving")
    assert code == CAMERA and guest.seconds("moving") < 2
    # Which call meets it first is the driver's choice.
    failed = [line for line in said.splitlines() if "vivid (/dev/video1): the source " in line]
    assert len(failed) == 1 and failed[0].endswith("(Input/output error)") and said.endswith(failed[0] + "\n"), said


def bars(guest, viewer, name, turn):
    """Means of Y, U, V of each of the eight bars that the publisher of this turn shows."""
    subscribed = viewer.wait_for(lambda: viewer.of_kind("subscribed")[turn:], 20, lambda: guest.read(f"{name}.err"))[0]

    def seen():
        return [p for p in viewer.pictures if p["at_us"] > subscribed["at_us"]][SETTLED:]
    picture = viewer.wait_for(seen, 20, f"{SETTLED} pictures of {name}")[0]
    guest.tell(f"seen_{name}")
    assert guest.outcome(name)[0] == DONE
    return list(itertools.chain(*picture["bars"]))


def test_colours_of_each_format(guest, viewer):
    guest.outcome("moving")
    right = bars(guest, viewer, "single", 1)
    assert max(right[8:16]) - min(right[8:16]) > 100, right     # U of blue and of yellow
    for turn, (name, (code, planes)) in enumerate(FORMATS.items(), start=2):
        shown = bars(guest, viewer, name, turn)
        assert all(abs(a - b) <= NEAR for a, b in zip(shown, right)), (name, shown, right)
        told = guest.read(f"{name}.fmt")
        assert f"'{code}'" in told and f"Number of planes  : {planes}" in told, told


def test_unplugged_while_it_publishes(guest):
    code, said = guest.outcome("unplugged")
    assert code == CAMERA and guest.seconds("unplugged") < 2
    assert "/dev/video1): unplugged" in said.splitlines()[-1], said
    assert guest.wait_end(20)[0] == 0
