# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Two network namespaces joined by one wire: the publisher here, server and viewer there. Faults on the way."""
import json
import os
import subprocess

NEAR, FAR = "10.77.1.2", "10.77.1.1"
UDP_MEDIA = "udp dport 7882"
TCP_MEDIA = "tcp dport 7881"
ANY_MEDIA = "meta l4proto { tcp, udp } th dport { 7881, 7882 }"
# Bits of a datagram counted from its UDP header: the second byte of RTP, which holds marker and payload type.
PAYLOAD_TYPE_BITS = "@th,72,8"


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True)
    assert not done.returncode, f"{' '.join(argv)}: {done.stderr}"
    return done.stdout


class Network:
    """`near` and `far` are the namespaces' names; there is no route out of either."""

    def __init__(self):
        self.near, self.far = f"lkcam-near-{os.getpid()}", f"lkcam-far-{os.getpid()}"
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def _build(self):
        run("ip", "netns", "add", self.near)
        run("ip", "netns", "add", self.far)
        run("ip", "link", "add", "near0", "netns", self.near, "type", "veth", "peer", "name", "far0", "netns", self.far)
        for namespace, device, address in ((self.near, "near0", NEAR), (self.far, "far0", FAR)):
            run("ip", "-n", namespace, "addr", "add", f"{address}/24", "dev", device)
            run("ip", "-n", namespace, "link", "set", "lo", "up")
            run("ip", "-n", namespace, "link", "set", device, "up")
            # A segment that carries several datagrams would count as one for the rules below.
            self.inside(namespace, "ethtool", "-K", device, "tx", "off", "gso", "off", "tso", "off", "gro", "off")
            features = self.inside(namespace, "ethtool", "-k", device)
            for feature in ("generic-segmentation-offload", "generic-receive-offload", "tx-udp-segmentation"):
                assert f"{feature}: off" in features, features

    @staticmethod
    def inside(namespace, *argv):
        return run("ip", "netns", "exec", namespace, *argv)

    def fault(self, rule, where=UDP_MEDIA, device="far0"):
        """A rule of nftables over what reaches the server's media ports (or others of its namespace), in the order of the calls."""
        self.inside(self.far, "nft", "add table inet fault { chain uplink { type filter hook input priority 0; }; }")
        self.inside(self.far, "nft", f"add rule inet fault uplink iifname {device} {where} {rule}")

    def narrow(self, rate):
        """What leaves the publisher leaves no faster than this, as `1mbit`."""
        self.inside(self.near, "tc", "qdisc", "add", "dev", "near0", "root", "tbf", "rate", rate, "burst", "10kb",
                    "latency", "500ms")

    def counters(self):
        """Packets hit, rule by rule."""
        listing = json.loads(self.inside(self.far, "nft", "-j", "list", "chain", "inet", "fault", "uplink"))
        rules = [entry["rule"]["expr"] for entry in listing["nftables"] if "rule" in entry]
        return [part["counter"]["packets"] for expr in rules for part in expr if "counter" in part]

    def close(self):
        for namespace in (self.near, self.far):
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True)
