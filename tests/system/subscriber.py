# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Starts subscriber_program.py and answers questions about what it has seen."""
import os
import pathlib
import signal
import sys

from child import Child
from room_api import token as make_token

PROGRAM = pathlib.Path(__file__).with_name("subscriber_program.py")


class Subscriber(Child):
    def __init__(self, url, room, identity, keep=None, every=1, on_signal=False, only=None, again_every=None, namespace=None, token=None):
        flags = ["--keep", str(keep), "--every", str(every)] if keep else []
        flags += ["--on-signal"] if on_signal else []
        flags += ["--only", only] if only else []
        flags += ["--again-every", str(again_every)] if again_every else []
        super().__init__([sys.executable, str(PROGRAM), *flags], namespace=namespace,
                         env=os.environ | {"LIVEKIT_URL": url, "LIVEKIT_TOKEN": token or make_token(room, identity, publish=False)})

    def subscribe(self):
        """What a viewer made with on_signal waits for."""
        self.process.send_signal(signal.SIGUSR1)
        return self.wait_kind("subscribing")

    def of_kind(self, kind):
        return [o for o in self.objects if o["kind"] == kind]

    @property
    def pictures(self):
        """Decoded pictures in the order they came: id and stamp_us (None where unreadable), at_us, size, digest."""
        return self.of_kind("picture")

    @property
    def report(self):
        """libwebrtc's own counters, the newest."""
        return (self.of_kind("report") or [{}])[-1]

    def wait_kind(self, kind, deadline_s=10):
        return self.wait_for(lambda: self.of_kind(kind), deadline_s, kind)[0]

    def wait_pictures(self, count, deadline_s):
        """At least `count` pictures in all."""
        return self.wait_for(lambda: len(self.pictures) >= count and self.pictures, deadline_s,
                             lambda: f"{count} pictures, have {len(self.pictures)}; {self.report}")

    def wait_decoded(self, count, deadline_s):
        """Frames that libwebrtc has decoded: of a publisher with several tracks the SDK hands some pictures to nobody."""
        return self.wait_for(lambda: self.report.get("frames_decoded", 0) >= count, deadline_s,
                             lambda: f"{count} frames decoded; {self.report}")

    def wait_more_decoded(self, count, deadline_s):
        return self.wait_decoded(self.report.get("frames_decoded", 0) + count, deadline_s)

    def wait_more_pictures(self, count, deadline_s):
        return self.wait_pictures(len(self.pictures) + count, deadline_s)

    def wait_more(self, kind, count, deadline_s=5):
        seen = len(self.of_kind(kind))
        return self.wait_for(lambda: len(self.of_kind(kind)) >= seen + count, deadline_s, f"{count} more of {kind}")
