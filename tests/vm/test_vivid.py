# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A V4L2 driver of the kernel, opened by the real program: pictures reach a viewer, and what cannot work says why."""
import shutil
import signal

import pytest

from checks import faults_are_counted_and_survived, pictures_reach
from publisher import CAMERA, DONE


@pytest.fixture(scope="module")
def guest(start_guest, viewer):
    viewer.wait_kind("connected")
    return start_guest("guest_vivid.sh", ["vivid"], programs=[shutil.which("setpriv")])


@pytest.mark.parametrize("name", ["missing", "output", "forbidden"])
def test_no_usable_camera(guest, name):
    code, said = guest.outcome(name)
    device = {"missing": "video9", "output": "video1", "forbidden": "video0"}[name]
    assert code == CAMERA and device in said, said


def test_busy_camera_names_its_holder(guest):
    code, said = guest.outcome("busy")
    assert code == CAMERA
    assert f"v4l2-ctl (process {guest.pid('busy_holder')})" in said, said


def test_pictures_of_the_driver_reach_a_viewer(guest, viewer):
    guest.outcome("busy")
    pictures_reach(viewer, guest, "older")


def test_an_older_lkcam_gives_way(guest):
    guest.tell("stop")
    code, said = guest.outcome("older")
    assert code == DONE, said
    stats = guest.rows("older")
    assert stats[-1]["frames_captured"] >= stats[-1]["frames_sent"] > 0
    # vivid dates a buffer after its own delivery; no frame has left before it was captured all the same.
    ages = [(s["first_packet_p50_us"], s["age_p50_us"]) for s in stats if s["fps_milli"]]
    assert all(0 < first <= age < 500_000 for first, age in ages), ages

    code, said = guest.outcome("newer")
    assert code == DONE and guest.rows("newer")[-1]["frames_sent"] > 0, said
    assert f"/dev/video0: taken from lkcam (process {guest.pid('older')})" in said
    assert "in use" not in said


def test_faults_of_the_driver_are_counted_and_survived(guest):
    faults_are_counted_and_survived(guest, "newer")


def test_terminated_publisher_frees_the_camera(guest):
    assert guest.outcome("newer")[0] == DONE
    assert guest.seconds("newer") < 1
    code, said = guest.outcome("next")
    assert code == 0, said


@pytest.mark.parametrize("holder, taker, signum", [("polite", "taker", signal.SIGTERM),
                                                   ("stubborn", "killer", signal.SIGKILL)])
def test_camera_is_taken_when_asked_for(guest, holder, taker, signum):
    assert guest.outcome(holder)[0] == 128 + signum
    if signum == signal.SIGKILL:
        assert 2 <= guest.seconds(holder) < 4
    _, said = guest.outcome(taker)
    assert f"/dev/video0: taken from v4l2-ctl (process {guest.pid(holder)})" in said
    assert "in use" not in said
    assert guest.rows(taker)[-1]["frames_sent"] > 0


def test_unplugged_while_it_publishes(guest):
    code, said = guest.outcome("killer")
    assert code == CAMERA
    assert "/dev/video0" in said.splitlines()[-1], said
    assert guest.seconds("killer") < 2
    assert guest.wait_end(20)[0] == 0
