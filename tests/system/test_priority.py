# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""--priority, as the kernel has it; and a publisher at FIFO that wants everything does not get it. How quickly feedback
is answered then is measured by bench/feedback.py: a figure, not a yes or no."""
import os
import pathlib
import subprocess

import pytest

from tasks import FIFO, OTHER, Task, tasks_of
from waiting import wait_for

ALIVE_S = 5


def fifo_is_allowed():
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        return False
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return True


pytestmark = pytest.mark.skipif(not fifo_is_allowed(), reason="the kernel allows no FIFO here")


@pytest.fixture
def one_core():
    """What is started from here on has one core, whatever the machine has."""
    ours = os.sched_getaffinity(0)
    core = min(ours)
    os.sched_setaffinity(0, {core})
    yield core
    os.sched_setaffinity(0, ours)


def threads(publisher, name):
    return [t for t in tasks_of(publisher.process.pid) if t.name == name]


@pytest.mark.parametrize("flag, camera, network", [("fifo", 15, 16), ("fifo:40", 40, 41)])
def test_threads_that_carry_frames_are_at_fifo_and_no_other(publish, flag, camera, network):
    publisher = publish("--size", "640x360", "--threads", "2", "--priority", flag)
    publisher.wait_live()
    cameras = threads(publisher, "lkcam-camera")
    assert len(cameras) >= 2 and set(cameras) == {Task("lkcam-camera", FIFO, camera)}      # with x264's
    assert threads(publisher, "lkcam-network") == [Task("lkcam-network", FIFO, network)]
    rest = [t for t in tasks_of(publisher.process.pid) if t.name not in ("lkcam-camera", "lkcam-network")]
    assert rest and all(t.policy == OTHER for t in rest), rest
    locked = next(line for line in pathlib.Path(f"/proc/{publisher.process.pid}/status").read_text().splitlines()
                  if line.startswith("VmLck"))
    assert int(locked.split()[1]) > 0
    publisher.wait_next_stats()
    assert publisher.wait_next_stats()["priority_demotions"] == 0
    assert publisher.stop()[0] == 0


def test_who_takes_the_whole_machine_loses_it_and_goes_on(publish, subscribe, one_core):
    """An encoder that never keeps up, on the only core that the process has."""
    subscribe().wait_kind("connected")      # without a viewer the server would ask for a pause
    publisher = publish("--size", "1280x720", "--fps", "120", "--preset", "slow", "--threads", "2", "--priority", "fifo")
    publisher.wait_stats(lambda s: s["priority_demotions"] >= 1, 20, "a demotion")
    wait_for(lambda: all(t.policy == OTHER for t in threads(publisher, "lkcam-camera")), 10,
             lambda: f"no camera thread at FIFO; {threads(publisher, 'lkcam-camera')}")
    subprocess.run(["taskset", "-c", str(one_core), "true"], check=True, timeout=ALIVE_S)
    sent = publisher.last["frames_sent"]
    publisher.wait_stats(lambda s: s["frames_sent"] > sent + 5, 10, "frames go on")
    assert [t.policy for t in threads(publisher, "lkcam-network")] == [FIFO]
    assert publisher.stop()[0] == 0
