#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What a frame costs by ICE-TCP, against UDP: runs of both interleaved, on the loopback of a namespace of their own.

    .deps/venv-test/bin/python bench/ice_tcp.py [--runs 5]

For TCP a rule drops the datagrams to the server's media port. Frames as in bench/publish.py, with --priority fifo and without. Needs root and
what bench/publish.py needs.
"""
import argparse
import os
import pathlib
import subprocess
import tempfile

import publish
from publish import SIZE, WARM_UP_FRAMES, spread

import network
import paths
import server as livekit_server
from publisher import Publisher, read_ledger

WAYS = [(priority, protocol) for priority in ("fifo", "none") for protocol in ("udp", "tcp")]


class Loopback:
    def __init__(self):
        self.name = f"lkcam-bench-{os.getpid()}"
        network.run("ip", "netns", "add", self.name)
        network.run("ip", "-n", self.name, "link", "set", "lo", "up")

    def block(self, port):
        network.Network.inside(self.name, "nft", "add table inet block { chain in { type filter hook input priority 0; }; }")
        network.Network.inside(self.name, "nft", f"add rule inet block in udp dport {port} counter drop")

    def unblock(self):
        subprocess.run(["ip", "netns", "exec", self.name, "nft", "delete", "table", "inet", "block"], capture_output=True)

    def close(self):
        network.run("ip", "netns", "del", self.name)


def one_run(net, server, folder, clip, priority, protocol):
    """@return the ledger's rows of one run, warmed up."""
    log = folder / "ledger.csv"
    if protocol == "tcp":
        net.block(server.udp_port)
    p = Publisher(paths.lkcam(), server.url, f"bench-{priority}-{protocol}", "camera",
                  ["--source", "clip", "--file", str(clip), "--size", SIZE, "--format", "YUYV", "--fps", "30",
                   "--priority", priority, "--ledger", str(log)], namespace=net.name)
    try:
        assert p.wait_live()["transport"].startswith(protocol)
        p.wait_stats(lambda s: s["frames_sent"] >= publish.RUN_FRAMES, 30, "frames")
        assert p.stop()[0] == 0
    finally:
        p.kill()
        net.unblock()
    return [r for r in read_ledger(log)[WARM_UP_FRAMES:] if r["last_packet_us"] and not r["skipped"]]


def row(priority, protocol, rows):
    first = spread([r["first_packet_us"] - r["captured_us"] for r in rows])
    last = spread([r["last_packet_us"] - r["captured_us"] for r in rows])
    own = spread([r["last_packet_us"] - r["dequeued_us"] - r["encode_us"] for r in rows])
    cells = [f"{f['p50'] / 1e3:.2f} / {f['p99'] / 1e3:.2f}" for f in (first, last, own)]
    return f"| `{priority}` | {protocol} | {' | '.join(cells)} | {len(rows)} |"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=5)
    runs = options.parse_args().runs
    collected = {way: [] for way in WAYS}
    net = Loopback()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            clip = folder / "pan.yuyv"
            subprocess.run([paths.BUILD / "tests" / "tools" / "make_clip", "pan", SIZE, str(publish.CLIP_FRAMES), "1", "yuyv", clip],
                           check=True)
            config = livekit_server.merged(livekit_server.loopback_config(), {"rtc": {"use_ice_lite": True}})
            server = livekit_server.Server(paths.livekit_server(), config, namespace=net.name).wait_ready()
            try:
                for _ in range(runs):
                    for way in WAYS:
                        collected[way] += one_run(net, server, folder, clip, *way)
            finally:
                server.stop()
    finally:
        net.close()
    print("| priority | by | captured -> first packet, ms p50 / p99 | captured -> last packet | of it our own | frames |\n"
          "| --- | --- | --- | --- | --- | --- |")
    for way in WAYS:
        print(row(*way, collected[way]))


if __name__ == "__main__":
    main()
