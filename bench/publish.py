#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What one published 720p30 camera costs: times of a frame, start, memory. Prints a table and writes JSON.

    .deps/venv-test/bin/python bench/publish.py [--runs 5] [--starts 15] [--out build-test/publish.json]

Needs a release build with tests (LKCAM_BUILD, default build-test/release) and livekit-server (LIVEKIT_SERVER), as ./test.sh makes them.
Frames are measured with --priority fifo, as ./run.sh publishes. The camera is a raw YUYV clip (seeded textured pan with noise) of lkcam's own clip source; start and memory are measured with the test pattern.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "system"))
os.environ.setdefault("LKCAM_BUILD", str(ROOT / "build-test" / "release"))

import about    # noqa: E402
import capture  # noqa: E402
import paths    # noqa: E402
import server as livekit_server  # noqa: E402
from publisher import PATTERN, Publisher, read_ledger  # noqa: E402

SIZE = "1280x720"
CLIP_FRAMES = 8      # 15 MB: as with a camera's few buffers, the newest frame is in the processor's cache
WARM_UP_FRAMES = 30
RUN_FRAMES = 240    # nobody subscribes here: after 10 s the server asks the publisher to pause, so runs are shorter
RTP_VIDEO = 96
# What is run, by the name of its figures: encoder threads, frame path, preset. They take turns.
WAYS = {"threads_1": (1, "i420", "lkcam"), "threads_2": (2, "i420", "lkcam"), "rgba": (1, "rgba", "lkcam"), "superfast": (1, "i420", "superfast")}


def percentile(values, percent):
    values = sorted(values)
    return values[min(len(values) - 1, len(values) * percent // 100)]


def spread(values):
    return {"p50": percentile(values, 50), "p95": percentile(values, 95), "p99": percentile(values, 99), "max": max(values)}


def one_run(binary, url, folder, clip, threads, path, preset):
    """@return the ledger's rows of one run, warmed up."""
    log = folder / "ledger.csv"
    p = Publisher(binary, url, f"bench-{threads}-{path}-{preset}", "camera",
                  ["--source", "clip", "--file", str(clip), "--size", SIZE, "--format", "YUYV", "--fps", "30",
                   "--threads", str(threads), "--path", path, "--preset", preset, "--priority", "fifo", "--ledger", str(log)])
    p.wait_live()
    p.wait_stats(lambda s: s["frames_sent"] >= RUN_FRAMES, 30, "frames")
    assert p.stop()[0] == 0
    return [r for r in read_ledger(log)[WARM_UP_FRAMES:] if r["last_packet_us"] and not r["skipped"]]


def frames(binary, url, folder, runs):
    """A YUYV camera's frames through the ledger, in each of WAYS, interleaved."""
    clip = folder / "pan.yuyv"
    subprocess.run([paths.BUILD / "tests" / "tools" / "make_clip", "pan", SIZE, str(CLIP_FRAMES), "1", "yuyv", clip], check=True)
    collected, out = {name: [] for name in WAYS}, {}
    for _ in range(runs):
        for name, rows in collected.items():
            rows += one_run(binary, url, folder, clip, *WAYS[name])
    for name, rows in collected.items():
        out[name] = {
            "frames": len(rows),
            "first_packet_us": spread([r["first_packet_us"] - r["captured_us"] for r in rows]),
            "last_packet_us": spread([r["last_packet_us"] - r["captured_us"] for r in rows]),
            "encode_us": spread([r["encode_us"] for r in rows]),
            "own_us": spread([r["last_packet_us"] - r["dequeued_us"] - r["encode_us"] for r in rows]),
            "convert_us": spread([r["converted_us"] - r["dequeued_us"] for r in rows]),
            "frame_bytes": spread([r["bytes"] for r in rows]),
            "mean_bytes": statistics.mean(r["bytes"] for r in rows),
        }
    return out


def one_start(binary, server, folder, n, url=None, flags=PATTERN):
    """Milliseconds from before the fork to the first RTP packet in a capture."""
    log = capture.Capture(folder / f"start{n}.pcap", server.udp_port)
    began = time.time()
    p = Publisher(binary, url or server.url, f"start-{n}", "camera", flags)
    p.wait_stats(lambda s: s["first_packet_us"] > 0, 10, "a first packet")
    p.stop()
    packets = [d for d in log.stop() if len(d.payload) > 12 and d.payload[0] >> 6 == 2 and d.payload[1] & 0x7F == RTP_VIDEO]
    return (packets[0].time_s - began) * 1e3


def memory(binary, url):
    p = Publisher(binary, url, "memory", "camera")
    p.wait_live()
    p.wait_stats(lambda s: s["frames_sent"] >= RUN_FRAMES, 30, "frames")
    status = pathlib.Path(f"/proc/{p.process.pid}/status").read_text()
    rollup = pathlib.Path(f"/proc/{p.process.pid}/smaps_rollup").read_text()
    p.stop()

    def field(text, name):
        return int(next(line for line in text.splitlines() if line.startswith(name + ":")).split()[1])
    return {"peak_resident_kb": field(status, "VmHWM"), "pss_kb": field(rollup, "Pss"), "threads": field(status, "Threads")}


def cpu(binary, url):
    p = Publisher(binary, url, "cpu", "camera")
    p.wait_live()
    before = p.last["frames_sent"]
    ticks = cpu_ticks(p.process.pid)
    p.wait_stats(lambda s: s["frames_sent"] >= RUN_FRAMES, 30, "frames")
    used, sent = cpu_ticks(p.process.pid) - ticks, p.last["frames_sent"] - before
    p.stop()
    return used / os.sysconf("SC_CLK_TCK") * 1e3 / sent


def cpu_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def table(r):
    frames = [r["frames"][name] for name in WAYS]
    one, _, rgba, superfast = frames
    ms = lambda us: f"{us / 1e3:.2f}"  # noqa: E731
    rows = [
        ("frame captured -> first packet, ms p50 / p99", *(f"{ms(f['first_packet_us']['p50'])} / {ms(f['first_packet_us']['p99'])}" for f in frames)),
        ("frame captured -> last packet, ms p50 / p99", *(f"{ms(f['last_packet_us']['p50'])} / {ms(f['last_packet_us']['p99'])}" for f in frames)),
        ("of it inside x264, ms p50", *(ms(f["encode_us"]["p50"]) for f in frames)),
        ("of it our own (convert, packetise, protect, send), ms p50 / p99", *(f"{ms(f['own_us']['p50'])} / {ms(f['own_us']['p99'])}" for f in frames)),
        ("of that the conversion to 4:2:0, ms p50 / p99", *(f"{ms(f['convert_us']['p50'])} / {ms(f['convert_us']['p99'])}" for f in frames)),
        ("largest frame / mean frame", *(f"{f['frame_bytes']['max'] / f['mean_bytes']:.2f}" for f in frames)),
    ]
    lines = ["| 720p30 YUYV, 3 Mbit/s | one encoder thread | two | one, --path rgba | one, --preset superfast |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    by = {key: rgba[key]["p50"] / one[key]["p50"] for key in ("convert_us", "own_us", "last_packet_us")}
    lines += ["", f"By way of RGBA against one step, p50: conversion x{by['convert_us']:.1f}, our own part x{by['own_us']:.1f}, "
              f"captured -> last packet x{by['last_packet_us']:.2f}.",
              f"The default preset against superfast, p50: x264 x{one['encode_us']['p50'] / superfast['encode_us']['p50']:.2f}."]
    s = r["start_ms"]
    lines += ["", "| start and memory, test pattern | |", "| --- | --- |",
              f"| process start -> first RTP packet, ms median (range of {len(s)}) | {statistics.median(s):.0f} ({min(s):.0f}-{max(s):.0f}) |",
              f"| peak resident memory, MB (proportional share) | {r['memory']['peak_resident_kb'] / 1024:.1f} ({r['memory']['pss_kb'] / 1024:.1f}) |",
              f"| CPU time a frame, ms | {r['cpu_ms_per_frame']:.2f} |"]
    return "\n".join(lines)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--starts", type=int, default=15)
    options.add_argument("--out", type=pathlib.Path, default=ROOT / "build-test" / "publish.json")
    a = options.parse_args()
    binary = paths.lkcam()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = livekit_server.Server(paths.livekit_server(), livekit_server.loopback_config()).wait_ready()
        try:
            r = about.about() | {
                "load_before": os.getloadavg()[0],
                "frames": frames(binary, server.url, folder, a.runs),
                "start_ms": [one_start(binary, server, folder, n) for n in range(a.starts)],
                "memory": memory(binary, server.url),
                "cpu_ms_per_frame": cpu(binary, server.url),
            }
        finally:
            server.stop()
    r["table"] = table(r)
    a.out.parent.mkdir(parents=True, exist_ok=True)
    a.out.write_text(json.dumps(r, indent=1))
    print(r["table"])


if __name__ == "__main__":
    main()
