# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""From what was seen of a run (the camera's log, packets on the wire, decoded pictures) to its figures. Pure functions; times in
seconds of CLOCK_MONOTONIC, results in milliseconds."""
import collections
import statistics

import numpy as np

PERCENTILES = (50, 95, 99, 99.9)
RTP_HZ = 90000
LONGEST_S = 1.0     # no frame is older than this when it leaves


def spread(values_ms):
    """Percentiles by nearest rank, the largest, and how many there were; None of nothing."""
    if not len(values_ms):
        return None
    ordered = sorted(values_ms)
    at = {f"p{p:g}": ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] for p in PERCENTILES}
    return at | {"max": ordered[-1], "n": len(ordered)}


def unwrapped(stamps):
    """RTP times without their wrap, in the order of the wire."""
    out = []
    for stamp in stamps:
        last = out[-1] if out else stamp
        out.append(last + (stamp - last + (1 << 31)) % (1 << 32) - (1 << 31))
    return out


def wire_frames(packets):
    """Frames of the stream that carries most bytes (the top layer of a simulcast): rtp_s, first_s, last_s, bytes, packets.
    A packet is (time_s, ssrc, timestamp, sequence, bytes)."""
    load = collections.Counter()
    for p in packets:
        load[p[1]] += p[4]
    if not load:
        return []
    top = load.most_common(1)[0][0]
    frames, seen = collections.OrderedDict(), set()
    for time_s, ssrc, timestamp, sequence, size in packets:
        if ssrc != top or sequence in seen:
            continue
        seen.add(sequence)
        f = frames.setdefault(timestamp, {"first_s": time_s, "bytes": 0, "packets": 0})
        f["last_s"] = time_s
        f["bytes"] += size
        f["packets"] += 1
    for f, stamp in zip(frames.values(), unwrapped(list(frames))):
        f["rtp_s"] = stamp / RTP_HZ
    return list(frames.values())


def match(wire, camera, decoded_s):
    """Which frame of the camera each frame on the wire is. `camera` rows: id, ready_s, dequeued_s, in order; `decoded_s`: id -> time.
    RTP time is the time of capture or of the hand-over to the SDK, and a constant: the constant is the one under which the frames lie
    nearest to the camera's, no frame leaves before the program had it and none is decoded before it has left; of several (whole periods
    are alike to an exact camera) the one with the youngest frames. @return (ids by place in `wire`, median residual in ms)."""
    if not wire or not camera:
        return {}, None
    rtp = np.array([f["rtp_s"] for f in wire])
    first = np.array([f["first_s"] for f in wire])
    last = np.array([f["last_s"] for f in wire])
    ids = np.array([row["id"] for row in camera])
    dequeued = np.array([row["dequeued_s"] for row in camera])
    decoded = np.array([decoded_s.get(i, np.inf) for i in ids])
    middle, best = len(wire) // 2, None
    for base in (np.array([row["ready_s"] for row in camera]), dequeued):
        near = np.flatnonzero((dequeued <= first[middle]) & (dequeued > first[middle] - LONGEST_S))
        for j in near:
            place, residual = fit(rtp, base, rtp[middle] - base[j])
            early = np.mean((first < dequeued[place] - 0.0005) | (decoded[place] < last - 0.0005))
            if early > 0.01:
                continue
            age = float(np.median(last - dequeued[place]))
            score = (round(residual * 1e3 / 0.25), age)
            if best is None or score < best[0]:
                best = score, residual, place
    if best is None:
        return {}, None
    return {i: int(ids[place]) for i, place in enumerate(best[2])}, best[1] * 1e3


def fit(rtp, base, constant):
    """The nearest row of `base` for each RTP time, with the constant moved to the median. @return (places, median residual in s)."""
    for _ in range(2):
        at = rtp - constant
        right = np.clip(np.searchsorted(base, at), 1, len(base) - 1)
        place = np.where(at - base[right - 1] < base[right] - at, right - 1, right)
        constant += float(np.median(at - base[place]))
    return place, float(np.median(np.abs(rtp - constant - base[place])))


def matched(run):
    """@return (frames on the wire in the window, the camera's frames that the program took, when each was decoded, ids, residual)"""
    begin, end = run["window_s"]
    wire = [f for f in wire_frames(run["packets"]) if begin <= f["first_s"] < end]
    camera = [row for row in run["camera"] if row["dequeued_s"]]
    decoded_s = {}
    for picture in run["pictures"]:
        if picture["id"] is not None:
            decoded_s.setdefault(picture["id"], picture["at_s"])
    return wire, camera, decoded_s, *match(wire, camera, decoded_s)


def ages(runs):
    """ms from ready to the last packet of every frame of several runs."""
    out = []
    for run in runs:
        wire, camera, _, ids, _ = matched(run)
        ready = {row["id"]: row["ready_s"] for row in camera}
        out += [(f["last_s"] - ready[ids[i]]) * 1e3 for i, f in enumerate(wire) if ids.get(i) in ready]
    return out


def figures(run):
    """What the table shows of one run; `run` as bench/contest.py keeps it. Frames of the window only."""
    begin, end = run["window_s"]
    wire, camera, decoded_s, ids, residual_ms = matched(run)
    ready = {row["id"]: row["ready_s"] for row in camera}
    sizes = [f["bytes"] for f in wire]
    in_window = [i for i in decoded_s if i in ready and begin <= decoded_s[i] < end]
    arrivals = sorted(decoded_s[i] for i in in_window)
    delivered = sum(begin <= row["ready_s"] < end for row in run["camera"] if row["fate"] != "lost")
    return {
        "camera_fps": delivered / (end - begin),
        "sent_fps": len(wire) / (end - begin),
        "decoded_fps": len(in_window) / (end - begin),
        "stale_ms": spread([(row["dequeued_s"] - row["ready_s"]) * 1e3 for row in camera if begin <= row["dequeued_s"] < end]),
        "first_packet_ms": spread([(f["first_s"] - ready[ids[i]]) * 1e3 for i, f in enumerate(wire) if ids.get(i) in ready]),
        "last_packet_ms": spread([(f["last_s"] - ready[ids[i]]) * 1e3 for i, f in enumerate(wire) if ids.get(i) in ready]),
        "decoded_ms": spread([(decoded_s[i] - ready[i]) * 1e3 for i in in_window]),
        "longest_gap_ms": max((b - a for a, b in zip(arrivals, arrivals[1:])), default=0) * 1e3,
        "match_residual_ms": residual_ms,
        "wire_kbps": sum(sizes) * 8 / 1e3 / (end - begin),
        "largest_of_mean": max(sizes) / statistics.mean(sizes) if sizes else None,
        "cpu_ms_a_frame": run["cpu_s"] * 1e3 / max(1, len(wire)),
        "resident_mb": run["resident_kb"] / 1024, "proportional_mb": run["proportional_kb"] / 1024, "threads": run["threads"],
        "start_packet_ms": first_after(run["started_s"], [p[0] for p in run["packets"]]),
        "start_picture_ms": first_after(run["started_s"], [p["at_s"] for p in run["pictures"]]),
        "join_picture_ms": first_after(run["joined_s"], [p["at_s"] for p in run["late_pictures"]]),
        "join_largest_bytes": max((f["bytes"] for f in wire_frames(run["packets"]) if f["first_s"] >= run["joined_s"]), default=None),
    }


def first_after(start_s, times_s):
    later = [t for t in times_s if t >= start_s]
    return (min(later) - start_s) * 1e3 if later else None


def combined(runs):
    """Median and range of each figure over repetitions."""
    out = {}
    for key in runs[0]:
        values = [r[key] for r in runs if r[key] is not None]
        if values and isinstance(values[0], dict):
            out[key] = {k: middle([v[k] for v in values]) for k in values[0]}
        else:
            out[key] = middle(values) if values else None
    return out


def middle(values):
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}
