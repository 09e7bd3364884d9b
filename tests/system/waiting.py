# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Waiting for a condition, never for a length of time."""
import time

POLL_S = 0.01


def wait_for(condition, deadline_s, what):
    """The first true value of `condition`; fails with `what` when there is none within `deadline_s`."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"not within {deadline_s} s: {what() if callable(what) else what}"
        time.sleep(POLL_S)
