# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The two commands of the README on a newly installed machine that has nothing but /usr/bin and /bin. Minutes each: ./test.sh --long"""
import re
import signal
import tempfile
import pathlib

import pytest

from machine import Machine

SET_UP_S = 1800     # packages, a LiveKit server from source
TEST_S = 2400


@pytest.fixture(scope="module", params=["bookworm root", "bookworm user", "trixie root"])
def machine(request):
    suite, who = request.param.split()
    m = Machine(pathlib.Path(tempfile.mkdtemp(prefix=f"lkcam-{suite}-")), suite, who == "user")
    yield m
    m.close()


def publish(machine):
    """@return seconds from ./run.sh to the first packet, and what it said."""
    run = machine.start("./run.sh", "--stats", "json")
    try:
        s = run.wait_for(lambda: next((o for o in run.objects if o["first_packet_us"] > 0), None), SET_UP_S, "a first packet")
        took = s["at"] - run.started - (s["uptime_us"] - s["first_packet_us"]) / 1e6
        assert "watch at http://127.0.0.1:" in run.stderr
        assert run.stop(signal.SIGINT, 15)[0] == 0, run.stderr[-2000:]
        return took
    finally:
        run.kill()


def test_run_sh_sets_up_and_publishes(machine, record_property):
    first, again = publish(machine), publish(machine)
    record_property("first_s", round(first, 1))
    record_property("again_s", round(again, 2))
    print(f"./run.sh to the first packet: {first:.1f} s, again {again:.2f} s")
    assert again < 5 and first > again


def test_test_sh_sets_up_and_passes(machine):
    tests = machine.start("./test.sh", "unit")
    try:
        code, took = tests.wait_end(TEST_S)
        passed, failed = map(int, re.search(r"(\d+) passed, (\d+) failed", tests.lines[-1]).groups())
        print(f"./test.sh unit: {took:.0f} s, {tests.lines[-1]}")
        assert code == 0 and passed > 100 and failed == 0, "\n".join(tests.lines[-40:]) + tests.stderr[-2000:]
    finally:
        tests.kill()
