#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What TLS costs at the start: process start -> first RTP packet, without it, with --ca-file and with the system's roots, interleaved.

    .deps/venv-test/bin/python bench/tls_start.py [--starts 15]

TLS ends in nginx on loopback; its authority is added to the system's roots in a mount namespace (root).
Needs what bench/publish.py needs, and nginx.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import publish

import paths
import server as livekit_server
from certificates import Authority
from nginx import Nginx
from publisher import PATTERN

SYSTEM_ROOTS = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


def join_system_roots(folder, authority):
    """From here on, in this mount namespace, the authority is one among all of the system's."""
    roots = folder / "roots.pem"
    roots.write_text(SYSTEM_ROOTS.read_text() + authority.file.read_text())
    subprocess.run(["mount", "--bind", roots, SYSTEM_ROOTS], check=True)


def measure(folder, starts):
    """Name of the way -> milliseconds of each start."""
    binary = paths.lkcam()
    server = livekit_server.Server(paths.livekit_server(), livekit_server.loopback_config()).wait_ready()
    authority = Authority(folder)
    join_system_roots(folder, authority)
    nginx = Nginx(folder, server.port, authority.issue())
    try:
        nginx.wait_ready()
        ways = {"ws://": (server.url, PATTERN),
                "wss://, --ca-file": (nginx.url, [*PATTERN, "--ca-file", str(authority.file)]),
                "wss://, the system's roots": (nginx.url, PATTERN)}
        out = {name: [] for name in ways}
        for n in range(starts):
            for name, (url, flags) in ways.items():
                out[name].append(publish.one_start(binary, server, folder, f"{n}-{len(name)}", url, flags))
        return out
    finally:
        nginx.kill()
        server.stop()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--starts", type=int, default=15)
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    a = options.parse_args()
    if not a.inside:
        os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv, "--inside"])
    with tempfile.TemporaryDirectory() as name:
        result = measure(pathlib.Path(name), a.starts)
    print("| process start -> first RTP packet, ms | median | range |\n| --- | --- | --- |")
    for name, ms in result.items():
        print(f"| {name} | {statistics.median(ms):.0f} | {min(ms):.0f}-{max(ms):.0f} |")


if __name__ == "__main__":
    main()
