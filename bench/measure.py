# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""From what was seen of a run (the camera's log, packets on the wire, decoded pictures) to its figures. Pure functions; times in
seconds of CLOCK_MONOTONIC, results in milliseconds."""
import statistics

from matching import first_seen, matched, matched_cameras, wire_frames

PERCENTILES = (50, 95, 99, 99.9)


def spread(values_ms):
    """Percentiles by nearest rank, the largest, and how many there were; None of nothing."""
    if not len(values_ms):
        return None
    ordered = sorted(values_ms)
    at = {f"p{p:g}": ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] for p in PERCENTILES}
    return at | {"max": ordered[-1], "n": len(ordered)}


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
    wire, camera, pictures, ids, residual_ms = matched(run)
    seen_s = first_seen(pictures)
    ready = {row["id"]: row["ready_s"] for row in camera}
    sizes = [f["bytes"] for f in wire]
    in_window = [i for i in seen_s if i in ready and begin <= seen_s[i] < end]
    arrivals = sorted(seen_s[i] for i in in_window)
    seen = spread([(seen_s[i] - ready[i]) * 1e3 for i in in_window])
    in_browser = run["viewer"] == "chromium"
    delivered = sum(begin <= row["ready_s"] < end for row in run["camera"] if row["fate"] != "lost")
    return {
        "camera_fps": delivered / (end - begin),
        "sent_fps": len(wire) / (end - begin),
        "seen_fps": len(in_window) / (end - begin),
        "stale_ms": spread([(row["dequeued_s"] - row["ready_s"]) * 1e3 for row in camera if begin <= row["dequeued_s"] < end]),
        "first_packet_ms": spread([(f["first_s"] - ready[ids[i]]) * 1e3 for i, f in enumerate(wire) if ids.get(i) in ready]),
        "last_packet_ms": spread([(f["last_s"] - ready[ids[i]]) * 1e3 for i, f in enumerate(wire) if ids.get(i) in ready]),
        "smaller_percent": smaller_percent(run),
        "decoded_ms": None if in_browser else seen,
        "presented_ms": seen if in_browser else None,
        **(browser_figures(run, pictures, ready) if in_browser else {}),
        "longest_gap_ms": max((b - a for a, b in zip(arrivals, arrivals[1:])), default=0) * 1e3,
        "match_residual_ms": residual_ms,
        "wire_kbps": sum(sizes) * 8 / 1e3 / (end - begin),
        "key_frames": run["key_frames"], "key_frames_asked": run["asked"],
        "largest_of_mean": max(sizes) / statistics.mean(sizes) if sizes else None,
        "far_busy_percent": 100 * run["far_busy_s"] / (end - begin),
        "cpu_ms_a_frame": run["cpu_s"] * 1e3 / max(1, len(wire)),
        "resident_mb": run["resident_kb"] / 1024, "proportional_mb": run["proportional_kb"] / 1024, "threads": run["threads"],
        "start_packet_ms": first_after(run["started_s"], [p[0] for p in run["packets"]]),
        "start_picture_ms": first_after(run["started_s"], [p["at_s"] for p in run["pictures"]]),
        "join_picture_ms": first_after(run["joined_s"], [p["at_s"] for p in run["late_pictures"]]),
        "join_largest_bytes": max((f["bytes"] for f in wire_frames(run["packets"]) if f["first_s"] >= run["joined_s"]), default=None),
    }


def smaller_percent(run):
    """How many of the viewer's pictures were of a lower layer."""
    begin, end = run["window_s"]
    widths = [p["width"] for p in run["pictures"] if begin <= p["at_s"] < end]
    return 100 * statistics.mean(w < int(run["size"].split("x")[0]) for w in widths) if widths else None


def scale_figures(run):
    """What the table shows of one run with several cameras: of each frame rate and age, of all together the rest."""
    begin, end = run["window_s"]
    streams = matched_cameras(run)
    fps, last_ms = [], []
    for i, log in enumerate(run["cameras"]):
        wire, ids = streams.get(i, ([], {}))
        ready = {row["id"]: row["ready_s"] for row in log}
        fps.append(len(wire) / (end - begin))
        last_ms.append(spread([(f["last_s"] - ready[ids[n]]) * 1e3 for n, f in enumerate(wire) if n in ids]))
    known = [s for s in last_ms if s]
    frames = sum(len(wire) for wire, _ in streams.values())
    return {
        "each": {"fps": fps, "last_packet_ms": last_ms},
        "slowest_fps": min(fps), "middle_fps": statistics.median(fps),
        "middle_p50_ms": statistics.median(s["p50"] for s in known) if known else None,
        "worst_p99_ms": max(s["p99"] for s in known) if known else None,
        "cpu_percent": 100 * run["cpu_s"] / (end - begin), "cpu_ms_a_frame": run["cpu_s"] * 1e3 / max(1, frames),
        "proportional_mb": run["proportional_kb"] / 1024, "threads": run["threads"],
        "far_busy_percent": 100 * run["far_busy_s"] / (end - begin),
    }


def browser_figures(run, pictures, ready):
    """What only the browser tells of its pictures, and how far it is to be trusted."""
    begin, end = run["window_s"]
    shown = [p for p in pictures if begin <= p["at_s"] < end]
    return {
        "received_ms": spread([(p["received_s"] - ready[p["id"]]) * 1e3 for p in shown if "received_s" in p]),
        "expected_ms": spread([(p["expected_s"] - ready[p["id"]]) * 1e3 for p in shown]),
        "misread_percent": 100 * statistics.mean(p["read"] != p["id"] for p in shown) if shown else None,
        "page_clock_error_ms": run["page_clock_error_s"] * 1e3,
    }


def clock_between(asked):
    """Where another clock lies. `asked`: (our time before, its time, our time after), any number; both run at one rate, so that all
    of them bound one constant. @return (what is added to its time to have ours, by how much that may be wrong)"""
    least, most = max(before - its for before, its, _ in asked), min(after - its for _, its, after in asked)
    return (least + most) / 2, (most - least) / 2


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
