# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""wss:// through nginx, which offers HTTP/2 too: a private authority, a path before LiveKit's own, and certificates that are not accepted."""
import subprocess

import pytest

from certificates import Authority
from nginx import Nginx
from publisher import DONE, PATTERN, SERVER, Publisher

USAGE = 2
PICTURES = 300
SYSTEM_ROOTS = "/etc/ssl/certs/ca-certificates.crt"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def nginx(tmp_path, authority, shared_server, children):
    """nginx(names, days, authority=) -> a running one before the shared server, with a certificate of the authority."""
    def start(*certificate, authority=authority):
        folder = tmp_path / f"nginx{len(children)}"
        folder.mkdir()
        children.append(Nginx(folder, shared_server.port, authority.issue(*certificate)))
        return children[-1].wait_ready()
    return start


def offers_http2(server, authority):
    asked = subprocess.run(["curl", "-s", "-m", "5", "--noproxy", "*", "--http2", "--cacert", str(authority.file), "-o", "/dev/null",
                            "-w", "%{http_version}", server.url.replace("wss", "https")], capture_output=True, text=True)
    return asked.stdout == "2"


def last_line(publisher):
    return publisher.stderr.strip().splitlines()[-1]


def test_pictures_through_nginx_with_http2(nginx, authority, publish, subscribe):
    server = nginx()
    assert offers_http2(server, authority)
    publisher = publish("--ca-file", str(authority.file), url=server.url)
    publisher.wait_live()
    viewer = subscribe()        # straight to the server
    ids = [p["id"] for p in list(viewer.wait_pictures(PICTURES, 20))]
    assert publisher.stop()[0] == DONE
    assert None not in ids and ids == sorted(set(ids))
    over = server.wait_requests(2)
    assert over[0]["protocol"] == "HTTP/2.0" and over[0]["alpn"] == "h2"
    assert len(over) == 2 and over[1]["request"].startswith("/rtc/v1?")
    assert (over[1]["protocol"], over[1]["alpn"], over[1]["status"]) == ("HTTP/1.1", "http/1.1", 101)


def test_six_cameras_through_nginxs_own_limits(nginx, authority, publish, subscribe):
    """Their tracks and offer would make a request line of 10 kB, where nginx takes 8: they follow the join as messages."""
    names = [f"camera {i}" for i in range(6)]
    server, viewers = nginx(), [subscribe(only=name) for name in names]
    for viewer in viewers:
        viewer.wait_kind("connected", 20)
    publisher = publish("--ca-file", str(authority.file), "--size", "320x180", "--fps", "10", "--max-bitrate", "300k",
                        *(word for name in names for word in ("--name", name)), url=server.url)
    publisher.wait_live()
    for viewer in viewers:
        viewer.wait_decoded(20, 20)
    assert publisher.last["signalling"] == "v1 two-step" and publisher.last["cameras"] == len(names)
    assert publisher.stop()[0] == DONE
    asked, = server.wait_requests(1)
    assert asked["status"] == 101 and len(asked["request"]) < 6 * 1024


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_path_before_livekits_own_is_kept(slash, nginx, authority, publish):
    server = nginx()
    publisher = publish("--ca-file", str(authority.file), url=f"{server.url}/livekit{slash}")
    publisher.wait_live()
    assert publisher.stop()[0] == DONE
    asked, = server.wait_requests(1)
    assert asked["request"].startswith("/livekit/rtc/v1?") and asked["status"] == 101


@pytest.mark.parametrize("names, days, told", [
    (["DNS:other.example"], [2], "is not for this host name"),
    (["DNS:localhost"], [-1], "has expired"),
], ids=["another name", "expired"])
def test_a_certificate_that_is_not_accepted(names, days, told, nginx, authority, publish):
    server = nginx(*names, *days)
    publisher = publish("--ca-file", str(authority.file), url=server.url)
    assert publisher.wait_end(5)[0] == SERVER
    assert told in last_line(publisher) and f"localhost:{server.port}" in last_line(publisher)
    assert not any(r["status"] == 101 for r in server.requests)


def test_an_authority_that_is_not_known(nginx, publish, authority, tmp_path):
    """Neither the system's roots nor another private authority vouch for it; OpenSSL's own variables change nothing."""
    server = nginx()
    stranger = Authority(tmp_path)
    for flags, env in ((["--ca-file", str(stranger.file)], {}), ([], {"SSL_CERT_FILE": str(authority.file), "SSL_CERT_DIR": str(tmp_path)})):
        publisher = publish(*flags, url=server.url, env=env)
        assert publisher.wait_end(5)[0] == SERVER
        assert "is of an authority that is not known here" in last_line(publisher) and "--ca-file" in last_line(publisher)


def test_no_tls_behind_the_port(shared_server, publish):
    publisher = publish(url=shared_server.url.replace("ws:", "wss:"))
    assert publisher.wait_end(5)[0] == SERVER
    assert "TLS handshake failed" in last_line(publisher)


def test_no_tls_asked_of_a_tls_port(nginx, publish):
    publisher = publish(url=nginx().url.replace("wss:", "ws:"))
    assert publisher.wait_end(5)[0] == SERVER
    assert "HTTP 400" in last_line(publisher)


# --- the system's roots, and a file instead of them --------------------------------------------

@pytest.fixture
def with_system_roots(lkcam, tmp_path):
    """A lkcam that sees `file` in the place of the system's roots."""
    def make(file):
        program = tmp_path / "lkcam"
        program.write_text(f"#!/bin/sh\nexec unshare -m sh -c 'mount --bind \"{file}\" {SYSTEM_ROOTS} && exec \"$0\" \"$@\"' {lkcam} \"$@\"\n")
        program.chmod(0o755)
        return str(program)
    return make


def test_system_roots_count_without_a_file(with_system_roots, nginx, authority, room, children):
    program = with_system_roots(authority.file)
    children.append(Publisher(program, nginx().url, room, "camera", PATTERN))
    children[-1].wait_live()
    assert children[-1].stop()[0] == DONE


def test_a_file_is_believed_instead_of_the_systems(with_system_roots, nginx, authority, room, children, tmp_path):
    stranger = Authority(tmp_path)
    program = with_system_roots(authority.file)
    children.append(Publisher(program, nginx().url, room, "camera", [*PATTERN, "--ca-file", str(stranger.file)]))
    assert children[-1].wait_end(5)[0] == SERVER
    assert "is of an authority that is not known here" in last_line(children[-1])


# --- the file itself ---------------------------------------------------------------------------

def damaged(text):
    return text.replace("MI", "M!", 1)


@pytest.mark.parametrize("make, told", [
    (lambda f, a: None, "No such file"),
    (lambda f, a: f.mkdir(), "Is a directory"),
    (lambda f, a: f.write_text(""), "holds no certificate"),
    (lambda f, a: f.write_text(a.file.with_suffix(".key").read_text()), "holds no certificate"),
    (lambda f, a: f.write_text(damaged(a.file.read_text())), "certificate 1 of the CA file"),
    (lambda f, a: f.write_text(a.file.read_text() + damaged(a.file.read_text())), "certificate 2 of the CA file"),
    (lambda f, a: f.write_bytes(b"\0" * (5 << 20)), "File too large"),
], ids=["missing", "folder", "empty", "key", "damaged", "second damaged", "huge"])
def test_a_ca_file_that_cannot_work(make, told, authority, tmp_path, publish):
    file = tmp_path / "ca.pem"
    make(file, authority)
    publisher = publish("--ca-file", str(file), url="wss://localhost:1")
    assert publisher.wait_end(5)[0] == USAGE
    line, = publisher.stderr.splitlines()
    assert told in line and str(file) in line


def test_a_url_that_cannot_work_is_told_in_one_line(publish):
    publisher = publish(url="ftp://localhost")
    assert publisher.wait_end(5)[0] == USAGE
    assert publisher.stderr.splitlines() == ["lkcam: the server's URL must begin with ws://, wss://, http:// or https://"]
