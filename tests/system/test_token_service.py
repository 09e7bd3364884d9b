# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The token service: every form of it against the real server, and every refusal with its line and exit code."""
import time

import pytest

from child import Child
from publisher import CAMERA, DONE, TOKEN, environment
from server import API_KEY, API_SECRET, free_port
from token_service import Answer, TokenService, as_json, token

USAGE = 2
PATIENCE_S = 5.0     # of lkcam with a service, in all


@pytest.fixture
def service():
    """service(answer) -> a TokenService."""
    started = []

    def start(answer):
        started.append(TokenService(answer))
        return started[-1]
    yield start
    for s in started:
        s.close()


@pytest.fixture
def camera(lkcam, room, children):
    """camera(*flags, **environment) -> `lkcam publish` with that environment and no other."""
    def start(*flags, source="pattern", **env):
        clean = {k: v for k, v in environment("").items() if not k.startswith("LIVEKIT_")}
        argv = [lkcam, "publish", "--source", source, "--stats", "json", "--room", room, "--identity", "arm", *flags]
        children.append(Child(argv, env=clean | env))
        return children[-1]
    return start


def is_live(child):
    return any(s["connected"] and s["published"] and s["frames_sent"] > 0 for s in child.objects)


def wait_live(child):
    child.wait_for(lambda: is_live(child), 8, lambda: f"live; {child.objects[-1:]}")


def check_secrecy(child, *secrets):
    told = child.stderr + "\n".join(child.lines)
    for secret in secrets:
        assert secret not in told


def only_get(status, answer):
    def treat(request):
        return Answer("no", status) if request.method == "POST" else answer(request)
    return treat


# --- what works ----------------------------------------------------------------

GOOD = {
    "standard": (lambda r: as_json(participant_token=r.token()), ["POST"]),
    "standard, 201": (lambda r: as_json(201, participant_token=r.token()), ["POST"]),
    "get, 404": (only_get(404, lambda r: as_json(token=r.token())), ["POST", "GET"]),
    "get, 405": (only_get(405, lambda r: as_json(token=r.token())), ["POST", "GET"]),
    "get, 415": (only_get(415, lambda r: as_json(token=r.token())), ["POST", "GET"]),
    "get, 501": (only_get(501, lambda r: as_json(token=r.token())), ["POST", "GET"]),
    "camel case": (lambda r: as_json(participantToken=r.token()), ["POST"]),
    "access token": (lambda r: as_json(accessToken=r.token(), more={"a": [None]}), ["POST"]),
    "bare": (lambda r: Answer(r.token()), ["POST"]),
    "bare with line end": (only_get(405, lambda r: Answer(f"  {r.token()}\r\n")), ["POST", "GET"]),
    "string": (lambda r: Answer(f'"{r.token()}"'), ["POST"]),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_service(name, service, camera, shared_server, room, api):
    answer, methods = GOOD[name]
    s = service(answer)
    child = camera("--token-url", s.url, LIVEKIT_URL=shared_server.url)
    wait_live(child)
    assert "arm" in api.participants()
    assert s.methods == methods
    for request in s.requests:
        assert (request.room, request.identity, request.path) == (room, "arm", "/api/token")
    assert child.stop()[0] == DONE


def test_what_is_asked(service, camera, shared_server):
    """By POST and by GET; the URL's own query and password go where they belong and nowhere else."""
    s = service(only_get(405, lambda r: as_json(token=r.token())))
    url = f"http://joe:hush-hush@127.0.0.1:{s.port}/api/token?key=hush-too"
    child = camera("--room", "a b&c", "--identity", "ärm", "--verbose", LIVEKIT_TOKEN_URL=url, LIVEKIT_URL=shared_server.url)
    wait_live(child)
    assert child.stop()[0] == DONE
    post, get = s.requests
    assert post.json == {"room_name": "a b&c", "participant_identity": "ärm", "participant_name": "ärm"}
    assert post.headers["Content-Type"] == "application/json"
    assert post.query == {"key": "hush-too"}
    assert get.query == {"key": "hush-too", "room": "a b&c", "roomName": "a b&c", "identity": "ärm",
                         "username": "ärm", "participantName": "ärm"}
    assert get.headers["Authorization"].startswith("Basic ")
    assert "Authorization" in post.headers
    check_secrecy(child, "hush", "eyJ")


def test_the_server_that_the_service_names(service, camera, shared_server, api):
    for key in ("url", "server_url", "serverUrl"):
        s = service(lambda r: as_json(**{key: shared_server.url, "token": r.token()}))
        child = camera(LIVEKIT_TOKEN_URL=s.url)
        wait_live(child)
        assert "arm" in api.participants()
        assert child.stop()[0] == DONE


def test_the_server_that_the_user_names_wins(service, camera, shared_server, api):
    s = service(lambda r: as_json(url=f"ws://127.0.0.1:{free_port()}", token=r.token()))
    child = camera("--url", shared_server.url, LIVEKIT_TOKEN_URL=s.url)
    wait_live(child)
    assert "arm" in api.participants()
    assert child.stop()[0] == DONE


@pytest.mark.parametrize("status, methods", [(307, ["POST", "POST"]), (308, ["POST", "POST"]), (301, ["POST", "GET", "GET"]),
                                             (302, ["POST", "GET", "GET"]), (303, ["POST", "GET", "GET"])])
def test_redirects_are_followed(status, methods, service, camera, shared_server, room):
    def answer(request):
        if request.path == "/api/token":
            query = "?" + "&".join(f"{k}={v}" for k, v in request.query.items()) if request.query else ""
            return Answer("moved", status, Location="/new/place" + query)
        return as_json(token=request.token())
    s = service(answer)
    child = camera(LIVEKIT_TOKEN_URL=s.url, LIVEKIT_URL=shared_server.url)
    wait_live(child)
    assert child.stop()[0] == DONE
    assert s.methods == methods
    assert s.requests[-1].path == "/new/place" and s.requests[-1].room == room


# --- who comes first -------------------------------------------------------------

def test_each_source_beats_those_after_it(service, camera, shared_server, api, room, tmp_path):
    """--token-file, LIVEKIT_TOKEN, the service, key and secret: whose identity is in the room tells."""
    s = service(lambda r: as_json(token=token(room, "service")))
    path = tmp_path / "token"
    path.write_text(token(room, "file"))
    env = {"LIVEKIT_URL": shared_server.url, "LIVEKIT_API_KEY": API_KEY, "LIVEKIT_API_SECRET": API_SECRET}
    told = (("key", [], {}),
            ("service", [], {"LIVEKIT_TOKEN_URL": s.url}),
            ("variable", [], {"LIVEKIT_TOKEN": token(room, "variable")}),
            ("file", ["--token-file", str(path)], {}))
    for expected, flags, more in told:
        env |= more
        child = camera(*flags, **env)
        wait_live(child)
        assert list(api.participants()) == ["arm" if expected == "key" else expected]
        assert child.stop()[0] == DONE
    assert len(s.requests) == 1     # and nobody asked it for nothing


def test_the_flag_beats_the_variable(service, camera, shared_server):
    s, other = service(lambda r: as_json(token=r.token())), service(lambda r: Answer("no", 500))
    child = camera("--token-url", s.url, LIVEKIT_TOKEN_URL=other.url, LIVEKIT_URL=shared_server.url)
    wait_live(child)
    assert child.stop()[0] == DONE and not other.requests


# --- what does not work ------------------------------------------------------------

def refused(child, url, code=TOKEN, within_s=3.0):
    """The last line, without what every one begins with."""
    got, took = child.wait_end(PATIENCE_S + 3)
    assert got == code, child.stderr
    assert took < within_s
    start = f"lkcam: the token service {url} "
    line = child.stderr.splitlines()[-1]
    assert line.startswith(start), line
    check_secrecy(child, "eyJ")
    return line.removeprefix(start)


NO_TOKEN = "JSON that has no token, participant_token, participantToken or accessToken"
BAD = {
    "html with 200": (lambda r: Answer("<!DOCTYPE html><html>sign in</html>"),
                      "answered HTTP 200 with an HTML or XML page, not with a token"),
    "500": (lambda r: Answer("oops", 500), "answered HTTP 500 with the text: oops"),
    "500 that repeats a token": (lambda r: Answer("<" + r.token() + ">", 500), "answered HTTP 500 with an HTML or XML page"),
    "401": (lambda r: as_json(401, error="sign in"), 'answered HTTP 401 with the text: {"error": "sign in"}'),
    "neither post nor get": (lambda r: Answer("", 405 if r.method == "POST" else 404),
                             "answered HTTP 404 (and 405 to a POST) with an empty body"),
    "wrong json": (lambda r: Answer('{"token": "' + r.token()), "answered HTTP 200 with what begins like JSON and is none, not with a token"),
    "no token": (lambda r: as_json(jwt=r.token()), f"answered HTTP 200 with {NO_TOKEN}, not with a token"),
    "token of another kind": (lambda r: as_json(token=[r.token()]),
                              "answered HTTP 200 with JSON whose token is no text of at most 64 kB, not with a token"),
    "empty": (lambda r: Answer("", 204), "answered HTTP 204 with an empty body, not with a token"),
    "text": (lambda r: Answer("come back later"), "answered HTTP 200 with the text: come back later, not with a token"),
    "garbage": (lambda r: Answer(bytes(range(256))), "answered HTTP 200 with 256 bytes that are no text, not with a token"),
    "too long": (lambda r: Answer(b"a" * 1000000), "answered HTTP 200 with more than 64 kB, not with a token"),
    "may not publish": (lambda r: as_json(token=r.token(publish=False)),
                        "gave a token that does not work: token does not allow publishing (claim video.canPublish)"),
    "a server that is none": (lambda r: as_json(token=r.token(), url="rtsp://x"), None),
    "redirect to nowhere": (lambda r: Answer("", 307), "redirects (HTTP 307) without saying where to"),
    "redirect to a file": (lambda r: Answer("", 307, Location="file:///etc/hostname"),
                           "redirects (HTTP 307) to what is no http or https URL"),
    "redirect in a circle": (lambda r: Answer("", 307, Location="/api/token"), "redirects more than 3 times"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_service(name, service, camera):
    answer, line = BAD[name]
    s = service(answer)
    child = camera(LIVEKIT_TOKEN_URL=s.url, **({"LIVEKIT_URL": "ws://127.0.0.1:1"} if line else {}))
    if line:
        assert refused(child, s.url) == line
    else:
        assert child.wait_end(5)[0] == TOKEN
        assert child.stderr.splitlines()[-1] == ("lkcam: the token service names no server: the server's URL must begin with "
                                                 "ws://, wss://, http:// or https://")
    assert s.requests


@pytest.mark.parametrize("claim, ttl_s, expected", [("exp", -3600, "token has expired 60 min ago (claim exp)"),
                                                    ("nbf", None, "token is not valid yet")])
def test_a_token_of_another_time(claim, ttl_s, expected, service, camera, room):
    s = service(lambda r: as_json(token=token(room, "arm", ttl_s=ttl_s) if ttl_s else early(room)))
    line = refused(camera(LIVEKIT_TOKEN_URL=s.url, LIVEKIT_URL="ws://127.0.0.1:1"), s.url)
    assert line.startswith(f"gave a token that does not work: {expected}") and claim in line


def early(room):
    import jwt
    now = int(time.time())
    return jwt.encode({"iss": API_KEY, "sub": "arm", "nbf": now + 3600, "exp": now + 7200,
                       "video": {"roomJoin": True, "room": room}}, API_SECRET)


def test_no_service_there(camera):
    url = f"http://127.0.0.1:{free_port()}/api/token"
    assert refused(camera("--token-url", url), url) == "cannot be reached: connection refused"


def test_no_such_host(camera):
    url = "http://no-such-host.invalid:3000/api/token"
    line = refused(camera("--token-url", url), url, within_s=PATIENCE_S + 2)
    assert line in ("cannot be reached: no such host", "gave no answer within 5 s")     # without a name server: the latter


@pytest.mark.parametrize("slow", ["at once", "in the fallback"])
def test_a_slow_service(slow, service, camera):
    s = service((lambda r: None) if slow == "at once" else only_get(405, lambda r: None))
    child = camera(LIVEKIT_TOKEN_URL=s.url, LIVEKIT_URL="ws://127.0.0.1:1")
    assert refused(child, s.url, within_s=PATIENCE_S + 1.5) == "gave no answer within 5 s"
    assert time.monotonic() - child.started > PATIENCE_S


def test_https_that_is_none(camera, service):
    """The certificate cannot be checked where there is no TLS; nothing is asked in the clear."""
    s = service(lambda r: as_json(token=r.token()))
    url = s.url.replace("http:", "https:")
    assert refused(camera("--token-url", url), url).startswith("cannot be reached: ")
    assert not s.requests


def test_stopping_does_not_wait_for_the_service(service, camera):
    s = service(lambda r: None)
    child = camera(LIVEKIT_TOKEN_URL=s.url, LIVEKIT_URL="ws://127.0.0.1:1")
    child.wait_for(lambda: s.requests, 5, "the service is asked")
    code, took = child.stop()
    assert code == DONE and took < 1


def test_the_camera_s_own_fault_is_told(service, camera):
    s = service(lambda r: None)
    child = camera("--device", "/dev/no-such-camera", source="v4l2", LIVEKIT_TOKEN_URL=s.url, LIVEKIT_URL="ws://127.0.0.1:1")
    assert child.wait_end(3)[0] == CAMERA


USAGES = [("ftp://service/token", "must begin with http:// or https://"), ("http://", "names no host"),
          ("http://h:99999/", "has a port that is no number from 1 to 65535"),
          ("http://joe:hush@h/a b", "has a character that must be percent-encoded")]


@pytest.mark.parametrize("url, why", USAGES, ids=[u[0] for u in USAGES])
def test_an_address_that_cannot_be(url, why, camera):
    child = camera("--token-url", url)
    assert child.wait_end(3)[0] == USAGE
    assert f"lkcam: the token service's URL {why}\n" in child.stderr
    check_secrecy(child, "hush")


def test_no_server_from_anywhere(service, camera):
    s = service(lambda r: as_json(token=r.token()))
    child = camera(LIVEKIT_TOKEN_URL=s.url)
    assert child.wait_end(3)[0] == USAGE
    assert child.stderr.splitlines()[-1] == "lkcam: no server: none was given, and the token service names none"


def test_a_token_at_hand_names_no_server(camera, room):
    """LIVEKIT_TOKEN is used, so nobody is asked who could name one."""
    child = camera(LIVEKIT_TOKEN_URL="http://127.0.0.1:1/", LIVEKIT_TOKEN=token(room, "arm"))
    assert child.wait_end(3)[0] == USAGE
    assert child.stderr.splitlines()[-1] == "lkcam: no server: set LIVEKIT_URL or give --url ws://host:7880"


# --- on the way ----------------------------------------------------------------------

def test_the_proxy_of_the_environment_is_asked(service, camera, shared_server):
    """The service alone: media and signalling of a server on this machine go straight."""
    s = service(lambda r: as_json(token=r.token()))
    child = camera("--token-url", "http://service.invalid:3000/api/token", LIVEKIT_URL=shared_server.url,
                   http_proxy=s.base, no_proxy="127.0.0.1")
    wait_live(child)
    assert s.requests[0].headers["Host"] == "service.invalid:3000"
    assert child.stop()[0] == DONE
