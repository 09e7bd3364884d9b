# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The benchmark's fake cameras behave as the kernel's do, for three readers: bare ioctls, OpenCV and lkcam."""
import re
import select
import subprocess
import sys
import time

import numpy as np
import pytest

import paths
from child import Child
from fakecam import FakeCameras, make_clip
from publisher import CAMERA, DONE, Publisher
from stamp import ROWS, block_px, read_stamp
from waiting import wait_for

SIZES = [(640, 360), (1280, 720), (1920, 1080)]
WIDTH, HEIGHT = 640, 360
HERE = paths.ROOT / "tests" / "system"
NOBODY = "ws://127.0.0.1:1"
UNPLUGGED_SOON_S = 0.5
# What a UVC camera's driver has and this has not; no reader here asks for it.
NOT_COMPLIANT = {"VIDIOC_G/S_PRIORITY", "VIDIOC_(UN)SUBSCRIBE_EVENT/DQEVENT", "read/write"}


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return lambda width, height: make_clip(folder, width, height)


@pytest.fixture
def cameras(tmp_path, clips):
    """cameras(*settings) -> FakeCameras of 640x360, as many as there are settings."""
    def make(*settings):
        clip = f"clip={WIDTH}x{HEIGHT}:{clips(WIDTH, HEIGHT)}"
        return FakeCameras(tmp_path / "cameras", *(",".join(filter(None, (clip, s))) for s in settings or ("",)))
    return make


@pytest.fixture
def wide(tmp_path, clips):
    return FakeCameras(tmp_path / "cameras", ",".join(f"clip={w}x{h}:{clips(w, h)}" for w, h in SIZES))


@pytest.fixture
def read(children):
    """read(cameras, program, *arguments) -> a reader's Child."""
    def start(fake, program, *arguments):
        children.append(Child([*fake.prefix, sys.executable, str(HERE / program), *map(str, arguments)]))
        return children[-1]
    return start


def frames(reader):
    return [o for o in reader.objects if o["kind"] == "frame"]


def wait_frames(reader, count, deadline_s=5):
    reader.wait_for(lambda: len(frames(reader)) >= count, deadline_s, f"{count} frames")
    return frames(reader)


def run(fake, *command):
    return subprocess.run([*fake.prefix, *command], capture_output=True, text=True, timeout=20)


def check_produced(seen, fake, camera=0):
    """Each frame was produced once, with that stamp, and came in order; none in between was left out but the lost ones."""
    produced = {row["id"]: row for row in fake.log(camera)}
    ids = [f["id"] for f in seen]
    assert ids == [i for i in range(ids[0], ids[-1] + 1) if produced[i]["fate"] != "lost"]
    assert all(produced[f["id"]]["ready_us"] == f["stamp_us"] for f in seen)
    return [produced[i] for i in ids]


# ---- Programs of others -------------------------------------------------------------------------

def test_v4l2_ctl_lists_the_modes(wide):
    text = run(wide, "v4l2-ctl", "-d", "/dev/video0", "--list-formats-ext").stdout
    assert re.findall(r"'(\w+)'", text) == ["YUYV"]
    assert re.findall(r"Discrete (\d+x\d+)", text) == [f"{w}x{h}" for w, h in SIZES]
    assert re.findall(r"\(([\d.]+) fps\)", text) == ["30.000", "60.000"] * len(SIZES)


def test_v4l2_ctl_sets_controls(cameras):
    fake = cameras()
    assert run(fake, "v4l2-ctl", "-d", "0", "-c", "brightness=-7,exposure_dynamic_framerate=0").returncode == 0
    controls = fake.show()["controls"]
    assert (controls["brightness"], controls["exposure_dynamic_framerate"], controls["contrast"]) == (-7, 0, 32)
    assert run(fake, "v4l2-ctl", "-d", "0", "-C", "brightness").stdout.split() == ["brightness:", "-7"]


def test_v4l2_compliance(cameras):
    done = run(cameras(), "v4l2-compliance", "-d", "/dev/video0", "-s", "5")
    assert set(re.findall(r"test (.+): FAIL", done.stdout)) == NOT_COMPLIANT, done.stdout
    assert len(re.findall(r"test .+: OK", done.stdout)) > 20


def test_v4l2_ctl_streams_the_clip(cameras, clips, tmp_path):
    """Bytes are the clip's, to and fro, but for the stamp."""
    fake, count = cameras(), 20
    run(fake, "v4l2-ctl", "-d", "0", "--stream-mmap=4", f"--stream-count={count}", f"--stream-to={tmp_path / 'out'}")
    out = np.fromfile(tmp_path / "out", np.uint8).reshape(count, HEIGHT, WIDTH * 2)
    clip = np.fromfile(clips(WIDTH, HEIGHT), np.uint8).reshape(-1, HEIGHT, WIDTH * 2)
    assert [read_stamp(picture[:, ::2])[0] for picture in out] == list(range(1, count + 1))
    # The blocks are those of a picture twice as wide too, of which this is the half.
    halves = [np.pad(picture[:, ::2], ((0, HEIGHT), (0, WIDTH))).reshape(HEIGHT, 2, WIDTH, 2).mean(axis=(1, 3)) for picture in out]
    assert [read_stamp(half)[0] for half in halves] == list(range(1, count + 1))
    below = ROWS * block_px(WIDTH, HEIGHT)
    order = [*range(len(clip)), *range(len(clip) - 2, 0, -1)]
    for i, picture in enumerate(out, 1):
        assert np.array_equal(picture[below:], clip[order[i % len(order)]][below:])


def test_opencv_reads_in_order(wide, read):
    reader = read(wide, "opencv_reader.py", 0)
    seen = wait_frames(reader, 30)[:30]
    check_produced(seen, wide)
    assert {(f["width"], f["height"]) for f in seen} == {(1280, 720)}
    assert all(abs(f["at_ms"] * 1000 - f["stamp_us"]) < 1.5 for f in seen)


def test_a_slow_reader_loses_frames_and_sees_old_ones(wide, read):
    """OpenCV's four buffers stand full: each frame read is three readings old, and gaps are between them."""
    pause_s = 0.1
    reader = read(wide, "opencv_reader.py", 0, "--pause", pause_s)
    rows = check_produced(wait_frames(reader, 12)[:12], wide)
    assert rows[-1]["id"] - rows[0]["id"] > 15
    assert all(r["dequeued_us"] - r["ready_us"] > 2 * pause_s * 1e6 for r in rows[6:])
    assert wide.show()["lost"] > 5


# ---- Buffers ------------------------------------------------------------------------------------

@pytest.mark.parametrize("way", ["block", "poll", "select", "epoll"])
def test_every_way_to_wait_and_the_end(cameras, read, way):
    """Unplugged, each way of waiting ends at once, and the descriptor says error and hang-up, never writable."""
    fake = cameras()
    reader = read(fake, "v4l2_reader.py", "/dev/video0", "--wait", way)
    seen = wait_frames(reader, 10)[:10]
    rows = check_produced(seen, fake)
    assert [f["sequence"] for f in seen] == list(range(10)) and all(f["time_us"] == f["stamp_us"] for f in seen)
    assert all(r["due_us"] <= r["ready_us"] <= r["dequeued_us"] for r in rows)
    fake.order(0, "unplug")
    reader.wait_end(UNPLUGGED_SOON_S)
    last = reader.objects[-1]
    assert last["kind"] == "end" and last["error"] == "ENODEV"
    assert last["events"] & select.POLLERR and last["events"] & select.POLLHUP and not last["events"] & select.POLLOUT
    assert run(fake, "test", "-e", "/dev/video0").returncode == 1


def test_frames_are_lost_where_no_buffer_is_queued(cameras, read):
    fake = cameras()
    reader = read(fake, "v4l2_reader.py", "/dev/video0", "--buffers", 3, "--keep-last")
    wait_frames(reader, 3)
    wait_for(lambda: fake.show()["lost"] >= 10, 3, "ten lost")
    assert len(frames(reader)) == 3 and fake.show()["delivered"] == 3
    assert [r["fate"] for r in fake.log()][:5] == ["delivered"] * 3 + ["lost"] * 2


def test_damaged_frames(cameras, read):
    fake = cameras()
    reader = read(fake, "v4l2_reader.py", "/dev/video0")
    wait_frames(reader, 3)
    fake.order(0, "damage", "4")
    reader.wait_for(lambda: [f for f in frames(reader) if f["damaged"]] and not frames(reader)[-1]["damaged"], 3, "good again")
    produced = {r["id"]: r["fate"] for r in fake.log()}
    seen = frames(reader)
    assert sum(f["damaged"] for f in seen) == 4
    assert all((produced[f["id"]] == "damaged") == f["damaged"] for f in seen)


def stands_still(fake):
    """The last frame, once none has come for three periods."""
    last = fake.log()[-1]
    return last["id"] if time.monotonic() - last["due_us"] / 1e6 > 0.1 else None


def test_frames_stop_and_go_on(cameras, read):
    fake = cameras()
    reader = read(fake, "v4l2_reader.py", "/dev/video0")
    wait_frames(reader, 3)
    fake.order(0, "halt")
    period_us = 1e6 / 30
    last = wait_for(lambda: stands_still(fake), 2, "stillness")
    fake.order(0, "go")
    seen = wait_frames(reader, last + 5)
    assert [f["sequence"] for f in seen] == list(range(len(seen)))      # a camera that sends nothing counts nothing
    steps = np.diff([r["due_us"] for r in fake.log()]) / period_us
    assert np.all(np.abs(steps - np.round(steps)) < 0.01)               # and keeps its beat


@pytest.mark.parametrize("ppm", [0, 20000])
def test_rate_and_drift(cameras, ppm):
    fake, count = cameras(f"ppm={ppm}"), 60
    run(fake, "v4l2-ctl", "-d", "0", "-p", "60", "--stream-mmap", f"--stream-count={count}")
    rows = [r for r in fake.log() if r["fate"] == "delivered"]
    assert len(rows) >= count
    period_us = 1e6 / 60 / (1 + ppm / 1e6)
    due = np.array([r["due_us"] for r in rows])
    assert np.max(np.abs(np.diff(due) - period_us * np.diff([r["id"] for r in rows]))) <= 1
    measured = np.polyfit([r["id"] for r in rows], [r["ready_us"] for r in rows], 1)[0]
    assert abs(measured / period_us - 1) < 0.005
    assert 0 < fake.show()["cpu_us"] < 0.2 * count * period_us


def test_two_cameras_in_two_processes(cameras, read):
    fake = cameras("", "number=4,name=Rear")
    readers = [read(fake, "v4l2_reader.py", path) for path in ("/dev/video0", "/dev/video4")]
    for camera, reader in enumerate(readers):
        rows = check_produced(wait_frames(reader, 20)[:20], fake, camera)
        assert {r["pid"] for r in rows} == {reader.process.pid}
    assert fake.show(1)["name"] == "Rear"


def test_one_program_a_camera(cameras, read):
    """A second reader is told it is busy, and has it as soon as the first has ended, however that ended."""
    fake = cameras()
    first = read(fake, "v4l2_reader.py", "/dev/video0")
    wait_frames(first, 3)
    second = read(fake, "v4l2_reader.py", "/dev/video0")
    second.wait_end(5)
    assert second.objects[-1]["error"] == "EBUSY"
    first.kill()
    wait_frames(read(fake, "v4l2_reader.py", "/dev/video0"), 3)


# ---- lkcam --------------------------------------------------------------------------------------

@pytest.fixture
def publish_camera(lkcam, shared_server, room, children):
    """publish_camera(cameras, *flags, url=) -> a Publisher that sees them."""
    def start(fake, *flags, url=shared_server.url):
        flags = ["--size", f"{WIDTH}x{HEIGHT}", *flags]
        children.append(Publisher(lkcam, url, room, "camera", flags, env=fake.environment))
        return children[-1]
    return start


def test_lkcam_publishes_what_was_produced(cameras, publish_camera, subscribe, tmp_path):
    fake = cameras("ppm=50")
    viewer = subscribe()
    viewer.wait_kind("connected")
    publisher = publish_camera(fake, "--ledger", str(tmp_path / "ledger.csv"))
    pictures = viewer.wait_pictures(60, 15)
    fake.order(0, "damage", "3")
    publisher.wait_stats(lambda s: s["frames_damaged"] == 3, 5, "three damaged")
    assert publisher.stop()[0] == DONE
    produced = {r["id"]: r for r in fake.log()}
    ids = [p["id"] for p in pictures]
    assert None not in ids and all(a < b for a, b in zip(ids, ids[1:]))
    assert all(produced[p["id"]]["ready_us"] == p["stamp_us"] for p in pictures)
    damaged = {i for i, r in produced.items() if r["fate"] == "damaged"}
    assert len(damaged) == 3 and not damaged & {p["id"] for p in viewer.pictures}
    assert not fake.show()["held"]


def ended(publisher, deadline_s=5):
    """@return (exit code, the lines that were said)"""
    code, _ = publisher.wait_end(deadline_s)
    lines = publisher.stderr.splitlines()
    assert all(line.startswith("lkcam: ") for line in lines)
    return code, [line.removeprefix("lkcam: ") for line in lines]


def test_lkcam_unplugged_and_back_under_another_number(cameras, publish_camera):
    fake = cameras("name=Front")
    publisher = publish_camera(fake)
    publisher.wait_live()
    said = len(publisher.stderr.splitlines())
    fake.order(0, "unplug")
    code, lines = ended(publisher)
    assert code == CAMERA and len(lines) == said + 1 and "Front" in lines[-1] and "unplugged" in lines[-1]
    fake.order(0, "plug", "7")
    again = publish_camera(fake, "--device", "Front")
    again.wait_live()
    assert again.stop()[0] == DONE
    assert {r["pid"] for r in fake.log()} == {publisher.process.pid, again.process.pid}


REFUSALS = {
    "busy": "/dev/video0: in use by a program of another user; find it with sudo fuser /dev/video0 and close it",
    "forbid": "/dev/video0: permission denied; add the user to group video: sudo usermod -aG video $USER, then log in again",
    "unplug": "/dev/video0: there is no such camera; plug it in, or see /dev/v4l/by-id",
}


@pytest.mark.parametrize("order", REFUSALS)
def test_lkcam_refused(cameras, publish_camera, order):
    fake = cameras()
    fake.order(0, order)
    assert ended(publish_camera(fake, "--device", "/dev/video0", url=NOBODY)) == (CAMERA, [REFUSALS[order]])
    assert fake.show()["frames"] == 0


def test_lkcam_names_who_has_the_camera(cameras, publish_camera, read):
    fake = cameras()
    reader = read(fake, "v4l2_reader.py", "/dev/video0")
    wait_frames(reader, 3)
    code, lines = ended(publish_camera(fake, "--device", "/dev/video0", url=NOBODY))
    assert code == CAMERA
    assert lines == [f"/dev/video0: in use by python (process {reader.process.pid}); close it, or take the camera from it with "
                     "--take-camera"]


def test_bad_settings(tmp_path, clips):
    """fakecam itself says what is wrong, and programs do not start without their cameras."""
    clip = clips(WIDTH, HEIGHT)
    tool = [*FakeCameras(tmp_path / "cameras", f"clip={WIDTH}x{HEIGHT}:{clip}").prefix[:1]]
    for words, why in ((["new", tmp_path / "x", f"clip=641x360:{clip}"], "must be WIDTHxHEIGHT:FILE"),
                       (["new", tmp_path / "x", f"clip=640x362:{clip}"], "are no whole frames"),
                       (["new", tmp_path / "x", "number=3"], "has no clip"),
                       (["new", tmp_path / "x", f"clip={WIDTH}x{HEIGHT}:{clip},colour=1"], "no such setting"),
                       (["run", clip, "true"], "not a file of fake cameras"),
                       (["order", tmp_path / "cameras", "1", "halt"], "must be a whole number from 0 to 0"),
                       (["order", tmp_path / "cameras", "0", "plug"], "it is plugged in"),
                       (["order", tmp_path / "cameras", "0", "jump"], "no such order")):
        done = subprocess.run([*tool, *words], capture_output=True, text=True)
        assert done.returncode == 1 and done.stderr.startswith("fakecam: ") and why in done.stderr, done.stderr
