# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Debian's kernel in QEMU, emulated: a machine with a real V4L2 driver where there is no camera and no KVM."""
import json
import os
import pathlib
import subprocess

import paths
from child import Child

HERE = pathlib.Path(__file__).resolve().parent
KERNEL = paths.DEPS / "vm"
HOST = "10.0.2.2"       # as the guest calls the machine that it runs on


def make_initrd(out, modules, programs):
    """`modules`: what the test needs besides its network and its directory."""
    subprocess.run([HERE / "get_kernel.sh", KERNEL], check=True, capture_output=True)
    subprocess.run([HERE / "make_initrd.sh", KERNEL, out, " ".join(modules), *programs], check=True)


class Guest(Child):
    """Runs `share`/test.sh; what the test writes there is on both sides at once. guest_common.sh says what a program
    that the script runs as NAME leaves behind."""

    BOOT_S, RUN_S = 30, 30

    def __init__(self, initrd, share, namespace):
        self.share = share
        # Without ERMS the kernel copies in words: the emulator runs `rep movsb` byte by byte.
        # No boot ROM of the network card saves four seconds.
        super().__init__([
            "qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "max,-erms", "-smp", "2", "-m", "512",
            "-display", "none", "-no-reboot", "-monitor", "none", "-serial", f"file:{share}/console.txt",
            "-kernel", str(KERNEL / "vmlinuz"), "-initrd", str(initrd),
            "-append", "console=ttyS0 quiet panic=-1 mitigations=off",
            "-netdev", "user,id=net,ipv6=off", "-device", "virtio-net-pci,netdev=net,romfile=",
            "-virtfs", f"local,path={share},mount_tag=share,security_model=none",
        ], namespace=namespace)

    def read(self, name):
        path = self.share / name
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_file(self, name, deadline_s):
        """The text of a file that ends with a line end, once it is there."""
        return self.wait_for(lambda: self.read(name).endswith("\n") and self.read(name), deadline_s,
                             lambda: f"{name}; guest said: {self.read('out.txt')[-2000:]} {self.read('console.txt')[-1000:]}")

    def tell(self, name):
        """What the script's wait_told waits for."""
        (self.share / name).touch()

    def outcome(self, name):
        """(exit code, what was said) of a program, once it has ended."""
        return int(self.wait_file(f"{name}.rc", self.BOOT_S + self.RUN_S)), self.read(f"{name}.err")

    def rows(self, name):
        """Statistics of a publisher so far."""
        return [json.loads(line) for line in self.read(f"{name}.json").splitlines(keepends=True) if line.endswith("\n")]

    def seconds(self, name):
        return float(self.wait_file(f"{name}.s", self.RUN_S))

    def pid(self, name):
        return self.read(f"{name}.pid").strip()


class Network:
    """A namespace for guest, server and viewer, in which the guest's name for its host is an address like any other."""

    DEVICE = "viewer0"      # WebRTC clients do not send from loopback: this is where they live

    def __init__(self):
        self.name = f"lkcam-vm-{os.getpid()}"
        try:
            self._run("ip", "netns", "add", self.name)
            self._run("ip", "-n", self.name, "link", "set", "lo", "up")
            self._run("ip", "-n", self.name, "addr", "add", f"{HOST}/32", "dev", "lo")
            self._run("ip", "-n", self.name, "link", "add", self.DEVICE, "type", "veth", "peer", "name", "nobody0")
            for device in (self.DEVICE, "nobody0"):
                self._run("ip", "-n", self.name, "link", "set", device, "up")
            self._run("ip", "-n", self.name, "addr", "add", "10.99.0.1/24", "dev", self.DEVICE)
        except BaseException:
            self.close()
            raise

    @staticmethod
    def _run(*argv):
        subprocess.run(argv, check=True, capture_output=True)

    def close(self):
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True)
