# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""How servers new and old are spoken to, and that pictures arrive."""
import pytest
from livekit.protocol.models import ParticipantInfo

import paths
from publisher import DONE, SERVER
from room_api import RoomApi, token
from waiting import wait_for

V0, V1 = "1.8.4", "1.11.0"      # v1 came with 1.9.1
MISSING = 9                     # a viewer that has just come drops a picture now and then
ACTIVE = ParticipantInfo.ACTIVE
SMALL = ["--size", "320x180", "--fps", "5", "--max-bitrate", "150k"]


@pytest.fixture
def old_server(start_server):
    """old_server(version, extra) -> a running Server."""
    return lambda version, extra=None: start_server(extra, paths.livekit_server(version))


def join_through(relay, publish, room, may_subscribe):
    given = token(room, "camera", publish=True, subscribe=may_subscribe)
    publisher = publish(url=relay.url, env={"LIVEKIT_TOKEN": given})
    publisher.wait_live()
    return publisher


def check_pictures(viewer, count):
    viewer.wait_pictures(count, count / 30 + 10)
    ids = [p["id"] for p in viewer.pictures]
    assert None not in ids
    assert all(a < b for a, b in zip(ids, ids[1:]))
    assert ids[-1] - ids[0] + 1 - len(ids) <= MISSING


# A token that may subscribe gets the protocol in which the server makes no second transport for it.
@pytest.mark.parametrize("may_subscribe, protocol, pictures", [(False, 17, 300), (True, 2, 60)], ids=["publish-only", "may-subscribe"])
def test_v0_after_v1_was_not_found(old_server, relay_to, publish, subscribe, room, may_subscribe, protocol, pictures):
    server = old_server(V0)
    relay = relay_to(server)
    publisher = join_through(relay, publish, room, may_subscribe)
    assert [e.status for e in relay.exchanges] == [404, 101]
    assert relay.exchanges[0].target.startswith("/rtc/v1?join_request=")
    assert relay.exchanges[1].target.startswith(f"/rtc?protocol={protocol}&")
    assert publisher.last["signalling"] == "v0"
    # One that is not, the server removes after a minute.
    wait_for(lambda: RoomApi(server.url, room).participants()["camera"].state == ACTIVE, 5, "active participant")
    check_pictures(subscribe(url=server.url), pictures)
    assert publisher.stop()[0] == DONE
    wait_for(lambda: "camera" not in RoomApi(server.url, room).participants(), 1, "participant gone")


def test_v1_of_an_old_server(old_server, relay_to, publish, subscribe, room):
    server = old_server(V1)
    relay = relay_to(server)
    publisher = join_through(relay, publish, room, may_subscribe=True)
    assert [e.status for e in relay.exchanges] == [101]
    assert publisher.last["signalling"] == "v1"
    check_pictures(subscribe(url=server.url), 60)
    assert publisher.stop()[0] == DONE


# With so many the request would be longer than proxies take. The last track is the one that comes last everywhere.
@pytest.mark.parametrize("version, cameras, form", [(None, 16, "v1 two-step"), (V1, 6, "v1 two-step"), (V0, 6, "v0")], ids=["newest", V1, V0])
def test_join_that_would_be_too_long(old_server, relay_to, publish, subscribe, version, cameras, form):
    server = old_server(version)
    relay = relay_to(server)
    names = [f"camera {i}" for i in range(cameras)]
    publisher = publish(*SMALL, *(word for name in names for word in ("--name", name)), url=relay.url)
    publisher.wait_live()
    assert relay.exchanges[-1].status == 101 and len(relay.exchanges[-1].target) < 200
    assert publisher.last["signalling"] == form
    assert [t["track"] for t in publisher.last["tracks"] if t["published"]] == names
    subscribe(url=server.url, only=names[-1]).wait_decoded(20, 10)
    assert publisher.stop()[0] == DONE


# The path is known there, and the room is what is missing: no second try.
@pytest.mark.parametrize("version, statuses", [(None, [404]), (V1, [404]), (V0, [404, 404])], ids=["newest", V1, V0])
def test_room_that_is_not_created(old_server, relay_to, publish, version, statuses):
    server = old_server(version, {"room": {"auto_create": False}})
    relay = relay_to(server)
    publisher = publish(url=relay.url)
    code, _ = publisher.wait_end(5)
    assert code == SERVER
    assert [e.status for e in relay.exchanges] == statuses
    assert "requested room does not exist" in publisher.stderr


def test_path_where_no_livekit_is(shared_server, relay_to, publish):
    relay = relay_to(shared_server)
    publisher = publish(url=relay.url + "/some/where")
    code, _ = publisher.wait_end(5)
    assert code == SERVER
    assert [e.status for e in relay.exchanges] == [404, 404]
    assert relay.exchanges[0].target.startswith("/some/where/rtc/v1?")
    assert relay.exchanges[1].target.startswith("/some/where/rtc?")
    assert "no LiveKit signalling here: wrong URL?" in publisher.stderr
