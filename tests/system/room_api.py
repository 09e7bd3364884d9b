# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The server's room service and tokens for viewers, for tests that are not asynchronous."""
import asyncio
import datetime

from livekit import api

from server import API_KEY, API_SECRET


def token(room, identity, publish, subscribe=None, at_once=True):
    """One that may publish, or else watch, or both. Whose join creates the room decides: `at_once` asks for playout delay 0/1, as lkcam does."""
    grants = api.VideoGrants(room_join=True, room=room, can_publish=publish, can_subscribe=not publish if subscribe is None else subscribe)
    made = api.AccessToken(API_KEY, API_SECRET).with_identity(identity).with_grants(grants).with_ttl(datetime.timedelta(hours=1))
    return (made.with_room_config(api.RoomConfiguration(max_playout_delay=1)) if at_once else made).to_jwt()


class RoomApi:
    def __init__(self, url, room):
        self.url, self.room = url.replace("ws", "http", 1), room

    def _call(self, method, request):
        async def call():
            async with api.LiveKitAPI(self.url, API_KEY, API_SECRET) as client:
                return await getattr(client.room, method)(request)
        return asyncio.run(call())

    def participants(self):
        """Identity -> ParticipantInfo; empty where the room is gone."""
        answer = self._call("list_participants", api.ListParticipantsRequest(room=self.room))
        return {p.identity: p for p in answer.participants}

    def remove(self, identity):
        self._call("remove_participant", api.RoomParticipantIdentity(room=self.room, identity=identity))

    def mute(self, identity, track_sid, muted):
        self._call("mute_published_track", api.MuteRoomTrackRequest(
            room=self.room, identity=identity, track_sid=track_sid, muted=muted))
