# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Where things are; the environment may say otherwise."""
import os
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPS = ROOT / ".deps"
BUILD = pathlib.Path(os.environ.get("LKCAM_BUILD", ROOT / "build")).resolve()


def program(variable, default):
    """A program's path from the environment, else `default`."""
    path = shutil.which(os.environ.get(variable, str(default)))
    assert path, f"{os.environ.get(variable, default)} is missing; ./test.sh sets everything up, {variable} names another"
    return path


def lkcam():
    return program("LKCAM", BUILD / "cli" / "lkcam")


def livekit_server():
    return program("LIVEKIT_SERVER", DEPS / "bin" / "livekit-server")


def chromium():
    return program("CHROMIUM", "chromium")


def pattern_frame():
    return program("LKCAM_PATTERN_FRAME", BUILD / "tests" / "tools" / "pattern_frame")
