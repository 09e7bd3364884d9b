# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A TCP relay before a server, that keeps what was asked and answered."""
import contextlib
import socket
import threading

CHUNK_BYTES = 65536


class Exchange:
    """One connection: its request line and the status of the answer (0: none came)."""

    def __init__(self):
        self.request, self.answer = b"", b""

    @property
    def target(self):
        return self.request.split(b" ", 2)[1].decode() if b"\r\n" in self.request else ""

    @property
    def status(self):
        return int(self.answer.split(b" ", 2)[1]) if b"\r\n" in self.answer else 0


class Relay:
    def __init__(self, port):
        self.port, self.exchanges, self.open = port, [], set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "ws://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.port))
                self.open |= {near, far}
                exchange = Exchange()
                self.exchanges.append(exchange)
                threading.Thread(target=self._carry, args=[near, far, exchange, "request"], daemon=True).start()
                threading.Thread(target=self._carry, args=[far, near, exchange, "answer"], daemon=True).start()

    def _carry(self, source, sink, exchange, head):
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                if b"\r\n" not in getattr(exchange, head):
                    setattr(exchange, head, getattr(exchange, head) + chunk)
                sink.sendall(chunk)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()
        for end in self.open:
            with contextlib.suppress(OSError):
                end.close()
