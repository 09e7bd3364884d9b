# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""./run.sh as a user starts it: a local server and a page, or somebody's server; what it starts it ends."""
import json
import os
import re
import signal
import socket
import urllib.error
import urllib.request

import pytest

from child import Child
from paths import ROOT
from publisher import environment
from token_service import TokenService, as_json
from waiting import wait_for

FIRST_RUN_S = 240   # it builds
SECOND_RUN_S = 2.0


class Run(Child):
    def __init__(self, *flags, env=None):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("LIVEKIT_", "CAMERA_", "LKCAM"))}
        super().__init__([str(ROOT / "run.sh"), "--stats", "json", *flags], env=env or clean, cwd="/")

    def kill(self):
        """What it has started lives in sessions of its own: only the script itself ends it."""
        if self.running:
            self.stop(signal.SIGTERM, 10)
        super().kill()

    def wait_first_packet(self, deadline_s):
        """Seconds from the start of the script to the first RTP packet."""
        s = self.wait_for(lambda: next((o for o in self.objects if o["first_packet_us"] > 0), None), deadline_s, "a first packet")
        return s["at"] - self.started - (s["uptime_us"] - s["first_packet_us"]) / 1e6


@pytest.fixture
def run(children):
    def start(*flags, env=None):
        children.append(Run(*flags, env=env))
        return children[-1]
    return start


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def test_alone_it_brings_server_page_and_picture_and_takes_them_away(run):
    first = run("--room", "yard")
    first.wait_first_packet(FIRST_RUN_S)
    page = re.search(r"watch at (http://127\.0\.0\.1:\d+/\S+)", first.stderr).group(1)
    port = int(re.search(r"local server ws://127\.0\.0\.1:(\d+)", first.stderr).group(1))
    with urllib.request.urlopen(page, timeout=5) as answer:
        assert answer.status == 200 and b"<video" in answer.read()
    with urllib.request.urlopen(page + "session", timeout=5) as answer:
        assert json.load(answer)["room"] == "yard"
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(page.rsplit("/", 2)[0] + "/", timeout=5)
    assert first.objects[-1]["source"] == "test pattern" or "CAMERA" in os.environ
    code, _ = first.stop()
    assert code == 0, first.stderr
    wait_for(lambda: not listens(port), 5, "the local server is gone")
    wait_for(lambda: not listens(int(page.split(":")[2].split("/")[0])), 5, "the page is gone")

    second = run()
    took = second.wait_first_packet(20)
    assert second.stop()[0] == 0
    assert took < SECOND_RUN_S, f"{took:.2f} s from ./run.sh to the first packet"


def test_with_a_server_named_it_publishes_there(run, shared_server, subscribe, room):
    viewer = subscribe()
    publisher = run("--source", "pattern", "--room", room, env=environment(shared_server.url))
    publisher.wait_first_packet(FIRST_RUN_S)
    viewer.wait_pictures(10, 10)
    assert "local server" not in publisher.stderr
    assert publisher.stop()[0] == 0


def test_a_camera_that_is_not_there_is_named(run, shared_server):
    program = run(env=environment(shared_server.url, CAMERA_DEVICE="/dev/no-such-camera"))
    wait_for(lambda: not program.running, FIRST_RUN_S, "the end")
    assert program.process.returncode == 4
    assert "/dev/no-such-camera" in program.stderr


@pytest.mark.parametrize("way", ["variable", "flag"])
def test_with_a_token_service_it_publishes_to_the_server_that_it_names(way, run, shared_server, room, api):
    service = TokenService(lambda r: as_json(url=shared_server.url, token=r.token()))
    try:
        clean = {k: v for k, v in environment("").items() if not k.startswith("LIVEKIT_")}
        flags = ["--token-url", service.url] if way == "flag" else []
        env = clean if way == "flag" else clean | {"LIVEKIT_TOKEN_URL": service.url}
        publisher = run("--source", "pattern", "--room", room, *flags, env=env)
        publisher.wait_first_packet(FIRST_RUN_S)
        assert len(api.participants()) == 1 and len(service.requests) == 1
        assert "local server" not in publisher.stderr
        assert publisher.stop()[0] == 0
    finally:
        service.close()
