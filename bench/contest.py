# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""One run of one program: the fake camera before it, the wire behind it, the real server and two viewers on the other side. Keeps what was
seen, works nothing out (bench/measure.py does).

    near (processor 0): the program, with the camera in it ── veth ── far (processor 1): livekit-server, viewers, packet log
"""
import csv
import io
import json
import os
import pathlib
import subprocess
import time

import capture
import network
import paths
import server as livekit_server
from child import Child
from publisher import environment
from room_api import token
from subscriber import Subscriber
from waiting import wait_for

FAKECAM = paths.BUILD / "bench" / "fakecam" / "fakecam"
DRIFT_PPM = 50      # as cameras have it: never quite the rate that they name
LATE_S = 10         # a late viewer's picture is waited for so long


class Bound:
    """Children started inside run on these processors."""

    def __init__(self, processors):
        self.processors = processors

    def __enter__(self):
        self.before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.processors & self.before or self.before)

    def __exit__(self, *_):
        os.sched_setaffinity(0, self.before)


def cpu_s(pid):
    """User and system time of a process and of the children that it has waited for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(n) for n in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    def field(file, name):
        text = pathlib.Path(f"/proc/{pid}/{file}").read_text()
        return int(next(line for line in text.splitlines() if line.startswith(name + ":")).split()[1])
    return {"resident_kb": field("status", "VmHWM"), "proportional_kb": field("smaps_rollup", "Pss"), "threads": field("status", "Threads")}


def fakecam(*arguments):
    return subprocess.run([FAKECAM, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def show(file):
    return json.loads(fakecam("show", file))["cameras"][0]


def camera_log(file):
    rows = csv.DictReader(io.StringIO(fakecam("log", file, 0)))
    return [{"id": int(r["id"]), "ready_s": int(r["ready_us"]) / 1e6, "dequeued_s": int(r["dequeued_us"]) / 1e6, "fate": r["fate"]}
            for r in rows if int(r["ready_us"])]


def packets_of(datagrams, shift_s):
    """Video packets as (time_s, ssrc, timestamp, sequence, bytes), on CLOCK_MONOTONIC."""
    out = []
    for p in capture.read_media(datagrams)[0]:
        out.append((p.time_s - shift_s, p.ssrc, p.timestamp, p.sequence, p.udp_bytes))
    return out


def pictures_of(viewer):
    return [{"id": p["id"], "at_s": p["at_us"] / 1e6} for p in viewer.pictures]


def run(name, command, clip, size, at_once, warm_up_s, window_s, processors, folder, keep=None):
    """@return what bench/measure.figures takes. The viewer writes its pictures into the folder `keep`, where one is named."""
    cameras, log = folder / "cameras", folder / "wire.pcap"
    fakecam("new", cameras, f"clip={size}:{clip},ppm={DRIFT_PPM}")
    near, far = {0} if processors == 1 else set(range(processors)), {max(os.sched_getaffinity(0))}
    net, children = network.Network(), []
    try:
        with Bound(far):
            server = livekit_server.Server(paths.livekit_server(), livekit_server.routed_config(network.FAR), network.FAR, net.far)
            children.append(server)
            server.wait_ready()
            viewer = Subscriber(server.url, "bench", "viewer", keep, namespace=net.far, token=token("bench", "viewer", False, at_once=at_once))
            children.append(viewer)
            viewer.wait_kind("connected", 20)
            wire = capture.Capture(log, server.udp_port, "far0", net.far)
            children.append(wire)
        with Bound(near):
            env = environment(server.url, LIVEKIT_TOKEN=token("bench", "camera", True, at_once=at_once), CAMERA_DEVICE="/dev/video0",
                              FAKECAM_CPU=str(max(far)), FAKECAM_FIFO="20")
            program = Child([str(FAKECAM), "run", str(cameras), *command], env=env, namespace=net.near)
        children.append(program)
        program.wait_for(lambda: viewer.pictures, 30, "a first picture")
        begin = time.monotonic() + warm_up_s
        wait_for(lambda: not program.running or time.monotonic() >= begin, warm_up_s + 5, "the window")
        before = cpu_s(program.process.pid) - show(cameras)["cpu_us"] / 1e6
        end = begin + window_s
        wait_for(lambda: not program.running or time.monotonic() >= end, window_s + 5, "the window's end")
        assert program.running, f"{name} has ended: {program.stderr[-2000:]}"
        spent = cpu_s(program.process.pid) - show(cameras)["cpu_us"] / 1e6 - before
        held = memory(program.process.pid)
        with Bound(far):
            late = Subscriber(server.url, "bench", "late", namespace=net.far, token=token("bench", "late", False, at_once=at_once))
        children.append(late)
        late.wait_for(lambda: late.pictures, LATE_S + 10, "the late viewer's picture")
        shown = show(cameras)
        program.stop(deadline_s=15)
        shift_s = time.time() - time.monotonic()
        return {
            "contestant": name, "at_once": at_once, "processors": processors,
            "window_s": (begin, end), "started_s": program.started, "joined_s": late.of_kind("connecting")[0]["at_us"] / 1e6,
            "cpu_s": spent, "resident_kb": held["resident_kb"] - shown["filler_bytes"] // 1024,
            "proportional_kb": held["proportional_kb"] - shown["filler_bytes"] // 1024, "threads": held["threads"] - 1,
            "camera_late": shown["late"], "camera_latest_ms": shown["latest_us"] / 1e3,
            "camera": camera_log(cameras), "packets": packets_of(wire.stop(), shift_s),
            "pictures": pictures_of(viewer), "late_pictures": pictures_of(late),
        }
    finally:
        for child in reversed(children):
            child.stop() if isinstance(child, livekit_server.Server) else child.kill()
        net.close()
