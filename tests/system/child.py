# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A program started by a test: its output is read as it comes, and it never outlives the test."""
import json
import signal
import subprocess
import threading
import time

from waiting import wait_for


class Child:
    """Lines of stdout are kept in `lines`, those that are JSON objects in `objects` with the time they came (`at`, s)."""

    def __init__(self, argv, env=None, namespace=None, cwd=None):
        prefix = ["ip", "netns", "exec", namespace] if namespace else []
        self.argv, self.lines, self.objects, self._stderr = argv, [], [], []
        self.started = time.monotonic()
        self.process = subprocess.Popen(prefix + argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
        self._readers = [threading.Thread(target=self._read_stdout, daemon=True),
                         threading.Thread(target=self._read_stderr, daemon=True)]
        for reader in self._readers:
            reader.start()

    def _read_stdout(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("{"):
                self.objects.append(json.loads(line) | {"at": time.monotonic()})

    def _read_stderr(self):
        for line in self.process.stderr:
            self._stderr.append(line)

    @property
    def stderr(self):
        return "".join(self._stderr)

    @property
    def running(self):
        return self.process.poll() is None

    def wait_for(self, condition, deadline_s, what):
        """As waiting.wait_for, but fails at once when the program ends without having met the condition."""
        def explain():
            text = what() if callable(what) else what
            return f"{text}; exit code {self.process.returncode}, stderr: {self.stderr[-2000:]}"

        def met():
            running = self.running      # looked at first: a condition met by the last words counts
            value = condition()
            assert value or running, f"ended too early, before: {explain()}"
            return value
        return wait_for(met, deadline_s, explain)

    def wait_end(self, deadline_s):
        """@return (exit code, seconds since the start)."""
        wait_for(lambda: not self.running, deadline_s, f"end of {self.argv[0]}; stderr: {self.stderr[-2000:]}")
        took = time.monotonic() - self.started
        for reader in self._readers:
            reader.join(2)
        return self.process.returncode, took

    def stop(self, signum=signal.SIGINT, deadline_s=5):
        """@return (exit code, seconds from the signal to the end)."""
        sent = time.monotonic()
        if self.running:
            self.process.send_signal(signum)
        self.wait_end(deadline_s)
        return self.process.returncode, time.monotonic() - sent

    def kill(self):
        if self.running:
            self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(2)
        self.process.stdout.close()
        self.process.stderr.close()
