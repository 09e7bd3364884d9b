# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The benchmark's fake cameras (bench/fakecam) for tests: programs see them as /dev/videoN."""
import csv
import json
import subprocess

import paths

TOOL = paths.BUILD / "bench" / "fakecam" / "fakecam"
LIBRARY = TOOL.with_name("libfakecam.so")
COLUMNS_OF_NUMBERS = ("id", "sequence", "picture", "pid", "due_us", "ready_us", "dequeued_us")


def make_clip(folder, width, height, frames=8, kind="pan"):
    """A seeded raw YUYV clip."""
    path = folder / f"{kind}-{width}x{height}.yuyv"
    if not path.exists():
        subprocess.run([paths.BUILD / "tests" / "tools" / "make_clip", kind, f"{width}x{height}", str(frames), "1", "yuyv", path],
                       check=True)
    return path


class FakeCameras:
    """One set of cameras; each is described as `fakecam new` wants it."""

    def __init__(self, file, *cameras):
        self.file = str(file)
        self._run("new", self.file, *cameras)

    @staticmethod
    def _run(*arguments):
        done = subprocess.run([TOOL, *arguments], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def environment(self):
        """What makes a program see them."""
        return {"LD_PRELOAD": str(LIBRARY), "FAKECAM": self.file}

    @property
    def prefix(self):
        """The same, as words before a command."""
        return [str(TOOL), "run", self.file]

    def order(self, camera, *words):
        self._run("order", self.file, str(camera), *words)

    def show(self, camera=0):
        return json.loads(self._run("show", self.file))["cameras"][camera]

    def log(self, camera=0):
        rows = csv.DictReader(self._run("log", self.file, str(camera)).splitlines())
        return [row | {key: int(row[key]) for key in COLUMNS_OF_NUMBERS} for row in rows]
