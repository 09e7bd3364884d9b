# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The real livekit-server, media on loopback only unless told otherwise."""
import json
import os
import signal
import socket
import subprocess
import tempfile
import urllib.request

from waiting import wait_for

API_KEY, API_SECRET = "devkey", "secretsecretsecretsecretsecretsecret"
GRACE_S = 0.5


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def loopback_config():
    """Announces 127.0.0.1 at once and hands no public STUN server to clients."""
    return {
        "port": free_port(),
        "bind_addresses": ["127.0.0.1"],
        "keys": {API_KEY: API_SECRET},
        "logging": {"level": "debug"},
        "rtc": {
            "udp_port": free_port(socket.SOCK_DGRAM),
            "tcp_port": free_port(),
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo"]},
            "use_external_ip": False,
            "stun_servers": ["127.0.0.1:3478"],
        },
    }


def routed_config(address):
    """Announces one address of a namespace from which no route leads out."""
    config = loopback_config()
    config["bind_addresses"] = [""]
    config["rtc"] = {"udp_port": 7882, "tcp_port": 7881, "node_ip": address, "use_external_ip": False, "stun_servers": []}
    return config


def merged(base, extra):
    out = dict(base)
    for key, value in extra.items():
        out[key] = merged(out.get(key, {}), value) if isinstance(value, dict) else value
    return out


class Server:
    def __init__(self, binary, config, host="127.0.0.1", namespace=None):
        self.config, self.udp_port = config, config["rtc"]["udp_port"]
        self.host, self.port, self.namespace = host, config["port"], namespace
        self.url = f"ws://{host}:{self.port}"
        self._config = tempfile.NamedTemporaryFile("w", suffix=".yaml")
        json.dump(config, self._config)     # JSON is YAML
        self._config.flush()
        self._log = tempfile.TemporaryFile("w+b")
        prefix = ["ip", "netns", "exec", namespace] if namespace else []
        self.process = subprocess.Popen(prefix + [binary, "--config", self._config.name], stdin=subprocess.DEVNULL,
                                        stdout=self._log, stderr=subprocess.STDOUT, env=os.environ | {"GOMAXPROCS": "2"})

    def wait_ready(self):
        wait_for(self._answers, 10, lambda: f"livekit-server answers; {self.log[-2000:]}")
        return self

    def _answers(self):
        assert self.process.poll() is None, f"livekit-server ended: {self.log[-2000:]}"
        if self.namespace:
            return not subprocess.run(["ip", "netns", "exec", self.namespace, "bash", "-c",
                                       f"exec 3<>/dev/tcp/{self.host}/{self.port}"], capture_output=True).returncode
        try:
            with urllib.request.urlopen(f"http://{self.host}:{self.port}/", timeout=1) as answer:
                return answer.read() == b"OK"
        except OSError:
            return False

    @property
    def log(self):
        """For people who look at a failed test; no test asserts on it."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def stop(self):
        """SIGTERM may wait for participants to leave, so it is not waited for long."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self._config.close()
        self._log.close()
