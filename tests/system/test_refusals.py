# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""How publishing ends when it cannot go on: the exit code, how soon, and that no secret is told."""
import base64
import json
import time

import pytest

import fake_servers
from child import Child
from publisher import DONE, SERVER, TOKEN, environment
from server import API_SECRET, free_port
from waiting import wait_for

AT_ONCE_S = 2.0
# The program's own patience with a server that says nothing, and the test's on top.
SILENCE_S = 15.0 + 3


@pytest.fixture
def fake():
    """fake(treatment) -> a FakeServer."""
    servers = []

    def start(treat):
        servers.append(fake_servers.FakeServer(treat))
        return servers[-1]
    yield start
    for s in servers:
        s.close()


def words_of(child):
    """What a person was told: at least one line."""
    assert child.stderr.strip()
    return child.stderr


def test_server_absent(publish):
    code, took = publish(url=f"ws://127.0.0.1:{free_port()}").wait_end(AT_ONCE_S)
    assert code == SERVER and took < AT_ONCE_S


@pytest.mark.parametrize("treat", [fake_servers.status(404, "Not Found"), fake_servers.status(500, "Internal Server Error"),
                                   fake_servers.hang_up, fake_servers.garbage], ids=["404", "500", "hang-up", "garbage"])
def test_no_livekit_server(treat, fake, publish):
    server = fake(treat)
    publisher = publish(url=server.url)
    code, _ = publisher.wait_end(5)
    assert code == SERVER, publisher.stderr
    assert server.connections >= 1
    words_of(publisher)


def test_server_that_says_nothing(fake, publish):
    server = fake(fake_servers.silence)
    publisher = publish(url=server.url)
    code, took = publisher.wait_end(SILENCE_S)
    assert code == SERVER and server.connections >= 1
    assert took > 1


def test_room_without_our_codec(start_server, publish):
    server = start_server({"room": {"enabled_codecs": [{"mime": "video/VP8"}, {"mime": "audio/opus"}]}})
    publisher = publish(url=server.url)
    code, _ = publisher.wait_end(8)
    assert code == SERVER
    assert "H264" in words_of(publisher).replace(".", "").upper()


def made_token(lkcam, url, room, **env):
    child = Child([lkcam, "token", "--room", room, "--identity", "camera"], env=environment(url, **env))
    code, _ = child.wait_end(5)
    child.kill()
    assert code == DONE, child.stderr
    return child.lines[0]


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def check_secrecy(publisher, token):
    told = publisher.stderr + "\n".join(publisher.lines)
    _, body, signature = token.split(".")
    assert told and body not in told and signature not in told and API_SECRET not in told


def test_no_word_of_a_token_that_works(lkcam, shared_server, publish, room):
    token = made_token(lkcam, shared_server.url, room)
    assert claims(token)["video"]["room"] == room
    publisher = publish("--verbose", env={"LIVEKIT_TOKEN": token})
    publisher.wait_live()
    assert publisher.stop()[0] == DONE
    check_secrecy(publisher, token)


def test_no_word_of_a_token_that_the_server_refuses(lkcam, shared_server, publish, room):
    """Signed with another secret: the server's answer repeats the token."""
    token = made_token(lkcam, shared_server.url, room, LIVEKIT_API_SECRET="y" * 36)
    publisher = publish("--verbose", env={"LIVEKIT_TOKEN": token})
    code, took = publisher.wait_end(5)
    assert code == TOKEN and took < AT_ONCE_S
    check_secrecy(publisher, token)


def test_removed_by_a_moderator(publish, api):
    publisher = publish()
    publisher.wait_live()
    api.remove("camera")
    code, _ = publisher.wait_end(60)
    assert code == SERVER
    words_of(publisher)


def test_interrupt_leaves_the_room_at_once(publish, subscribe, api):
    viewer = subscribe()        # keeps the room
    viewer.wait_kind("connected")
    publisher = publish()
    publisher.wait_live()
    assert "camera" in api.participants()
    code, took = publisher.stop()
    left = time.monotonic()
    assert code == DONE and took < 1
    wait_for(lambda: "camera" not in api.participants(), 1, "participant gone")
    assert time.monotonic() - left < 1.5
