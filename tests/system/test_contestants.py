# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Every program that the benchmark compares delivers the camera's frames to a viewer, and lets go of the camera at the end."""
import os
import sys

import pytest

import paths
from child import Child
from fakecam import FakeCameras, make_clip
from publisher import DONE
from room_api import token

sys.path.insert(0, str(paths.ROOT / "bench" / "contestants"))
import contestants  # noqa: E402

WIDTH, HEIGHT, PICTURES = 1280, 720, 20


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clips"), WIDTH, HEIGHT)


@pytest.mark.parametrize("name", contestants.commands("lkcam"))
def test_frames_arrive(lkcam, shared_server, room, children, subscribe, clip, tmp_path, name):
    fake = FakeCameras(tmp_path / "cameras", f"clip={WIDTH}x{HEIGHT}:{clip}")
    viewer = subscribe()
    viewer.wait_kind("connected")
    given = {"LIVEKIT_URL": shared_server.url, "LIVEKIT_TOKEN": token(room, "camera", publish=True), "CAMERA_DEVICE": "/dev/video0"}
    contestant = Child(contestants.commands(lkcam)[name], env=os.environ | given | fake.environment)
    children.append(contestant)
    contestant.wait_for(lambda: len([p for p in viewer.pictures if p["width"] == WIDTH]) >= PICTURES, 20, "pictures")
    code, _ = contestant.stop()
    assert code == DONE, contestant.stderr
    produced = {r["id"]: r for r in fake.log()}
    ids = [p["id"] for p in viewer.pictures if p["id"] is not None and p["width"] == WIDTH]
    assert len(ids) >= PICTURES and all(a < b for a, b in zip(ids, ids[1:]))
    assert all(produced[i]["fate"] == "delivered" and produced[i]["dequeued_us"] for i in ids)
    assert not fake.show()["held"]
