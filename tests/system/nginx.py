# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The real nginx in front of a livekit-server, with TLS and HTTP/2, as people run it; media goes past it."""
import json
import pathlib
import shutil
import socket

from child import Child
from server import free_port
from waiting import wait_for

# Limits of nginx are left as they come. The prefix is taken off, as proxy_pass with a path does.
CONFIG = """
user root;
worker_processes 1;
pid {folder}/pid;
events {{ worker_connections 64; }}
http {{
    log_format fields escape=json '{{"request":"$request_uri","protocol":"$server_protocol","alpn":"$ssl_alpn_protocol","status":$status}}';
    access_log {folder}/access fields;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
        location / {{ proxy_pass http://127.0.0.1:{upstream}; }}
        location /livekit/ {{ proxy_pass http://127.0.0.1:{upstream}/; }}
    }}
}}
"""


class Nginx(Child):
    """`url` names it as localhost; `folder` is its own."""

    def __init__(self, folder, upstream_port, certificate):
        self.port = free_port()
        self.url = f"wss://localhost:{self.port}"
        self._access = pathlib.Path(folder) / "access"
        config = pathlib.Path(folder) / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=self.port, upstream=upstream_port,
                                        certificate=certificate.file, key=certificate.key))
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
        assert program, "nginx is missing; scripts/deps.sh test installs it"
        super().__init__([program, "-e", "stderr", "-p", str(folder), "-c", str(config), "-g", "daemon off;"])

    def wait_ready(self):
        self.wait_for(self._listens, 5, "nginx listens")
        return self

    def _listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def requests(self):
        """Requests that are over: `request` with its path, `protocol`, `alpn`, `status`."""
        return [json.loads(line) for line in self._access.read_text().splitlines()] if self._access.exists() else []

    def wait_requests(self, count, deadline_s=5):
        return wait_for(lambda: len(self.requests) >= count and self.requests, deadline_s, lambda: f"{count} requests; {self.requests}")

    def kill(self):
        """SIGTERM: the master takes its workers along."""
        if self.running:
            self.process.terminate()
            self.process.wait(10)
        super().kill()
