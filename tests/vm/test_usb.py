# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A USB camera under uvcvideo in its two formats, what `lkcam devices` says of it and of vivid beside v4l2-ctl, and controls."""
import json
import re
import shutil
import subprocess

import pytest

import paths
from publisher import CAMERA, DONE

SIZES = [(640, 360), (320, 180)]    # usb_camera.c
NUMBERS = range(1, 9)
HERE_ENOUGH = 30                    # pictures of a stage


def make_pictures(folder):
    """The pattern's pictures with their stamps, raw and as JPEG, as usb_camera.c wants them."""
    numbers = "".join(f"{n}\n" for n in NUMBERS).encode()
    for width, height in SIZES:
        size = f"{width}x{height}"
        i420 = subprocess.run([paths.pattern_frame(), size, "stamped"], input=numbers, stdout=subprocess.PIPE, check=True).stdout
        source = ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-i", "-"]
        subprocess.run([*source, "-pix_fmt", "yuyv422", "-f", "rawvideo", folder / f"{size}.yuyv"], input=i420, check=True)
        subprocess.run([*source, "-pix_fmt", "yuvj420p", "-q:v", "3", folder / f"{size}-%d.jpg"], input=i420, check=True)
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def guest(start_guest, viewer, tmp_path_factory):
    viewer.wait_kind("connected")
    return start_guest("guest_usb.sh", ["vivid", "vhci-hcd", "uvcvideo"],
                       programs=[shutil.which("setpriv"), paths.usb_camera()], files=make_pictures(tmp_path_factory.mktemp("pictures")))


def devices(guest, name):
    code, said = guest.outcome(name)
    assert code == DONE, said
    return {d["path"]: d for d in json.loads(guest.read(f"{name}.json"))}


# ---- What v4l2-ctl says ----------------------------------------------------------------------------

def formats_by_v4l2_ctl(text):
    """[(code, [(what of the size, rates)])], in order."""
    formats = []
    for line in text.splitlines():
        if m := re.match(r"\s*\[\d+\]: '(.+?)' \(", line):
            formats.append((m[1], []))
        elif m := re.match(r"\s*Size: Discrete (\d+)x(\d+)", line):
            formats[-1][1].append(([int(m[1]), int(m[2])], []))
        elif m := re.search(r"Interval: Discrete .*\((\d+\.\d+) fps\)", line):
            formats[-1][1][-1][1].append(float(m[1]))
        else:
            assert "Size:" not in line and "Interval:" not in line, line
    return formats


CONTROL = re.compile(r"\s+(\w+) 0x[0-9a-f]+ \((\w+)\)\s*: (.*)")
NUMBER = re.compile(r"(min|max|step|default|value)=(0x[0-9a-f]+|-?\d+)")


def controls_by_v4l2_ctl(text):
    """{name: (type, {min, max ...}, {item: name or value}, {flags}, all of it)} of those that hold one value."""
    controls, items = {}, {}
    for line in text.splitlines():
        if m := CONTROL.match(line):
            numbers = {k: int(v, 16 if v.startswith("0x") else 10) for k, v in NUMBER.findall(m[3])}
            flags, items = set(m[3].partition("flags=")[2].split(", ")), {}
            if m[2] in ("int", "int64", "bool", "menu", "intmenu", "button", "bitmask", "str") and " dims=" not in m[3]:
                controls[m[1]] = (m[2], numbers, items, flags, m[3])
        elif m := re.match(r"\s+(\d+): (.*)", line):
            items[int(m[1])] = m[2]
    return controls


# What v4l2-ctl prints of each type, beside the flags.
PRINTED = {"bool": ("default", "value"), "menu": ("min", "max", "default", "value"), "intmenu": ("min", "max", "default", "value"),
           "button": (), "bitmask": ("max", "default", "value"), "str": ("min", "max", "step")}


def printed(control, numbers, flags):
    """Of `numbers` those that v4l2-ctl prints of this control, but a value that moves by itself; it takes the bits of a mask for a
    number with a sign."""
    keys = [k for k in PRINTED.get(control["type"], ("min", "max", "step", "default", "value")) if k != "value" or "volatile" not in flags]
    return {k: numbers.get(k) & 0xffffffff if control["type"] == "bitmask" else numbers.get(k) for k in keys}


@pytest.mark.parametrize("node", ["video0", "video10"])
def test_formats_are_those_of_v4l2_ctl(guest, node):
    device = devices(guest, "listed")[f"/dev/{node}"]
    ours = [(f["fourcc"], [(s["size"], s["fps"]) for s in f["sizes"]]) for f in device["formats"]]
    theirs = formats_by_v4l2_ctl(guest.read(f"{node}_formats.txt"))
    assert ours == theirs and len(ours) >= 2
    read = {f["fourcc"] for f in device["formats"] if f["format"]}
    assert read >= ({"YUYV", "MJPG"} if node == "video0" else {"YUYV", "UYVY", "NV12", "YU12", "RGB3", "BGR3"})
    assert "GREY" not in read


@pytest.mark.parametrize("node, some", [("video0", {"brightness", "exposure_dynamic_framerate"}),
                                        ("video10", {"brightness", "test_pattern", "bitmask", "string", "integer_64_bits", "button", "integer_menu"})])
def test_controls_are_those_of_v4l2_ctl(guest, node, some):
    device = devices(guest, "listed")[f"/dev/{node}"]
    theirs = controls_by_v4l2_ctl(guest.read(f"{node}_controls.txt"))
    assert [c["name"] for c in device["controls"]] == list(theirs) and set(theirs) >= some
    for control in device["controls"]:
        kind, numbers, items, flags, text = theirs[control["name"]]
        assert control["type"] == kind and set(control["flags"]) == flags & {"read-only", "write-only", "inactive", "grabbed"}, control
        assert printed(control, control, flags) == printed(control, numbers, flags), control
        assert kind != "str" or f"value='{control['value']}'" in text, control
        ours = {i["index"]: str(i["name"]) if kind == "menu" else str(i["value"]) for i in control.get("items", [])}
        assert ours == {k: v if kind == "menu" else v.split()[0] for k, v in items.items()}, control


def test_cameras_have_names_and_nodes_for_metadata_are_left_out(guest):
    cameras = devices(guest, "listed")
    assert list(cameras) == ["/dev/video0", "/dev/video10"]
    usb, vivid = cameras.values()
    assert (usb["driver"], vivid["driver"]) == ("uvcvideo", "vivid")
    assert usb["card"].startswith("Test Camera") and usb["bus"] == "usb-vhci_hcd.0-1"
    assert usb["names"] == ["/dev/v4l/by-id/usb-lkcam_Test_Camera_CAM1-video-index0",
                            "/dev/v4l/by-path/platform-vhci_hcd.0-usb-0:1:1.0-video-index0"]
    assert vivid["names"] == [] and usb["holder"] is None and usb["problem"] is None


def test_holder_is_named(guest):
    cameras = devices(guest, "held")
    assert cameras["/dev/video10"]["holder"] == {"program": "v4l2-ctl", "pid": int(guest.pid("holder"))}
    assert cameras["/dev/video10"]["formats"] and cameras["/dev/video0"]["holder"] is None


def test_forbidden_cameras_say_so(guest):
    cameras = devices(guest, "forbidden")
    assert list(cameras) == ["/dev/video0", "/dev/video10"]
    for camera in cameras.values():
        assert "group video" in camera["problem"] and camera["formats"] == camera["controls"] == []
    assert cameras["/dev/video0"]["card"].startswith("Test Camera")


def test_text_fits_a_terminal(guest):
    assert guest.outcome("text")[0] == DONE
    text = guest.read("text.json")
    assert max(map(len, text.splitlines())) <= 80, text
    for words in ("/dev/video0  Test Camera", "  YUYV      640x480", "  MJPEG     640x360     30 15 5", "  brightness  "):
        assert words.replace("640x480", "640x360") in text, text


# ---- Published -------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, words", [("range", "brightness cannot be '65'; it takes a whole number from -64 to 64"),
                                         ("unknown", "has no control britness; did you mean brightness?")])
def test_a_control_that_cannot_be_set_ends_it(guest, name, words):
    code, said = guest.outcome(name)
    assert code == CAMERA and words in said.splitlines()[-1], said


def stage(guest, viewer, name):
    """Pictures of one stage of the guest's script, which ends with it."""
    guest.wait_for(lambda: any(r["frames_sent"] for r in guest.rows(name)) or guest.read(f"{name}.rc"), guest.BOOT_S + guest.RUN_S,
                   lambda: f"{name}; {guest.read(name + '.err')} {guest.read('out.txt')}")
    seen = len(viewer.pictures)
    viewer.wait_pictures(seen + HERE_ENOUGH, 30)
    pictures = viewer.pictures[seen:]
    guest.tell(f"stop_{name}")
    code, said = guest.outcome(name)
    assert code == DONE, said
    return pictures, guest.rows(name)[-1]


def controls_after(guest, name):
    return dict(line.split(": ") for line in guest.read(f"{name}.txt").splitlines())


@pytest.mark.parametrize("name", ["yuyv", "mjpeg"])
def test_stamps_of_the_usb_camera_reach_the_viewer(guest, viewer, name):
    pictures, stats = stage(guest, viewer, name)
    assert guest.read("streamed.txt").splitlines()[-1] == f"{name.upper()} 640x360"
    stamps = [(p["id"], p["stamp_us"]) for p in pictures]
    assert all(n in NUMBERS and us == n * 1000 for n, us in stamps), stamps
    assert {n for n, _ in stamps} == set(NUMBERS)
    assert {(p["width"], p["height"]) for p in pictures} == {(640, 360)}
    assert stats["frames_damaged"] == 0


def test_the_rate_is_kept_in_the_dark_unless_it_is_named(guest):
    assert controls_after(guest, "before") == {"exposure_dynamic_framerate": "1", "brightness": "0"}
    assert controls_after(guest, "yuyv") == {"exposure_dynamic_framerate": "0", "brightness": "-7"}
    assert controls_after(guest, "mjpeg") == {"exposure_dynamic_framerate": "1", "brightness": "16"}


def test_brightness_is_seen(guest, viewer):
    means = {}
    for name in ("dark", "bright"):
        pictures, _ = stage(guest, viewer, name)
        luma = [sum(p["bars"][0]) / len(p["bars"][0]) for p in pictures[len(pictures) // 2:]]
        means[name] = sum(luma) / len(luma)
    assert means["bright"] - means["dark"] > 60, means
    assert guest.wait_end(20)[0] == 0
