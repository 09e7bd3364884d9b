#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Calls that the library does not make: unbounded text, sleeping, exiting, clocks and allocation outside their places."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
NEVER = ("sprintf strcpy strcat strtok atoi atol rand srand random time gettimeofday localtime gmtime usleep nanosleep sleep "
         "exit _exit abort printf puts perror fprintf alloca system popen gets").split()
# io/rt.c reads threads' CPU time.
CLOCK = {"io/clock.c", "io/rt.c", "media/ticker.c", "media/pattern.c", "media/v4l2.c"}
# Who reads io/clock's clock: the loop, the frame path, the API's own entry points, and who compares a token's claims with wall time.
READERS = {"io/clock.c", "io/loop.c", "io/udp.c", "pub/path.c", "pub/outbound.c", "pub/publisher.c", "pub/stats.c", "pub/tokens.c"}

bad = []


def strip(text):
    text = re.sub(r'"(\\.|[^"\\])*"', '""', re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.S))
    return re.sub(r"//[^\n]*", "", text)


for path in sorted((ROOT / "src").rglob("*.[ch]")):
    name = path.relative_to(ROOT / "src").as_posix()
    for n, line in enumerate(strip(path.read_text()).splitlines(), 1):
        for call in NEVER:
            if re.search(rf"(?<![\w.>]){call}\s*\(", line):
                bad.append(f"{name}:{n}: {call}()")
        if re.search(r"\bclock_gettime\s*\(", line) and name not in CLOCK:
            bad.append(f"{name}:{n}: reads a clock")
        if re.search(r"\blkcam_clock_(now|unix|pair)\s*\(", line) and name not in READERS and not name.endswith(".h"):
            bad.append(f"{name}:{n}: reads the clock; `now` is handed down")
        if re.search(r"\b(malloc|calloc|realloc)\s*\(", line) and name in ("pub/path.c", "pub/outbound.c", "room/transport.c", "room/feedback.c"):
            bad.append(f"{name}:{n}: allocates on the frame path")
print("\n".join(bad) or "no banned call")
sys.exit(bool(bad))
