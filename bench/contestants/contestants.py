# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Who is compared: a name and a command each. All read LIVEKIT_URL, LIVEKIT_TOKEN and CAMERA_DEVICE, and end on SIGINT."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Not part of ./test.sh, for its build takes minutes: docs/design/benchmark.md has the command.
GSTREAMER = HERE.parents[1] / ".deps" / "gstreamer-contestant" / "release" / "gstreamer-contestant"
PYTHON_SHIPPED, PYTHON_TUNED = str(HERE / "python_as_shipped.py"), str(HERE / "python_tuned.py")
# What the others' defaults come to, and what the tuned ones are told.
BITRATE_BPS = 3_000_000


def commands(lkcam, size="1280x720", fps=30, bitrate_bps=BITRATE_BPS):
    """Name -> argv, in the order of the table. What is as shipped has the SDK's own bitrate. GStreamer only where it is built."""
    mode = ["--size", size, "--fps", str(fps)]
    bitrate = ["--bitrate", str(bitrate_bps)]
    ours = [lkcam, "publish", *mode, "--max-bitrate", str(bitrate_bps)]
    gstreamer = {"gstreamer livekitwebrtcsink": [str(GSTREAMER), *mode, *bitrate]} if GSTREAMER.exists() else {}
    return {
        "lkcam i420": [*ours, "--path", "i420"],
        "lkcam i420, fifo": [*ours, "--path", "i420", "--priority", "fifo"],     # as ./run.sh publishes
        "lkcam rgba": [*ours, "--path", "rgba"],
        "lkcam i420, 2 threads": [*ours, "--path", "i420", "--threads", "2"],
        "python i420, as shipped": [sys.executable, PYTHON_SHIPPED, "--format", "i420", *mode],
        "python rgba, as shipped": [sys.executable, PYTHON_SHIPPED, "--format", "rgba", *mode],
        "python i420, tuned": [sys.executable, PYTHON_TUNED, *mode, *bitrate],
    } | gstreamer


def processes(name, command, cameras):
    """Who publishes so many cameras: (argv, its cameras) of each process. lkcam takes all in one, the others are written for one."""
    if not name.startswith("lkcam"):
        return [(command, [camera]) for camera in range(cameras)]
    return [([*command, *(word for i in range(cameras) for word in ("--device", f"/dev/video{i}"))], list(range(cameras)))]
