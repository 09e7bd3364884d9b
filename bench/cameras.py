#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What further cameras in one process cost each of them: one, two (and more) cameras interleaved, each camera's own times.

    .deps/venv-test/bin/python bench/cameras.py [--cameras 1,2] [--runs 5]

Every camera is a raw YUYV clip (seeded textured pan with noise, 1280x720, 30 fps, 3 Mbit/s); with --priority fifo, as ./run.sh
publishes. Needs what bench/publish.py needs.
"""
import argparse
import collections
import pathlib
import subprocess
import tempfile

import publish
from publish import SIZE, WARM_UP_FRAMES, percentile

import paths
import server as livekit_server
from publisher import Publisher, read_ledger


def one_run(binary, url, folder, clip, count):
    """@return for each camera the us from captured to the last packet of its frames, warmed up."""
    log = folder / "ledger.csv"
    names = [word for i in range(count) for word in ("--name", f"camera {i}")]
    p = Publisher(binary, url, f"bench-{count}", "camera",
                  ["--source", "clip", "--file", str(clip), "--size", SIZE, "--format", "YUYV", "--fps", "30",
                   "--priority", "fifo", "--ledger", str(log), *names])
    p.wait_live()
    p.wait_stats(lambda s: s["frames_sent"] >= publish.RUN_FRAMES * count, 30, "frames")
    assert p.stop()[0] == 0
    times = collections.defaultdict(list)
    for r in read_ledger(log):
        if r["frame"] > WARM_UP_FRAMES and r["last_packet_us"] and not r["skipped"]:
            times[r["track"]].append(r["last_packet_us"] - r["captured_us"])
    return [times[i] for i in range(count)]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cameras", default="1,2")
    options.add_argument("--runs", type=int, default=5)
    a = options.parse_args()
    counts = [int(n) for n in a.cameras.split(",")]
    collected = {n: [[] for _ in range(n)] for n in counts}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        clip = folder / "pan.yuyv"
        subprocess.run([paths.BUILD / "tests" / "tools" / "make_clip", "pan", SIZE, str(publish.CLIP_FRAMES), "1", "yuyv", clip],
                       check=True)
        server = livekit_server.Server(paths.livekit_server(), livekit_server.loopback_config()).wait_ready()
        try:
            for _ in range(a.runs):
                for n in counts:
                    for i, times in enumerate(one_run(paths.lkcam(), server.url, folder, clip, n)):
                        collected[n][i] += times
        finally:
            server.stop()
    alone = percentile(collected[counts[0]][0], 99)
    print(f"| cameras | frame captured -> last packet of each camera, ms p50 / p99 | worst p99, of that with {counts[0]} |")
    print("| --- | --- | --- |")
    for n in counts:
        each = ", ".join(f"{percentile(t, 50) / 1e3:.2f} / {percentile(t, 99) / 1e3:.2f}" for t in collected[n])
        print(f"| {n} | {each} | {max(percentile(t, 99) for t in collected[n]) / alone:.2f} |")


if __name__ == "__main__":
    main()
