#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Every symbol with external linkage in our archives begins lkcam_; the shared library exports the public header alone."""
import re
import subprocess
import sys

header, *archives = sys.argv[1:]
public = set(re.findall(r"LKCAM_API[^;(]*?\b(lkcam_\w+)\s*\(", open(header).read()))
bad, seen = [], set()
for archive in archives:
    out = subprocess.run(["nm", "-g", "--defined-only", archive], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[1] in "TDBRCVW":
            seen.add(parts[2])
            # sanitizers' and coverage's own
            if not parts[2].startswith(("lkcam_", "__", "_GLOBAL__")):
                bad.append(f"{archive}: {parts[2]}")
if not public or not public <= seen:
    bad.append(f"declared and not there: {sorted(public - seen)}")
print("\n".join(bad) or f"{len(seen)} symbols, all ours")
sys.exit(bool(bad))
