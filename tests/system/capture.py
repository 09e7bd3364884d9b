# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What the publisher puts on the wire: tcpdump's log, and the headers that SRTP and SRTCP leave readable."""
import signal
import struct
from typing import NamedTuple

from child import Child
from waiting import wait_for

PCAP_NANO = 0xA1B23C4D
LINK_TYPES = {1: 14, 276: 20}     # Ethernet, Linux cooked v2: length of the header in front of IP


class Datagram(NamedTuple):
    time_s: float
    source_port: int
    payload: bytes


class Rtp(NamedTuple):
    time_s: float
    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    extensions: dict       # id -> bytes
    udp_bytes: int


class Rtcp(NamedTuple):
    time_s: float
    packet_type: int       # of the first, readable packet of the compound
    ssrc: int


class Capture:
    """Datagrams to one UDP port (`both`: and from it) on one device, from construction to `stop`."""

    def __init__(self, path, port, device="lo", namespace=None, both=False):
        self.path = path
        self.tcpdump = Child(["tcpdump", "-i", device, "-w", str(path), "--time-stamp-precision=nano", "-U", "--immediate-mode", "-n",
                              "-Z", "root", "-B", "8192", "-s", "200", f"udp {'' if both else 'dst '}port {port}"], namespace=namespace)
        wait_for(lambda: "listening on" in self.tcpdump.stderr, 5, lambda: f"tcpdump; {self.tcpdump.stderr}")

    def stop(self):
        """@return the datagrams; fails when the kernel has dropped any."""
        code, _ = self.tcpdump.stop(signal.SIGINT)
        assert code == 0 and "0 packets dropped by kernel" in self.tcpdump.stderr, self.tcpdump.stderr
        return list(read_pcap(self.path.read_bytes()))

    def kill(self):
        self.tcpdump.kill()


def read_pcap(data):
    magic, = struct.unpack_from("<I", data)
    link, = struct.unpack_from("<I", data, 20)
    assert magic == PCAP_NANO and link in LINK_TYPES, (hex(magic), link)
    at = 24
    while at + 16 <= len(data):
        seconds, nanoseconds, kept, whole = struct.unpack_from("<IIII", data, at)
        ip = data[at + 16 + LINK_TYPES[link]:at + 16 + kept]
        at += 16 + kept
        if ip[0] >> 4 == 4:
            udp = ip[(ip[0] & 15) * 4:]
            # The log holds the head of each datagram only; its true length stands in the UDP header.
            payload = udp[8:].ljust(struct.unpack_from(">H", udp, 4)[0] - 8, b"\0")
            yield Datagram(seconds + nanoseconds / 1e9, struct.unpack_from(">H", udp)[0], payload)


def read_extensions(data, at):
    """One-byte form (RFC 8285, 4.2). @return id -> bytes."""
    profile, words = struct.unpack_from(">HH", data, at)
    if profile != 0xBEDE:
        return {}
    out, at, end = {}, at + 4, at + 4 + 4 * words
    while at < end:
        number, length = data[at] >> 4, (data[at] & 15) + 1
        if data[at] == 0:
            at += 1
            continue
        out[number] = data[at + 1:at + 1 + length]
        at += 1 + length
    return out


def read_media(datagrams):
    """@return (RTP packets, RTCP compounds) in the order of the wire."""
    rtp, rtcp = [], []
    for d in datagrams:
        p = d.payload
        if len(p) < 12 or p[0] >> 6 != 2:       # not version 2: STUN, DTLS
            continue
        if 192 <= p[1] <= 223:                  # RFC 5761, 4
            rtcp.append(Rtcp(d.time_s, p[1], struct.unpack_from(">I", p, 4)[0]))
            continue
        sequence, timestamp, ssrc = struct.unpack_from(">HII", p, 2)
        extensions = read_extensions(p, 12 + 4 * (p[0] & 15)) if p[0] & 16 else {}
        rtp.append(Rtp(d.time_s, bool(p[1] & 128), p[1] & 127, sequence, timestamp, ssrc, extensions, len(p)))
    return rtp, rtcp


def unwrapped(values, bits):
    """The same counters without their wrap."""
    out, span = [], 1 << bits
    for value in values:
        last = out[-1] if out else value
        out.append(last + (value - last + span // 2) % span - span // 2)
    return out
