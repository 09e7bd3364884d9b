# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""DTLS on a bad network: flights lost, doubled and out of order, in each direction (tests/fault/dtls_shim.c)."""
import os
import struct
import subprocess

import pytest

from paths import ROOT

CONNECTED_S = 5.0
# Fault -> (faults among datagrams sent, among those received) that must have happened.
FAULTS = {
    "drop-sent:1": (1, 0),
    "drop-sent:3": (3, 0),
    "drop-received:1": (0, 1),
    "drop-received:2": (0, 2),
    "double": (1, 1),
    "reverse": (1, 1),
}


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    path = tmp_path_factory.mktemp("shim") / "dtls_shim.so"
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", str(path),
                    str(ROOT / "tests" / "fault" / "dtls_shim.c")], check=True)
    return path


@pytest.mark.parametrize("fault", FAULTS)
def test_handshake_survives(fault, shim, publish, subscribe, tmp_path):
    report = tmp_path / "report"
    report.write_bytes(bytes(8))
    viewer = subscribe()
    publisher = publish(env={"LD_PRELOAD": str(shim), "LKCAM_DTLS_FAULT": fault, "LKCAM_DTLS_REPORT": str(report)})
    publisher.wait_live(CONNECTED_S + 1)
    assert publisher.last["first_packet_us"] < CONNECTED_S * 1e6
    viewer.wait_pictures(30, 10)
    sent, received = struct.unpack("=II", report.read_bytes())
    assert sent >= FAULTS[fault][0] and received >= FAULTS[fault][1], (sent, received)
    assert publisher.stop()[0] == 0
