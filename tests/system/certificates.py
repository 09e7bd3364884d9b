# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A certificate authority of the test's own, made by openssl on the spot."""
import collections
import itertools
import subprocess

Certificate = collections.namedtuple("Certificate", "file key")
numbers = itertools.count()


def openssl(*argv):
    done = subprocess.run(["openssl", *map(str, argv)], capture_output=True, text=True)
    assert not done.returncode, done.stderr


class Authority:
    """`file` is its own certificate, for --ca-file."""

    def __init__(self, folder):
        self._base = folder / f"authority{next(numbers)}"
        self.file, self._key = self._base.with_suffix(".pem"), self._base.with_suffix(".key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2,
                "-subj", f"/CN=test {self._base.name}", "-keyout", self._key, "-out", self.file)

    def issue(self, names="DNS:localhost,IP:127.0.0.1", days=2):
        """A server's certificate; it has expired already when `days` is negative."""
        base = self._base.with_name(f"{self._base.name}-{next(numbers)}")
        key, request, extensions, out = (base.with_suffix(s) for s in (".key", ".csr", ".ext", ".pem"))
        extensions.write_text(f"subjectAltName={names}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=server", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self._key, "-CAcreateserial", "-days", days,
                "-extfile", extensions, "-out", out)
        return Certificate(out, key)
