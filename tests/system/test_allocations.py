# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""After the first frame the frame path allocates nothing of ours (tests/path/malloc_shim.c counts)."""
import os
import struct
import subprocess

import pytest

from paths import ROOT

FRAMES = 300


@pytest.mark.parametrize("path", ["i420", "rgba"])
def test_frame_path_allocates_nothing(publish, tmp_path, path):
    shim, report = tmp_path / "malloc_shim.so", tmp_path / "report"
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", str(shim),
                    str(ROOT / "tests" / "path" / "malloc_shim.c")], check=True)
    report.write_bytes(bytes(24))

    def counted():
        return struct.unpack("=QQQ", report.read_bytes())
    publisher = publish("--fps", "60", "--path", path, env={"LD_PRELOAD": str(shim), "LKCAM_MALLOC_REPORT": str(report)})
    publisher.wait_for(lambda: counted()[0] > FRAMES, 30, lambda: f"{FRAMES} frames; {counted()}")
    frames, allocations, size = counted()
    assert allocations == 0, f"{allocations} allocations of {size} bytes in {frames} frames"
    assert publisher.stop()[0] == 0
