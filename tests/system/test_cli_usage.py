# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The command line alone: bad input, tokens, the status line, the viewer page. Only the status line
needs a server."""
import base64
import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import termios
import time
import urllib.error
import urllib.request

import pytest

from server import API_KEY, API_SECRET
from waiting import wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
LKCAM = os.environ.get("LKCAM", str(ROOT / "build/cli/lkcam"))
KEY = "APItest"
SECRET = "a-secret-of-thirty-two-characters!"
URL = "ws://127.0.0.1:1"  # nothing listens there


def environment(**more):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LIVEKIT_", "CAMERA_"))}
    return clean | more


def run(*args, **env):
    return subprocess.run([LKCAM, *args], env=environment(**env), capture_output=True, text=True,
                          timeout=20, stdin=subprocess.DEVNULL, check=False)


def one_line(result):
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("lkcam: ")
    assert result.stdout == ""
    return lines[0].removeprefix("lkcam: ")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign(claims):
    head = b64(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    body = b64(json.dumps(claims).encode())
    mac = hmac.new(SECRET.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{b64(mac)}"


def claims(**changes):
    now = int(time.time())
    video = {"roomJoin": True, "room": "r", "canPublish": True, "canSubscribe": False}
    return {"iss": KEY, "sub": "me", "nbf": now - 5, "exp": now + 600, "video": video} | changes


def read(token):
    """The claims, after the signature was found right."""
    head, body, mac = token.split(".")
    good = hmac.new(SECRET.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert unb64(mac) == good
    assert json.loads(unb64(head))["alg"] == "HS256"
    return json.loads(unb64(body))


# --- words and flags ---------------------------------------------------------

def test_version():
    result = run("--version")
    assert result.returncode == 0
    assert re.fullmatch(r"lkcam \d+\.\d+\.\d+\n", result.stdout)


@pytest.mark.parametrize("args", [["--help"], ["-h"], ["publish", "--help"], ["token", "--help"],
                                  ["view", "--help"]])
def test_help_is_no_error(args):
    result = run(*args)
    assert result.returncode == 0
    assert result.stdout.count("--help") >= 1
    assert result.stderr == ""


X264_PRESETS = ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo"]
PRESETS = ["lkcam", *X264_PRESETS]
USAGE = [
    (["pubish"], "unknown command 'pubish'; did you mean 'publish'?"),
    (["tokn"], "unknown command 'tokn'; did you mean 'token'?"),
    (["xyzzyxyzzy"], "unknown command 'xyzzyxyzzy'; 'lkcam --help' lists them"),
    (["--siez", "1x1"], "unknown flag --siez; did you mean --size?"),
    (["publish", "--bitrate", "3M"], "unknown flag --bitrate; did you mean --max-bitrate?"),
    (["--qqqqqqqq"], "unknown flag --qqqqqqqq; 'lkcam publish --help' lists them"),
    (["token", "--rom", "x"], "unknown flag --rom; did you mean --room?"),
    (["publish", "camera"], "'camera' is no flag; 'lkcam publish --help' lists them"),
    (["publish", "-v"], "'-v' is no flag; 'lkcam publish --help' lists them"),
    (["publish", "--"], "'--' is no flag; 'lkcam publish --help' lists them"),
    (["--room"], "--room needs a value: --room NAME"),
    (["--room", "--identity", "x"], "--room needs a value: --room NAME"),
    (["--room="], "--room '': must be a value"),
    (["--verbose=1"], "--verbose takes no value"),
    (["--fps", "0"], "--fps '0': must be a whole number from 1 to 240"),
    (["--fps", "30fps"], "--fps '30fps': must be a whole number from 1 to 240"),
    (["--fps", " 30"], "--fps ' 30': must be a whole number from 1 to 240"),
    (["--fps", "99999999999999999999"],
     "--fps '99999999999999999999': must be a whole number from 1 to 240"),
    (["--threads", "9"], "--threads '9': must be a whole number from 1 to 8"),
    (["--min-qp", "52"], "--min-qp '52': must be a whole number from 0 to 51"),
    (["--source", "usb"], "--source 'usb': must be one of v4l2, pattern, clip, auto"),
    (["--format", "RGB"], "--format 'RGB': must be one of YUYV, UYVY, NV12, I420, RGB24, BGR24, MJPEG"),
    (["--path", "rgb"], "--path 'rgb': must be one of i420, rgba"),
    (["--encoder", "nvenc"], "--encoder 'nvenc': must be one of x264"),
    (["--preset", "fastest"], f"--preset 'fastest': must be one of {', '.join(PRESETS)}"),
    (["--url", URL, "--control", "=5"], "--control '=5': must be NAME=VALUE, as brightness=128"),
    (["--url", URL, "--control", "x" * 64 + "=5"], f"--control '{'x' * 64}=5': must be NAME=VALUE, as brightness=128"),
    (["--url", URL, "--source", "pattern", "--control", "brightness=5"], "--control is for cameras; a pattern or a clip has none"),
    (["devices", "--jsn"], "unknown flag --jsn; did you mean --json?"),
    (["devises"], "unknown command 'devises'; did you mean 'devices'?"),
    (["--stats", "xml"], "--stats 'xml': must be one of auto, text, json, none"),
    ([], "no server: set LIVEKIT_URL or give --url ws://host:7880"),
    (["view"], "no server: set LIVEKIT_URL or give --url ws://host:7880"),
    (["--url", URL, "--source", "clip"], "--source clip needs --file FILE"),
    (["--url", URL, "--file", "x.y4m"], "--file needs --source clip"),
    (["token", "--valid", "0"], "--valid '0': must be a whole number from 1 to 31536000"),
    (["view", "--port", "65536"], "--port '65536': must be a whole number from 1 to 65535"),
]


@pytest.mark.parametrize("args, line", USAGE, ids=[" ".join(u[0]) or "nothing" for u in USAGE])
def test_usage(args, line):
    result = run(*args)
    assert result.returncode == 2
    assert one_line(result) == line


@pytest.mark.parametrize("size", ["1280", "1280x", "x720", "1280X720", "1280x720x3", "-1x720",
                                  "62x64", "64x7682", "1280x99999999999999999999"])
def test_size(size):
    result = run("--size", size)
    assert result.returncode == 2
    assert one_line(result) == (f"--size '{size}': must be a size like 1280x720, "
                                "each side from 64 to 7680")


@pytest.mark.parametrize("rate", ["3G", "M", "3MB", "1.2.3M", "-3M", "10", "101M", "0x30000000",
                                  "inf", "1e6"])
def test_bitrate(rate):
    result = run("--max-bitrate", rate)
    assert result.returncode == 2
    assert one_line(result) == (f"--max-bitrate '{rate}': must be a bitrate like 3M or 2500k, "
                                "from 50k to 100M")


@pytest.mark.parametrize("priority", ["rt", "fifo:0", "fifo:98", "fifo:", "nice:0", "nice:-21",
                                      "none:1"])
def test_priority(priority):
    result = run("--url", URL, "--priority", priority)
    assert result.returncode == 2
    assert one_line(result) == "--priority must be none, nice[:-20..-1] or fifo[:1..97]"


@pytest.mark.parametrize("args", [["--priority", "nice:-5"], ["--priority=fifo:20"],
                                  ["--max-bitrate", "2.5M"], ["--max-bitrate", "2500k"],
                                  ["--max-bitrate=3000000"], ["--size", "640x480"]])
def test_good_values_get_as_far_as_the_token(args):
    assert run("--url", URL, *args).returncode == 3


def test_a_secret_behind_an_unknown_flag_is_not_repeated():
    for args in (["--token=hush-hush"], ["--api-secret=hush-hush"], ["--api-secret", "hush-hush"],
                 ["publish", sign(claims())]):
        result = run(*args)
        assert result.returncode == 2
        assert "hush" not in one_line(result)
        assert claims()["iss"] not in result.stderr


# --- tokens ------------------------------------------------------------------

def test_no_token():
    for env in ({}, {"LIVEKIT_API_KEY": KEY}, {"LIVEKIT_API_SECRET": SECRET}, {"LIVEKIT_TOKEN": ""}):
        result = run("--url", URL, **env)
        assert result.returncode == 3
        assert one_line(result) == ("no token: set LIVEKIT_TOKEN, LIVEKIT_TOKEN_URL, or LIVEKIT_API_KEY and "
                                    "LIVEKIT_API_SECRET, or give --token-file FILE")


VIDEO = claims()["video"]
BAD_TOKENS = {
    "word": ("not-a-token", ""),
    "two parts": ("aaaa.bbbb", ""),
    "no json": ("aaaa.bbbb.cccc", ""),
    "expired": (sign(claims(exp=int(time.time()) - 3600)), "exp"),
    "too early": (sign(claims(nbf=int(time.time()) + 3600)), "nbf"),
    "no join": (sign(claims(video=VIDEO | {"roomJoin": False})), "roomJoin"),
    "no publish": (sign(claims(video=VIDEO | {"canPublish": False})), "canPublish"),
    "no grant": (sign({k: v for k, v in claims().items() if k != "video"}), ""),
}


@pytest.mark.parametrize("way", ["variable", "file"])
@pytest.mark.parametrize("name", BAD_TOKENS)
def test_bad_token(name, way, tmp_path):
    token, named = BAD_TOKENS[name]
    if way == "file":
        path = tmp_path / "token"
        path.write_text(token + "\n")
        result = run("--url", URL, "--token-file", str(path))
        start = f"the token in {path} does not work: "
    else:
        result = run("--url", URL, LIVEKIT_TOKEN=token)
        start = "the token in LIVEKIT_TOKEN does not work: "
    assert result.returncode == 3
    line = one_line(result)
    assert line.startswith(start)
    assert named in line
    # Neither the token nor one of its long parts.
    for part in [token, *token.split(".")]:
        assert len(part) < 8 or part not in line


def test_token_file_that_is_no_token(tmp_path):
    missing, empty, huge = tmp_path / "missing", tmp_path / "empty", tmp_path / "huge"
    empty.write_text(" \n")
    huge.write_text("x" * 100000)
    for path, line in ((missing, f"cannot read the token file {missing}: No such file or directory"),
                       (tmp_path, f"cannot read the token file {tmp_path}: Is a directory"),
                       (empty, f"the token in {empty} is empty"),
                       (huge, f"cannot read the token file {huge}: too long for a token")):
        result = run("--url", URL, "--token-file", str(path))
        assert result.returncode == 3
        assert one_line(result) == line


def test_file_beats_variable(tmp_path):
    path = tmp_path / "token"
    path.write_text("bad")
    result = run("--url", URL, "--token-file", str(path), LIVEKIT_TOKEN=sign(claims()),
                 LIVEKIT_API_KEY=KEY, LIVEKIT_API_SECRET=SECRET)
    assert result.returncode == 3
    assert str(path) in one_line(result)


def test_variable_beats_key_and_secret():
    result = run("--url", URL, LIVEKIT_TOKEN="bad", LIVEKIT_API_KEY=KEY, LIVEKIT_API_SECRET=SECRET)
    assert result.returncode == 3
    assert "LIVEKIT_TOKEN" in one_line(result)


def test_token_command():
    before = int(time.time())
    result = run("token", "--room", "yard", "--identity", "arm", "--valid", "60",
                 LIVEKIT_API_KEY=KEY, LIVEKIT_API_SECRET=SECRET)
    assert result.returncode == 0
    assert result.stderr == ""
    got = read(result.stdout.removesuffix("\n"))
    assert (got["iss"], got["sub"]) == (KEY, "arm")
    assert 60 <= got["exp"] - before <= 62
    video = got["video"]
    assert (video["room"], video["roomJoin"]) == ("yard", True)
    assert (video["canPublish"], video["canSubscribe"]) == (True, False)
    assert got["roomConfig"]["maxPlayoutDelay"] == 1
    assert SECRET not in result.stdout


@pytest.mark.parametrize("flags, publish, subscribe", [
    ([], True, False), (["--publish"], True, False), (["--subscribe"], False, True),
    (["--publish", "--subscribe"], True, True)])
def test_token_rights(flags, publish, subscribe):
    result = run("token", *flags, LIVEKIT_API_KEY=KEY, LIVEKIT_API_SECRET=SECRET)
    video = read(result.stdout.strip())["video"]
    assert (video["canPublish"], video["canSubscribe"]) == (publish, subscribe)


def test_token_defaults_and_environment():
    keys = {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
    plain = read(run("token", **keys).stdout.strip())
    assert plain["video"]["room"] == "lkcam"
    assert plain["sub"] == f"lkcam-{socket.gethostname()}"
    named = read(run("token", "--room", "flag", LIVEKIT_ROOM="env", LIVEKIT_IDENTITY="who",
                     **keys).stdout.strip())
    assert (named["video"]["room"], named["sub"]) == ("flag", "who")


@pytest.mark.parametrize("command", ["token", "view"])
def test_signing_needs_key_and_secret(command):
    for env, missing in (({}, "LIVEKIT_API_KEY"), ({"LIVEKIT_API_KEY": KEY}, "LIVEKIT_API_SECRET"),
                         ({"LIVEKIT_API_SECRET": SECRET}, "LIVEKIT_API_KEY")):
        result = run(command, LIVEKIT_URL=URL, **env)
        assert result.returncode == 3
        assert one_line(result) == f"cannot sign a token: {missing} is not set in the environment"


def test_ledger_that_cannot_be_written(tmp_path):
    path = tmp_path / "no" / "ledger.csv"
    result = run("--url", URL, "--ledger", str(path), LIVEKIT_TOKEN=sign(claims()))
    assert result.returncode == 1
    assert one_line(result) == f"cannot write the ledger {path}: No such file or directory"


# --- the run -----------------------------------------------------------------

def test_bad_url():
    result = run("--url", "rtsp://camera", "--source", "pattern", LIVEKIT_TOKEN=sign(claims()))
    assert result.returncode == 2
    assert len(result.stderr.splitlines()[-1]) > len("lkcam: ")


def test_server_not_there():
    with socket.socket() as held:  # bound and not listening: connections are refused
        held.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{held.getsockname()[1]}"
        result = run("--url", f"ws://{where}", "--source", "pattern", LIVEKIT_TOKEN=sign(claims()))
    assert result.returncode == 5
    assert result.stderr.splitlines()[-1] == f"lkcam: the server cannot be reached: {where}: connection refused"


def test_scheme_s_own_port_is_named():
    result = run("--url", "ws://[::1]", "--source", "pattern", LIVEKIT_TOKEN=sign(claims()))
    assert result.returncode == 5
    assert ": [::1]:80: " in result.stderr.splitlines()[-1]


def test_camera_not_there():
    result = run("--url", URL, "--device", "/dev/video-that-is-not", LIVEKIT_TOKEN=sign(claims()))
    assert result.returncode == 4
    assert "/dev/video-that-is-not" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_it_within_a_second(number):
    with socket.socket() as silent:  # takes the connection and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(10)
        url = f"ws://127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen([LKCAM, "--url", url, "--source", "pattern"], text=True,
                              env=environment(LIVEKIT_TOKEN=sign(claims())),
                              stderr=subprocess.PIPE) as process:
            try:
                connection, _ = silent.accept()
                with connection:
                    sent = time.monotonic()
                    process.send_signal(number)
                    assert process.wait(5) == 0
                    assert time.monotonic() - sent < 1
            finally:
                process.kill()


def test_under_nohup_a_hangup_ends_nothing():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(10)
        url = f"ws://127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen(["nohup", LKCAM, "--url", url, "--source", "pattern"],
                              env=environment(LIVEKIT_TOKEN=sign(claims())),
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            try:
                connection, _ = silent.accept()
                with connection:
                    process.send_signal(signal.SIGHUP)
                    with pytest.raises(subprocess.TimeoutExpired):
                        process.wait(0.5)
                    process.terminate()
                    assert process.wait(5) == 0
            finally:
                process.kill()


def test_a_reader_that_does_not_read_does_not_hold_it_up():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b" " * 4096)
    os.set_blocking(writing, True)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(10)
        url = f"ws://127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen([LKCAM, "--url", url, "--source", "pattern", "--stats", "json"],
                              env=environment(LIVEKIT_TOKEN=sign(claims())), stdout=writing,
                              stderr=subprocess.DEVNULL) as process:
            try:
                connection, _ = silent.accept()
                with connection:
                    # The first object is due a second after the start.
                    with pytest.raises(subprocess.TimeoutExpired):
                        process.wait(1.5)
                    process.send_signal(signal.SIGTERM)
                    assert process.wait(5) == 0
            finally:
                process.kill()
                os.close(reading)
                os.close(writing)


# --- the status line ---------------------------------------------------------

@contextlib.contextmanager
def terminal(columns):
    """Both ends of a terminal."""
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)


def test_status_line_on_a_narrow_terminal(shared_server, room):
    env = environment(LIVEKIT_API_KEY=API_KEY, LIVEKIT_API_SECRET=API_SECRET)
    with terminal(80) as (ours, theirs):
        with subprocess.Popen([LKCAM, "--url", shared_server.url, "--room", room, "--source", "pattern"],
                              env=env, stderr=theirs) as process:
            os.set_blocking(ours, False)
            said = bytearray()

            def lines():
                with contextlib.suppress(BlockingIOError):
                    said.extend(os.read(ours, 65536))
                return re.findall(r"\r([^\r\n]+?)\x1b\[K", said.decode(errors="replace"))

            try:
                live = re.compile(r"live \d+ fps [1-9]\d* kbit/s age [\d.]+ ms rtt [\d.]+ ms "
                                  r"loss [\d.]+% udp [\d.]+:\d+, .*")
                wait_for(lambda: any(live.fullmatch(line) for line in lines()), 8, lines)
                # The server tells some ten seconds after the start.
                wait_for(lambda: lines()[-1] == "nobody watches; sending stops", 25, lines)
                assert max(map(len, lines())) == 79
                process.terminate()
                assert process.wait(5) == 0
            finally:
                process.kill()


# --- the viewer page ---------------------------------------------------------

@pytest.fixture(name="page")
def fixture_page(tmp_path):
    client = tmp_path / "client.js"
    client.write_text("// the client\n")
    env = environment(LIVEKIT_API_KEY=KEY, LIVEKIT_API_SECRET=SECRET, LIVEKIT_URL=URL)
    with subprocess.Popen([LKCAM, "view", "--room", "yard", "--client", str(client)], env=env,
                          stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
            process.terminate()
            assert process.wait(5) == 0
        finally:
            process.kill()


def get(url, method="GET", host=None):
    request = urllib.request.Request(url, method=method, headers={"Host": host} if host else {})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_page_address_and_files(page):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[0-9a-f]{32}/", page)
    for name, kind in (("", "text/html"), ("viewer.js", "text/javascript"),
                       ("viewer.css", "text/css"), ("livekit-client.umd.js", "text/javascript")):
        status, headers, body = get(page + name)
        assert status == 200
        assert headers["Content-Type"].startswith(kind)
        assert body
    assert get(page + "livekit-client.umd.js")[2] == "// the client\n"


def test_page_policy(page):
    _, headers, body = get(page)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<script(?![^>]*src=)", body)


def test_page_gives_tokens_that_only_watch(page):
    sessions = [json.loads(get(page + "session")[2]) for _ in range(2)]
    tokens = [read(s["token"]) for s in sessions]
    for session, token in zip(sessions, tokens):
        assert (session["url"], session["room"]) == (URL, "yard")
        video = token["video"]
        assert (video["canPublish"], video["canSubscribe"], video["room"]) == (False, True, "yard")
        assert token["roomConfig"]["maxPlayoutDelay"] == 1
    assert tokens[0]["sub"] != tokens[1]["sub"]


def test_everything_else_is_not_found(page):
    base, key = page.rstrip("/").rsplit("/", 1)
    wrong = ("0" if key[-1] != "0" else "1")
    for path in ("", "/", "/index.html", "/session", f"/{key}", f"/{key[:-1]}{wrong}/",
                 f"/{key[:-1]}/", f"/{key}0/", f"/{key}/nothing", f"/{key}/../{key}/session",
                 f"/{key}/..%2fsession", f"/{key}/viewer.js/", f"/{'0' * 32}/session"):
        status, headers, body = get(base + path)
        assert status == 404, path
        assert key not in body
        assert "Content-Security-Policy" in headers


def test_page_takes_no_post(page):
    assert get(page + "session", method="POST")[0] == 405


def test_page_listens_on_loopback_only(page):
    port = int(page.split(":")[2].split("/")[0])
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    listening = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")]
    assert listening == [f"0100007F:{port:04X}"]


def test_page_port_taken(tmp_path):
    client = tmp_path / "client.js"
    client.write_text("//\n")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        result = run("view", "--port", str(port), "--client", str(client), LIVEKIT_URL=URL,
                     LIVEKIT_API_KEY=KEY, LIVEKIT_API_SECRET=SECRET)
    assert result.returncode == 1
    assert one_line(result) == (f"cannot serve on 127.0.0.1 port {port}: "
                                "Address already in use")


def test_page_without_client(tmp_path):
    missing = tmp_path / "missing.js"
    result = run("view", "--client", str(missing), LIVEKIT_URL=URL, LIVEKIT_API_KEY=KEY,
                 LIVEKIT_API_SECRET=SECRET)
    assert result.returncode == 1
    assert one_line(result).startswith(f"cannot read LiveKit's browser client {missing}: No such file")


def test_build_directory_takes_the_client_of_its_sources(tmp_path):
    build = pathlib.Path(LKCAM).parent
    for name in ("lkcam", "index.html", "viewer.css", "viewer.js"):
        shutil.copy(build / name, tmp_path)
    client = ROOT / "viewer/node_modules/livekit-client/dist/livekit-client.umd.js"
    assert client.exists(), "scripts/viewer-client.sh fetches it"
    env = environment(LIVEKIT_API_KEY=KEY, LIVEKIT_API_SECRET=SECRET, LIVEKIT_URL=URL)
    with subprocess.Popen([tmp_path / "lkcam", "view"], env=env, stdout=subprocess.PIPE,
                          text=True) as process:
        try:
            page = process.stdout.readline().strip()
            assert get(page + "livekit-client.umd.js")[2] == client.read_text()
        finally:
            process.kill()


# --- the papers --------------------------------------------------------------

def test_man_page_has_every_flag():
    page = (ROOT / "docs/lkcam.1").read_text().replace("\\-", "-")
    for command in ("publish", "token", "view"):
        for flag in re.findall(r"^  (--[a-z-]+)", run(command, "--help").stdout, re.M):
            assert flag in page, flag


def test_help_and_man_page_name_every_preset():
    assert "preset (lkcam): lkcam, or x264's own: " + " ".join(X264_PRESETS) in run("--help").stdout + run("publish", "--help").stdout
    page = (ROOT / "docs/lkcam.1").read_text()
    assert ".B lkcam\n(default)" in page and ", ".join(X264_PRESETS) in page


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_the_encoders(preset):
    result = run("--url", URL, "--source", "pattern", "--size", "64x64", "--preset", preset, LIVEKIT_TOKEN=sign(claims()))
    assert result.returncode == 5, result.stderr  # the encoder took it, and nothing listens at URL
