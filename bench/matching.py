# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Which frame of the camera each frame on the wire is. Pure functions; times in seconds of CLOCK_MONOTONIC."""
import collections

import numpy as np

RTP_HZ = 90000
LONGEST_S = 1.0     # no frame is older than this when it leaves
ALIKE_S = 0.00025   # between two fits: no reason to prefer one
REPEATS = 0.05      # a stream of repeated packets has no more of a camera's bytes


def unwrapped(stamps):
    """RTP times without their wrap, in the order of the wire."""
    out = []
    for stamp in stamps:
        last = out[-1] if out else stamp
        out.append(last + (stamp - last + (1 << 31)) % (1 << 32) - (1 << 31))
    return out


def heaviest(packets, count=1):
    """The SSRCs that carry most bytes: of a simulcast the top layer; never one of repeated packets. A packet is (time_s, ssrc, timestamp,
    sequence, bytes)."""
    load = collections.Counter()
    for p in packets:
        load[p[1]] += p[4]
    most = load.most_common(count)
    return [ssrc for ssrc, size in most if size > REPEATS * most[0][1]]


def wire_frames(packets, ssrc=None):
    """Frames of one stream, of the heaviest where none is named: rtp_s, first_s, last_s, bytes, packets."""
    if ssrc is None:
        ssrc = next(iter(heaviest(packets)), None)
    frames, seen = collections.OrderedDict(), set()
    for time_s, of, timestamp, sequence, size in packets:
        if of != ssrc or sequence in seen:
            continue
        seen.add(sequence)
        f = frames.setdefault(timestamp, {"first_s": time_s, "bytes": 0, "packets": 0})
        f["last_s"] = time_s
        f["bytes"] += size
        f["packets"] += 1
    for f, stamp in zip(frames.values(), unwrapped(list(frames))):
        f["rtp_s"] = stamp / RTP_HZ
    return list(frames.values())


def match(wire, camera, seen_s):
    """Which frame of the camera each frame on the wire is. `camera` rows: id, ready_s, dequeued_s, in order, those that were taken;
    `seen_s`: id -> when a viewer had it. RTP time is the time of capture or of the hand-over to the SDK, and a constant: one under which
    the frames lie near to frames that were taken, none leaves before the program had it and none is seen before it has left. Of several
    as good (whole periods are alike to a camera that loses nothing) the one with the youngest frames. @return (ids by place in `wire`,
    median residual in ms)."""
    if not wire or not camera:
        return {}, None
    rtp = np.array([f["rtp_s"] for f in wire])
    first = np.array([f["first_s"] for f in wire])
    last = np.array([f["last_s"] for f in wire])
    ids = np.array([row["id"] for row in camera])
    dequeued = np.array([row["dequeued_s"] for row in camera])
    seen = np.array([seen_s.get(i, np.inf) for i in ids])
    middle, found = len(wire) // 2, []
    for base in (np.array([row["ready_s"] for row in camera]), dequeued):
        near = np.flatnonzero((dequeued <= first[middle]) & (dequeued > first[middle] - LONGEST_S))
        for j in near:
            place, off = fit(rtp, base, rtp[middle] - base[j])
            if np.mean((first < dequeued[place] - 0.0005) | (seen[place] < last - 0.0005)) <= 0.01:
                found.append((float(np.mean(off)), float(np.median(last - dequeued[place])), float(np.median(off)), place))
    if not found:
        return {}, None
    good = min(found, key=lambda f: f[0])[0] * 1.1 + ALIKE_S
    _, _, residual, place = min((f for f in found if f[0] <= good), key=lambda f: f[1])
    return {i: int(ids[p]) for i, p in enumerate(place)}, residual * 1e3


def nearest(base, at):
    right = np.clip(np.searchsorted(base, at), 1, len(base) - 1)
    return np.where(at - base[right - 1] < base[right] - at, right - 1, right)


def fit(rtp, base, constant):
    """The nearest row of `base` for each RTP time, with the constant moved to the median. @return (places, how far off each is, s)."""
    for _ in range(2):
        at = rtp - constant
        place = nearest(base, at)
        constant += float(np.median(at - base[place]))
    return place, np.abs(rtp - constant - base[place])


def named_by_rtp(pictures, camera):
    """A browser's pictures with the number that their RTP time gives them. A stamp is read a moment after the picture was told of, at
    times out of the next one; but most are right, and so tell the constant between RTP time and the camera's (as in `match`)."""
    rows = {row["id"]: row for row in camera}
    timed = [p for p in pictures if p["rtp"] is not None]
    rtp = np.array([stamp / RTP_HZ for stamp in unwrapped([p["rtp"] for p in timed])])
    read = [(at, rows[p["id"]]) for at, p in zip(rtp, timed) if p["id"] in rows]
    if not read:
        return []
    best = None
    for key in ("ready_s", "dequeued_s"):
        off = np.array([at - row[key] for at, row in read])
        constant = float(np.median(off))
        residual = float(np.median(np.abs(off - constant)))
        if best is None or residual < best[0]:
            best = residual, nearest(np.array([row[key] for row in camera]), rtp - constant)
    return [p | {"id": camera[place]["id"], "read": p["id"]} for p, place in zip(timed, best[1])]


def matched(run):
    """@return (frames on the wire in the window, the camera's frames that the program took, the viewer's pictures, ids, residual)"""
    begin, end = run["window_s"]
    wire = [f for f in wire_frames(run["packets"]) if begin <= f["first_s"] < end]
    camera = [row for row in run["camera"] if row["dequeued_s"]]
    pictures = named_by_rtp(run["pictures"], camera) if run["viewer"] == "chromium" else run["pictures"]
    # A smaller layer may be seen before the largest has left.
    full = [p for p in pictures if p["width"] == int(run["size"].split("x")[0])]
    return wire, camera, pictures, *match(wire, camera, first_seen(full))


def first_seen(pictures):
    """id -> when"""
    out = {}
    for picture in pictures:
        if picture["id"] is not None:
            out.setdefault(picture["id"], picture["at_s"])
    return out


def matched_cameras(run):
    """The same of several cameras: camera -> (frames on the wire in the window, ids), for those that have a stream. Which process sends
    a stream is known; of one that has several cameras, each one's clock runs a little off the others', so that a stream lies near to its
    own camera alone."""
    begin, end = run["window_s"]
    fits = []
    for process in run["wire"]:
        for ssrc in heaviest(process["packets"], len(process["cameras"])):
            wire = [f for f in wire_frames(process["packets"], ssrc) if begin <= f["first_s"] < end]
            for i in process["cameras"]:
                ids, residual_ms = match(wire, [row for row in run["cameras"][i] if row["dequeued_s"]], {})
                if ids:
                    fits.append((residual_ms, i, ssrc, wire, ids))
    out, spoken_for = {}, set()
    for _, i, ssrc, wire, ids in sorted(fits, key=lambda f: f[0]):
        if i not in out and ssrc not in spoken_for:
            spoken_for.add(ssrc)
            out[i] = wire, ids
    return out
