# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Where things are; the environment may say otherwise."""
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPS = ROOT / ".deps"
# Nothing but the page goes out of this machine.
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"]
BUILD = pathlib.Path(os.environ.get("LKCAM_BUILD", ROOT / "build")).resolve()


def program(variable, default):
    """A program's path from the environment, else `default`."""
    path = shutil.which(os.environ.get(variable, str(default)))
    assert path, f"{os.environ.get(variable, default)} is missing; ./test.sh sets everything up, {variable} names another"
    return path


def lkcam():
    return program("LKCAM", BUILD / "cli" / "lkcam")


def livekit_server(version=None):
    """The one that the tests use, or an old one; ./test.sh has built them, else they are built now."""
    if not version and "LIVEKIT_SERVER" in os.environ:
        return program("LIVEKIT_SERVER", None)
    command = [ROOT / "scripts" / "livekit-server.sh"] + ([version] if version else [])
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def chromium():
    return program("CHROMIUM", "chromium")


def pattern_frame():
    return program("LKCAM_PATTERN_FRAME", BUILD / "tests" / "tools" / "pattern_frame")


def usb_camera():
    return program("LKCAM_USB_CAMERA", BUILD / "tests" / "vm" / "usb_camera")
