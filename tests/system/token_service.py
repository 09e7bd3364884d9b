# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A token service of the tests: an HTTP server that answers as a test wants it to."""
import datetime
import http.server
import json
import threading
import urllib.parse

from livekit import api

from server import API_KEY, API_SECRET


def token(room, identity, publish=True, ttl_s=3600, secret=API_SECRET):
    """As a service of LiveKit's own library makes it."""
    grants = api.VideoGrants(room_join=True, room=room, can_publish=publish, can_subscribe=False)
    return (api.AccessToken(API_KEY, secret).with_identity(identity).with_grants(grants)
            .with_ttl(datetime.timedelta(seconds=ttl_s)).to_jwt())


class Request:
    """What was asked: method, path, and room and identity by whichever name they came."""

    def __init__(self, handler, body):
        parts = urllib.parse.urlsplit(handler.path)
        self.method, self.path = handler.command, parts.path
        self.query = {k: v[0] for k, v in urllib.parse.parse_qs(parts.query).items()}
        self.headers, self.body = handler.headers, body
        self.json = json.loads(body) if body else {}
        self.room = self.json.get("room_name") or self.query.get("room")
        self.identity = self.json.get("participant_identity") or self.query.get("identity")

    def token(self, **options):
        return token(self.room, self.identity, **options)


class Answer:
    def __init__(self, body=b"", status=200, **headers):
        self.body = body if isinstance(body, bytes) else body.encode()
        self.status, self.headers = status, {k.replace("_", "-"): v for k, v in headers.items()}


def as_json(status=200, **members):
    return Answer(json.dumps(members), status, Content_Type="application/json")


class TokenService:
    """`answer(request)` gives an Answer, or None: nothing is said until `close`. `requests` is what was asked so far."""

    def __init__(self, answer):
        self.requests, self._closed = [], threading.Event()
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                request = Request(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))
                service.requests.append(request)
                given = answer(request)
                if given is None:
                    service._closed.wait()
                    return
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(given.body)))
                self.end_headers()
                try:
                    self.wfile.write(given.body)
                except OSError:     # the other side has had enough
                    self.close_connection = True

            do_GET = do_POST = handle_any

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.base}/api/token"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def methods(self):
        return [r.method for r in self.requests]

    def close(self):
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
