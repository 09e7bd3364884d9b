# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""`lkcam publish` under test: started with flags, watched by its statistics, ended by a signal."""
import csv
import os

from child import Child
from server import API_KEY, API_SECRET

PATTERN = ["--source", "pattern"]
# Exit codes.
DONE, TOKEN, CAMERA, SERVER = 0, 3, 4, 5


def environment(url, **extra):
    """What a user would set, and nothing of the test's own surroundings."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LIVEKIT_", "CAMERA_")) and not k.lower().endswith("_proxy")}
    return clean | {"LIVEKIT_URL": url, "LIVEKIT_API_KEY": API_KEY, "LIVEKIT_API_SECRET": API_SECRET} | extra


class Publisher(Child):
    """`stats` is the list of statistics objects so far, keys as in struct lkcam_stats, and `at`."""

    def __init__(self, binary, url, room, identity, flags=PATTERN, env=None, namespace=None):
        super().__init__([binary, "publish", "--room", room, "--identity", identity, "--stats", "json", *flags],
                         env=environment(url, **(env or {})), namespace=namespace)
        self.room, self.identity = room, identity

    @property
    def stats(self):
        return self.objects

    @property
    def last(self):
        return self.stats[-1] if self.stats else {}

    def wait_stats(self, condition, deadline_s, what):
        """The first statistics object, from now on, for which `condition` holds."""
        seen = max(0, len(self.stats) - 1)
        return self.wait_for(lambda: next((s for s in self.stats[seen:] if condition(s)), None), deadline_s,
                             lambda: f"{what}; last: {self.last}")

    def wait_live(self, deadline_s=5):
        return self.wait_stats(lambda s: s["connected"] and s["published"] and s["frames_sent"] > 0, deadline_s, "live")

    def wait_next_stats(self, deadline_s=3):
        count = len(self.stats)
        self.wait_for(lambda: len(self.stats) > count, deadline_s, "the next statistics")
        return self.last

    def first_packet_at(self):
        """Seconds of CLOCK_MONOTONIC, never later than the truth: counted from the start of the process."""
        s = self.wait_stats(lambda s: s["first_packet_us"] > 0, 5, "a first packet")
        return self.started + s["first_packet_us"] / 1e6


def read_ledger(path):
    """Rows of --ledger as dictionaries of numbers."""
    with open(path, newline="") as f:
        return [{k: int(v) for k, v in row.items()} for row in csv.DictReader(f)]
