# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The threads of a process, as the kernel schedules them."""
import pathlib
from typing import NamedTuple

OTHER, FIFO = 0, 1      # sched(7)


class Task(NamedTuple):
    name: str
    policy: int
    level: int


def tasks_of(pid):
    """proc(5), stat: fields 40 and 41 are the real-time priority and the policy."""
    out = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            name, rest = (task / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except FileNotFoundError:       # it has ended meanwhile
            continue
        fields = rest.split()
        out.append(Task(name, int(fields[38]), int(fields[37])))
    return out
