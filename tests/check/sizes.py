#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Files of at most 600 lines (1,000 with a reason in the first comment), functions of at most 100, lines of at most 100."""
import pathlib
import sys

ROOT = pathlib.Path(sys.argv[1])
FOLDERS = ("src", "cli", "include", "tests", "bench", "examples")
bad = []
for path in sorted(p for f in FOLDERS for p in (ROOT / f).rglob("*.[ch]")):
    lines = path.read_text().splitlines()
    name = path.relative_to(ROOT)
    reason = any("long because:" in line for line in lines[:12])
    if len(lines) > (1000 if reason else 600):
        bad.append(f"{name}: {len(lines)} lines")
    start = None
    for n, line in enumerate(lines, 1):
        if len(line) > 100:
            bad.append(f"{name}:{n}: {len(line)} columns")
        if line == "{":
            start = n
        elif line == "}" and start:
            if n - start > 100:
                bad.append(f"{name}:{start}: a function of {n - start} lines")
            start = None
print("\n".join(bad) or "sizes kept")
sys.exit(bool(bad))
