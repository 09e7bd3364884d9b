#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""How quickly the publisher answers while the machine is busy. Prints a table and writes JSON.

    .deps/venv-test/bin/python bench/feedback.py [--samples 400] [--out build-test/feedback.json]

Needs root (capture, raw socket, FIFO), a release build (LKCAM_BUILD, default build-test/release) and livekit-server (LIVEKIT_SERVER).
What is asked: a connectivity check that livekit-server itself has sent, taken from a capture and sent again with the server's address, 50 a
second. It goes the way of all feedback: socket, network thread, lock, answer. The time is the kernel's, from the request's packet to the
answer's, on loopback. Beside it a program is started again and again (/bin/true): whether the machine is alive.
"""
import argparse
import contextlib
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "system"))
os.environ.setdefault("LKCAM_BUILD", str(ROOT / "build-test" / "release"))

import about    # noqa: E402
import paths    # noqa: E402
import server as livekit_server  # noqa: E402
from capture import Capture  # noqa: E402
from child import Child  # noqa: E402
from publish import percentile  # noqa: E402
from publisher import PATTERN, Publisher  # noqa: E402
from subscriber import Subscriber  # noqa: E402
from waiting import wait_for  # noqa: E402

RTP_VIDEO = 96
REQUEST, SUCCESS = b"\x00\x01", b"\x01\x01"     # RFC 8489, 5
ASK_EVERY_S, SHELL_EVERY = 0.02, 10
BUSY_LOOPS = 2
LOADS = {   # name: (busy loops, flags)
    "quiet": (0, []),
    "two busy loops": (BUSY_LOOPS, []),
    "and an encoder that never keeps up": (BUSY_LOOPS, ["--preset", "slow", "--fps", "120"]),
    "and one that takes both cores": (BUSY_LOOPS, ["--preset", "slow", "--fps", "120", "--threads", "2"]),
}


def find_check(folder, server):
    """@return (a check of the server's, the publisher's port)."""
    log = Capture(folder / "check.pcap", server.udp_port, both=True)

    def found():
        packets = list(udp_packets(log.path.read_bytes()))
        ours = {source for source, target, payload in packets if target == server.udp_port and is_media(payload)}
        return [(payload, target) for source, target, payload in packets
                if source == server.udp_port and target in ours and payload[:2] == REQUEST]
    try:
        return wait_for(found, 15, "a connectivity check of the server")[0]
    finally:
        log.kill()


def is_media(payload):
    return len(payload) > 12 and payload[0] >> 6 == 2 and payload[1] & 127 == RTP_VIDEO


def udp_packets(pcap):
    """(source port, target port, payload). tcpdump writes packet by packet: the last one may be half there."""
    at = 24
    while at + 16 <= len(pcap):
        kept = struct.unpack_from("<I", pcap, at + 8)[0]
        ip = pcap[at + 30:at + 16 + kept]
        at += 16 + kept
        if at <= len(pcap) and ip[0] >> 4 == 4:
            udp = ip[(ip[0] & 15) * 4:]
            yield *struct.unpack_from(">HH", udp), udp[8:]


def ask(check, server_port, publisher_port, samples):
    """@return how long a shell's command took, seconds, each."""
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    local = socket.inet_aton("127.0.0.1")
    udp = struct.pack(">HHHH", server_port, publisher_port, 8 + len(check), 0) + check
    packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0, local, local) + udp
    shell = []
    for n in range(samples):
        raw.sendto(packet, ("127.0.0.1", 0))
        if n % SHELL_EVERY == 0:
            began = time.monotonic()
            subprocess.run(["true"], check=True)
            shell.append(time.monotonic() - began)
        time.sleep(ASK_EVERY_S)
    raw.close()
    return shell


def answer_times(datagrams, check, server_port):
    """Milliseconds from each request to its answer. The server's own checks have numbers of their own."""
    number, asked, out = check[4:20], [], []
    for d in datagrams:
        if d.payload[4:20] != number:
            continue
        if d.source_port == server_port and d.payload[:2] == REQUEST:
            asked.append(d.time_s)
        elif d.payload[:2] == SUCCESS and asked:
            out.append((d.time_s - asked.pop(0)) * 1e3)
    return out, len(asked)


def measure(binary, server, folder, name, priority, samples):
    loops, flags = LOADS[name]
    room = f"feedback-{name.replace(' ', '-')}-{priority}"
    with contextlib.ExitStack() as stack:
        def run(child):
            stack.callback(child.kill)
            return child
        run(Subscriber(server.url, room, "viewer")).wait_kind("connected")
        p = run(Publisher(binary, server.url, room, "camera", [*PATTERN, *flags, "--priority", priority]))
        p.wait_live(15)
        check, port = find_check(folder, server)
        for _ in range(loops):
            run(Child(["sh", "-c", "while :; do :; done"]))
        log = run(Capture(folder / "answers.pcap", server.udp_port, both=True))
        before = p.wait_next_stats(10)
        shell = ask(check, server.udp_port, port, samples)
        stats = p.wait_next_stats(10)
        times, unanswered = answer_times(log.stop(), check, server.udp_port)
        assert len(times) >= samples * 0.9, f"{len(times)} of {samples} answered, {unanswered} not"
        p.stop(deadline_s=15)
    return {"load": name, "priority": priority, "samples": len(times), "unanswered": unanswered,
            "p50_ms": percentile(times, 50), "p99_ms": percentile(times, 99), "max_ms": max(times),
            "shell_p50_ms": percentile(shell, 50) * 1e3, "shell_max_ms": max(shell) * 1e3,
            "demotions": stats["priority_demotions"], "fps": (stats["frames_sent"] - before["frames_sent"]) * 1e6 / (stats["uptime_us"] - before["uptime_us"])}


def table(rows):
    lines = ["| beside it | `--priority` | answered after, ms p50 / p99 / max | a command of the shell, ms p50 / max | demotions | fps |",
             "| --- | --- | --- | --- | --- | --- |"]
    lines += [f"| {r['load']} | {r['priority']} | {r['p50_ms']:.2f} / {r['p99_ms']:.2f} / {r['max_ms']:.2f} | "
              f"{r['shell_p50_ms']:.0f} / {r['shell_max_ms']:.0f} | {r['demotions']} | {r['fps']:.1f} |" for r in rows]
    return "\n".join(lines)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--samples", type=int, default=400)
    options.add_argument("--out", type=pathlib.Path, default=ROOT / "build-test" / "feedback.json")
    a = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        server = livekit_server.Server(paths.livekit_server(), livekit_server.loopback_config()).wait_ready()
        try:
            rows = [measure(paths.lkcam(), server, pathlib.Path(name), load, priority, a.samples)
                    for load in LOADS for priority in ("fifo", "none")]
        finally:
            server.stop()
    result = about.about() | {"rows": rows, "table": table(rows)}
    a.out.parent.mkdir(parents=True, exist_ok=True)
    a.out.write_text(json.dumps(result, indent=1))
    print(result["table"])


if __name__ == "__main__":
    main()
