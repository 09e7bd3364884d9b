#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Writes the benchmark's table, with its date, commit and machine, between the figure marks of both READMEs.

    scripts/readme_figures.py build-test/publish.json
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
NOTE = {
    "README.md": "Measured {date} at commit {commit} on {machine}, all on loopback, by `bench/publish.py`.",
    "README.zh-CN.md": "由 `bench/publish.py` 于 {date} 在提交 {commit} 上测得，{machine}，全部在本机回环上。",
}

result = json.loads(pathlib.Path(sys.argv[1]).read_text())
for name, note in NOTE.items():
    path = ROOT / name
    block = f"<!-- figures -->\n{result['table']}\n\n{note.format(**result)}\n<!-- /figures -->"
    text, n = re.subn(r"<!-- figures -->.*?<!-- /figures -->", lambda _: block, path.read_text(), flags=re.S)
    if n != 1:
        sys.exit(f"{name}: no figure marks")
    path.write_text(text)
