# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Servers that are no LiveKit server: each treats every connection in one bad way."""
import contextlib
import socket
import threading

LIMIT_BYTES = 65536


def status(code, reason, body="no"):
    """Reads a request and refuses it."""
    def treat(connection):
        connection.recv(LIMIT_BYTES)
        connection.sendall(f"HTTP/1.1 {code} {reason}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
                           f"Connection: close\r\n\r\n{body}".encode())
    return treat


def hang_up(connection):
    connection.recv(1)


def garbage(connection):
    connection.recv(LIMIT_BYTES)
    connection.sendall(bytes(range(256)) * 64)


def silence(connection):
    """Accepts, reads and says nothing until the other side goes."""
    while connection.recv(LIMIT_BYTES):
        pass


class FakeServer:
    def __init__(self, treat):
        self.treat, self.connections = treat, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "ws://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                self.open.add(connection)
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            self.treat(connection)
        self.open.discard(connection)

    def close(self):
        self.listener.close()
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
