# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A viewer on LiveKit's own SDK. Prints one JSON object a line for each event, picture and report; knows no test.

    subscriber_program.py [--keep DIR --every N] [--on-signal | --only NAME | --again-every S]     LIVEKIT_URL and LIVEKIT_TOKEN in the environment

With --on-signal it joins, and subscribes to what is there when SIGUSR1 comes; with --only to the track of that name alone.
With --again-every it subscribes every so many seconds and leaves with the first picture: each time the server asks for a key frame.
"""
import argparse
import asyncio
import hashlib
import json
import os
import signal
import time

import numpy as np
from livekit import rtc

from stamp import read_stamp

REPORT_S = 0.25
REPORTED = ["frames_received", "frames_decoded", "frames_dropped", "key_frames_decoded", "pli_count", "nack_count",
            "fir_count", "freeze_count"]


def say(kind, **fields):
    print(json.dumps({"kind": kind, "at_us": time.monotonic_ns() // 1000} | fields), flush=True)


def bars(plane):
    """Means of the middles of eight upright bars."""
    eighth = plane.shape[1] // 8
    middles = plane[:, :eighth * 8].reshape(plane.shape[0], 8, eighth)[:, :, eighth // 4:-(eighth // 4)]
    return [round(float(mean), 1) for mean in middles.mean(axis=(0, 2))]


def describe(frame):
    luma = np.frombuffer(frame.get_plane(0), np.uint8).reshape(frame.height, frame.width)
    stamp = read_stamp(luma)
    return {"id": stamp and stamp[0], "stamp_us": stamp and stamp[1], "width": frame.width, "height": frame.height,
            "bars": [bars(luma), *(bars(np.frombuffer(frame.get_plane(i), np.uint8).reshape(-1, frame.width // 2)) for i in (1, 2))],
            "digest": hashlib.blake2b(luma.tobytes(), digest_size=8).hexdigest()}


async def watch(track, keep, every):
    count = 0
    async for event in rtc.VideoStream(track, format=rtc.VideoBufferType.I420):
        at_us = time.monotonic_ns() // 1000
        picture = describe(event.frame)
        if keep and picture["id"] is not None and count % every == 0:
            with open(os.path.join(keep, f"{picture['id']}.i420"), "wb") as f:
                f.write(event.frame.data)
        count += 1
        say("picture", **picture | {"at_us": at_us})


async def first_picture(track, publication):
    async for _ in rtc.VideoStream(track):
        break
    publication.set_subscribed(False)


async def report(track):
    while True:
        for entry in await track.get_stats():
            if entry.HasField("inbound_rtp"):
                figures = entry.inbound_rtp
                say("report", packets_received=figures.received.packets_received,
                    packets_lost=figures.received.packets_lost,
                    **{key: getattr(figures.inbound, key) for key in REPORTED})
        await asyncio.sleep(REPORT_S)


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--keep")
    options.add_argument("--every", type=int, default=1)
    options.add_argument("--on-signal", action="store_true")
    options.add_argument("--only")
    options.add_argument("--again-every", type=float)
    options = options.parse_args()
    room, tasks = rtc.Room(), set()

    @room.on("track_subscribed")
    def on_subscribed(track, publication, participant):
        say("subscribed", identity=participant.identity, track=publication.sid, mime=publication.mime_type,
            muted=publication.muted)
        if options.again_every:
            tasks.add(asyncio.create_task(first_picture(track, publication)))
            return
        tasks.add(asyncio.create_task(watch(track, options.keep, options.every)))
        tasks.add(asyncio.create_task(report(track)))

    @room.on("track_muted")
    def on_muted(participant, publication):
        say("muted", track=publication.sid)

    @room.on("track_unmuted")
    def on_unmuted(participant, publication):
        say("unmuted", track=publication.sid)

    @room.on("track_published")
    def on_published(publication, participant):
        if publication.name == options.only:
            publication.set_subscribed(True)

    def publications():
        return [(p, participant) for participant in room.remote_participants.values()
                for p in participant.track_publications.values()]

    def subscribe():
        say("subscribing")
        for publication, _ in publications():
            publication.set_subscribed(True)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, subscribe)

    say("connecting")
    await room.connect(os.environ["LIVEKIT_URL"], os.environ["LIVEKIT_TOKEN"],
                       rtc.RoomOptions(auto_subscribe=not (options.on_signal or options.only or options.again_every)))
    say("connected")
    for publication, participant in publications():
        on_published(publication, participant)
    while options.again_every:
        subscribe()
        await asyncio.sleep(options.again_every)
    await asyncio.Event().wait()


asyncio.run(main())
