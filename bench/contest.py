# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""One run of one program: the fake camera before it, the wire behind it, the real server and two viewers on the other side. Keeps what was
seen, works nothing out (bench/measure.py does).

    near (processor 0): the program, with the camera in it ── veth ── far (processor 1): livekit-server, viewers, packet log
"""
import contextlib
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import time
from typing import NamedTuple

import capture
import network
import paths
import server as livekit_server
from browser import Browser
from child import Child
from publisher import environment
from room_api import token
from subscriber import Subscriber
from waiting import wait_for

FAKECAM = paths.BUILD / "bench" / "fakecam" / "fakecam"
DRIFT_PPM = 50      # as cameras have it: never quite the rate that they name
LATE_S = 10         # a late viewer's picture is waited for so long
ROOM = "bench"
VIEWERS = ("python", "chromium")
FAR = max(os.sched_getaffinity(0))


class Setting(NamedTuple):
    """What is the same for all programs of a table."""
    size: str
    fps: int
    bitrate_bps: int
    at_once: bool           # playout delay 0/1 asked for in the tokens
    processors: int         # of the program
    viewer: str             # of VIEWERS
    warm_up_s: float
    window_s: float
    busy: int = 0           # loops on the program's processors
    key_frame_every_s: float = 0


class Field(contextlib.ExitStack):
    """The two namespaces, the server in the far one. We and all that we start are far but for the program; it all ends with the `with`."""

    def __init__(self, setting):
        super().__init__()
        self.setting, self.near = setting, set(range(setting.processors))
        self.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        os.sched_setaffinity(0, {FAR})
        try:
            self.net = network.Network()
            self.callback(self.net.close)
            self.server = livekit_server.Server(paths.livekit_server(), livekit_server.routed_config(network.FAR), network.FAR, self.net.far)
            self.callback(self.server.stop)
            self.server.wait_ready()
        except BaseException:
            self.close()
            raise

    def keep(self, child):
        self.callback(child.kill)
        return child

    def token(self, identity, publish=False):
        return token(ROOM, identity, publish, at_once=self.setting.at_once)

    def subscriber(self, identity, **options):
        return self.keep(Subscriber(self.server.url, ROOM, identity, namespace=self.net.far, token=self.token(identity), **options))

    def capture(self, path):
        return self.keep(capture.Capture(path, self.server.udp_port, "far0", self.net.far))

    def on_near(self, *command, **options):
        return self.keep(Child(["taskset", "--cpu-list", ",".join(map(str, self.near)), *command], namespace=self.net.near, **options))

    def busy(self):
        for _ in range(self.setting.busy):
            self.on_near("sh", "-c", "while :; do :; done")

    def program(self, command, cameras, number=0):
        env = environment(self.server.url, LIVEKIT_TOKEN=self.token(f"camera-{number}", True), CAMERA_DEVICE=f"/dev/video{number}",
                          FAKECAM_CPU=str(FAR), FAKECAM_FIFO="20")
        return self.on_near(str(FAKECAM), "run", str(cameras), *command, env=env)


class PythonViewer:
    """LiveKit's SDK for Python: a picture counts when the program that asked for it has it, decoded."""

    def __init__(self, field, keep):
        self.child = field.subscriber("viewer", keep=keep)
        self.child.wait_kind("connected", 20)

    def has_picture(self):
        return bool(self.child.pictures)

    def key_frames(self):
        """What leaves the program is encrypted: the decoder tells."""
        return self.child.report.get("key_frames_decoded", 0)

    def seen(self):
        return {"pictures": pictures_of(self.child)}


class ChromiumViewer:
    """The page of `lkcam view` in Chromium: a picture counts when it is given to the compositor."""

    def __init__(self, field, folder):
        self.browser = Browser(field.server.url, field.token("viewer"), folder, int(field.setting.size.split("x")[0]), field.net.far)
        field.callback(self.browser.close)
        self.browser.wait_joined()
        self.has_picture, self.key_frames = self.browser.has_picture, self.browser.key_frames

    def seen(self):
        clock_s, error_s = self.browser.clock()
        return {"pictures": self.browser.pictures(clock_s), "page_clock_error_s": error_s}


def cpu_s(pid):
    """User and system time of a process and of the children that it has waited for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(n) for n in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def busy_s(processor):
    """For how long a processor has done anything."""
    line = next(x for x in pathlib.Path("/proc/stat").read_text().splitlines() if x.startswith(f"cpu{processor} "))
    user, nice, system, _, _, irq, softirq = map(int, line.split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    def field(file, name):
        text = pathlib.Path(f"/proc/{pid}/{file}").read_text()
        return int(next(line for line in text.splitlines() if line.startswith(name + ":")).split()[1])
    return {"resident_kb": field("status", "VmHWM"), "proportional_kb": field("smaps_rollup", "Pss"), "threads": field("status", "Threads")}


def clip(name, size):
    """The path of one of bench/clips, made where it is not there yet."""
    done = subprocess.run([sys.executable, paths.ROOT / "bench" / "clips", name, "--size", size], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def fakecam(*arguments):
    return subprocess.run([FAKECAM, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def show(file):
    """Counters of all its cameras together, but for the worst lateness."""
    cameras = json.loads(fakecam("show", file))["cameras"]
    return {key: sum(c[key] for c in cameras) for key in ("cpu_us", "filler_bytes", "late")} | {"latest_us": max(c["latest_us"] for c in cameras)}


def camera_log(file, number=0):
    rows = csv.DictReader(io.StringIO(fakecam("log", file, number)))
    return [{"id": int(r["id"]), "ready_s": int(r["ready_us"]) / 1e6, "dequeued_s": int(r["dequeued_us"]) / 1e6, "fate": r["fate"]}
            for r in rows if int(r["ready_us"])]


def packets_of(datagrams, shift_s):
    """Video packets as (time_s, ssrc, timestamp, sequence, bytes), on CLOCK_MONOTONIC."""
    out = []
    for p in capture.read_media(datagrams)[0]:
        out.append((p.time_s - shift_s, p.ssrc, p.timestamp, p.sequence, p.udp_bytes))
    return out


def pictures_of(viewer):
    return [{"id": p["id"], "at_s": p["at_us"] / 1e6, "width": p["width"]} for p in viewer.pictures]


def ended(programs):
    return [p for p in programs if not p.running]


def window(programs, setting, counters):
    """Warms up, then lets the window pass. @return its begin and end, and what each of `counters()` has grown by in it."""
    begin = time.monotonic() + setting.warm_up_s

    def wait_until(instant, what):
        wait_for(lambda: time.monotonic() >= instant or ended(programs), setting.warm_up_s + setting.window_s + 5, what)
        assert not ended(programs), f"the program has ended: {ended(programs)[0].stderr[-2000:]}"

    wait_until(begin, "the window")
    before, end = counters(), begin + setting.window_s
    wait_until(end, "the window's end")
    return {"window_s": (begin, end)} | {key: value - before[key] for key, value in counters().items()}


def run(name, command, clip, setting, folder, keep=None):
    """@return what bench/measure.figures takes. The SDK's viewer writes its pictures into the folder `keep`, where one is named."""
    cameras = folder / "cameras"
    fakecam("new", cameras, f"clip={setting.size}:{clip},ppm={DRIFT_PPM}")
    with Field(setting) as field:
        viewer = ChromiumViewer(field, folder) if setting.viewer == "chromium" else PythonViewer(field, keep)
        wire = field.capture(folder / "wire.pcap")
        field.busy()
        program = field.program(command, cameras)
        program.wait_for(viewer.has_picture, 30, "a first picture")
        asker = field.subscriber("asker", again_every=setting.key_frame_every_s) if setting.key_frame_every_s else None
        counted = window([program], setting, lambda: {
            "cpu_s": cpu_s(program.process.pid) - show(cameras)["cpu_us"] / 1e6, "far_busy_s": busy_s(FAR),
            "key_frames": viewer.key_frames(), "asked": len(asker.of_kind("subscribing")) if asker else 0})
        held = memory(program.process.pid)
        late = field.subscriber("late")
        late.wait_for(lambda: late.pictures, LATE_S + 10, "the late viewer's picture")
        shown = show(cameras)
        program.stop(deadline_s=15)
        shift_s = time.time() - time.monotonic()
        return setting._asdict() | counted | {
            "contestant": name, "started_s": program.started, "joined_s": late.of_kind("connecting")[0]["at_us"] / 1e6,
            "resident_kb": held["resident_kb"] - shown["filler_bytes"] // 1024,
            "proportional_kb": held["proportional_kb"] - shown["filler_bytes"] // 1024, "threads": held["threads"] - 1,
            "camera_late": shown["late"], "camera_latest_ms": shown["latest_us"] / 1e3,
            "camera": camera_log(cameras), "packets": packets_of(wire.stop(), shift_s),
            "late_pictures": pictures_of(late),
        } | viewer.seen()
