# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Who is compared: a name and a command each. All read LIVEKIT_URL, LIVEKIT_TOKEN and CAMERA_DEVICE, and end on SIGINT."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
PYTHON_SHIPPED, PYTHON_TUNED = str(HERE / "python_as_shipped.py"), str(HERE / "python_tuned.py")
# What the others' defaults come to, and what the tuned ones are told.
BITRATE_BPS = 3_000_000


def commands(lkcam, size="1280x720", fps=30, bitrate_bps=BITRATE_BPS):
    """Name -> argv, in the order of the table."""
    mode = ["--size", size, "--fps", str(fps)]
    bitrate = ["--bitrate", str(bitrate_bps)]
    ours = [lkcam, "publish", *mode, "--max-bitrate", str(bitrate_bps)]
    return {
        "lkcam i420": [*ours, "--path", "i420"],
        "lkcam rgba": [*ours, "--path", "rgba"],
        "lkcam i420, 2 threads": [*ours, "--path", "i420", "--threads", "2"],
        "python i420, as shipped": [sys.executable, PYTHON_SHIPPED, "--format", "i420", *mode],
        "python rgba, as shipped": [sys.executable, PYTHON_SHIPPED, "--format", "rgba", *mode],
        "python i420, tuned": [sys.executable, PYTHON_TUNED, *mode, *bitrate],
    }
