# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Every command of the READMEs does what it says; both READMEs have the same ones."""
import pathlib
import re
import shlex
import subprocess

import pytest

import paths
from paths import ROOT
from publisher import environment
from child import Child

# Run elsewhere: test_run_sh.py, and by whoever runs this test.
ELSEWHERE = ["./run.sh", "LIVEKIT_URL=wss://your.server LIVEKIT_TOKEN=... ./run.sh", "./test.sh"]
CAMERAS = list(pathlib.Path("/dev").glob("video*"))


def commands(name):
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(), flags=re.S)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def command_with(words):
    """The README's command that contains `words`, its program replaced by the one under test."""
    found, = [c for c in commands("README.md") if words in c]
    argv = shlex.split(found)
    assert argv[0] == "build/cli/lkcam"
    return [paths.lkcam(), *argv[1:]]


def test_both_have_the_same_commands_and_each_is_tried():
    assert commands("README.md") == commands("README.zh-CN.md")
    tried = [*ELSEWHERE, *(c for words in ("lkcam devices", "--device", "--source clip", "lkcam token", "lkcam view") for c in commands("README.md") if words in c)]
    assert sorted(commands("README.md")) == sorted(tried)


def test_links_lead_somewhere():
    for name in ("README.md", "README.zh-CN.md"):
        for target in re.findall(r"\]\(([^)#]+)", (ROOT / name).read_text()):
            assert target.startswith("https://") or (ROOT / target).exists(), f"{name}: {target}"


def test_list_cameras():
    done = subprocess.run(command_with("lkcam devices"), capture_output=True, text=True, timeout=20)
    if CAMERAS:
        assert done.returncode == 0 and done.stdout.startswith("/dev/video")
    else:
        assert (done.returncode, done.stdout) == (4, "") and "no camera" in done.stderr


def test_publish_a_camera(shared_server):
    done = subprocess.run(command_with("--device"), env=environment(shared_server.url), capture_output=True, text=True, timeout=20)
    if CAMERAS:
        pytest.skip("needs hardware: a machine without /dev/video0; with one the guest of tests/vm runs this command")
    assert done.returncode == 4 and "/dev/video0" in done.stderr


def test_publish_a_clip(shared_server, children, tmp_path):
    subprocess.run([paths.BUILD / "tests/tools/make_clip", "pan", "640x360", "30", "1", "y4m", tmp_path / "clip.y4m"], check=True)
    program = Child(command_with("--source clip"), env=environment(shared_server.url), cwd=tmp_path)
    children.append(program)
    program.wait_for(lambda: any(o["frames_sent"] > 0 for o in program.objects), 10, "frames")
    assert (program.objects[-1]["width"], program.objects[-1]["height"]) == (640, 360)
    assert program.stop()[0] == 0


def test_token(shared_server):
    done = subprocess.run(command_with("lkcam token"), env=environment(shared_server.url), capture_output=True, text=True, timeout=10)
    assert done.returncode == 0 and done.stdout.count(".") == 2


def test_view(shared_server, children):
    program = Child(command_with("lkcam view"), env=environment(shared_server.url))
    children.append(program)
    program.wait_for(lambda: program.lines and program.lines[0].startswith("http://127.0.0.1:"), 5, "an address")
