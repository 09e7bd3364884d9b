#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Adds up JUnit results. A skip counts as a failure unless its reason names the missing hardware or kernel feature."""
import pathlib
import sys
import xml.etree.ElementTree as ET

ALLOWED = ("needs hardware:", "needs kernel feature:")
passed = failed = skipped = 0
files = sorted(pathlib.Path(sys.argv[1]).glob("*.xml"))
for path in files:
    cases = list(ET.parse(path).getroot().iter("testcase")) if path.stat().st_size else []
    if not cases:
        failed += 1
        print("failed ", path.stem, "- broken off, or without a test")
    for case in cases:
        name = f"{path.stem}: {case.get('classname')} {case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            print("failed ", name)
        elif skip is not None and not any(a in (skip.get("message") or skip.text or "") for a in ALLOWED):
            failed += 1
            print("skipped without a reason ", name)
        elif skip is not None:
            skipped += 1
            print("skipped", name, "-", skip.get("message"))
        else:
            passed += 1
if not files:
    failed += 1
    print("no test was run")
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(bool(failed))
