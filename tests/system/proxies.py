# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Real proxies on loopback: tinyproxy for HTTP CONNECT, microsocks for SOCKS5. Each counts what it has carried."""
import re
import shutil
import socket
import subprocess

from child import Child
from server import free_port

NAME, PASSWORD = "crane", "hook-and-4-ropes"


class Proxy(Child):
    scheme = ""

    def __init__(self, argv, port):
        """Returns when it listens."""
        assert shutil.which(argv[0]), f"{argv[0]} is missing; scripts/deps.sh test installs it"
        self.port = port
        super().__init__(argv)
        self.wait_for(self.listens, 5, f"{argv[0]} listens")

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def url(self, name="", password=""):
        return f"{self.scheme}://{name + ':' + password + '@' if name else ''}127.0.0.1:{self.port}"


class Tinyproxy(Proxy):
    """`connect_port`: the only port that it lets through."""
    scheme = "http"

    def __init__(self, folder, connect_port=None, password=None):
        port = free_port()
        config = folder / f"tinyproxy{port}.conf"
        config.write_text(f"Port {port}\nListen 127.0.0.1\nTimeout 600\nAllow 127.0.0.1\nMaxClients 20\n"
                          f'StatHost "counters.invalid"\nLogLevel Error\nLogFile "{folder}/tinyproxy{port}.log"\n'
                          + (f"ConnectPort {connect_port}\n" if connect_port else "")
                          + (f"BasicAuth {NAME} {password}\n" if password else ""))
        self._password, self._own = password, 0
        super().__init__(["tinyproxy", "-d", "-c", str(config)], port)

    def listens(self):
        return bool(self._page())

    def _page(self):
        url = self.url(NAME, self._password) if self._password else self.url()
        page = subprocess.run(["curl", "-s", "-m", "5", "--noproxy", "", "-x", url, "http://counters.invalid/"],
                              capture_output=True, text=True).stdout
        self._own += bool(page)
        return page

    @property
    def carried(self):
        """Requests that it counts itself, without the questions for the count."""
        return int(re.search(r"Number of requests\D*(\d+)", self._page(), re.I).group(1)) - self._own


class Microsocks(Proxy):
    scheme = "socks5h"

    def __init__(self, password=None):
        port = free_port()
        super().__init__(["microsocks", "-i", "127.0.0.1", "-p", str(port), *(["-u", NAME, "-P", password] if password else [])], port)

    @property
    def carried(self):
        """Connections that it has made for others, by its own log."""
        return self.stderr.count(": connected to ")
