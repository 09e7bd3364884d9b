# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Several cameras at once: one process of lkcam that takes them all, as many processes of a program that is written for one. How far each
camera keeps its rate, how old its frames are when they leave, what it all costs.

A viewer subscribes to every track, so that the server wants them all; a rule drops the video before its socket, for sixteen decoders
would take the processor that the server needs."""
import csv
import os
import pathlib
import time

import contest
import contestants
import measure
from waiting import wait_for

APART_PPM = 500     # between the clocks of two cameras: tells the streams of one process apart
ASKS_FOR_S = 6      # a viewer to whom nothing comes any more asks for key frames so long: not in the window
SUBSCRIBED_S = 60   # a processor that is full starts slowly
RTP_VIDEO = "@th,64,2 2 @th,72,8 & 0x7f >= 96"    # version 2, and no RTCP
COLUMNS = [    # title, figure, decimals
    ("frames a second: slowest camera", "slowest_fps", 1),
    ("middle camera", "middle_fps", 1),
    ("frame ready -> last packet, ms: p50 of the middle camera", "middle_p50_ms", 1),
    ("p99 of the worst camera", "worst_p99_ms", 1),
    ("CPU, % of one processor", "cpu_percent", 0),
    ("CPU a frame sent, ms", "cpu_ms_a_frame", 2),
    ("proportional share, MB", "proportional_mb", 0),
    ("threads", "threads", 0),
    ("the server's processor busy, %", "far_busy_percent", 0),
]


def run(name, command, clip, setting, count, folder):
    """@return what measure.scale_figures takes."""
    cameras, each = folder / "cameras", contestants.processes(name, command, count)
    contest.fakecam("new", cameras, *(f"clip={setting.size}:{clip},ppm={contest.DRIFT_PPM + i * APART_PPM}" for i in range(count)))
    with contest.Field(setting) as field:
        viewer = field.subscriber("viewer")
        viewer.wait_kind("connected", 20)
        wire = field.capture(folder / "wire.pcap")
        field.busy()
        programs = [field.program(argv, cameras, numbers[0]) for argv, numbers in each]
        wait_for(lambda: len(viewer.of_kind("subscribed")) == count or contest.ended(programs), SUBSCRIBED_S, "every camera's track")
        field.net.fault(f"{RTP_VIDEO} drop", f"udp sport {field.server.udp_port}", "lo")
        counted = contest.window(programs, setting._replace(warm_up_s=max(setting.warm_up_s, ASKS_FOR_S)), lambda: {
            "cpu_s": sum(contest.cpu_s(p.process.pid) for p in programs) - contest.show(cameras)["cpu_us"] / 1e6,
            "far_busy_s": contest.busy_s(contest.FAR)})
        ports = [udp_ports(p.process.pid) for p in programs]
        held, shown = [contest.memory(p.process.pid) for p in programs], contest.show(cameras)
        for p in programs:
            p.kill()
        shift_s, datagrams = time.time() - time.monotonic(), wire.stop()
        return setting._asdict() | counted | {
            "contestant": name, "count": count, "threads": sum(h["threads"] for h in held) - count,
            "proportional_kb": sum(h["proportional_kb"] for h in held) - shown["filler_bytes"] // 1024, "camera_latest_ms": shown["latest_us"] / 1e3,
            "cameras": [contest.camera_log(cameras, i) for i in range(count)],
            "wire": [{"cameras": numbers, "packets": contest.packets_of([d for d in datagrams if d.source_port in own], shift_s)}
                     for (_, numbers), own in zip(each, ports)]}


def udp_ports(pid):
    """Those that a process has sockets on: whose packets they are, whatever the program."""
    inodes = {os.readlink(fd).removeprefix("socket:[").removesuffix("]") for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()}
    rows = [line.split() for table in ("udp", "udp6") for line in pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[9] in inodes}


def all_runs(chosen, clip, setting, counts, attempt):
    """@return [run, ...], of those that did not fail, with few cameras first"""
    out = []
    for count in counts:
        for name, command in chosen.items():
            out.append(attempt(f"{count} cameras: {name}", lambda folder: run(name, command, clip, setting, count, folder)))
    return [r for r in out if r]


def results(runs):
    """(contestant, cameras) -> figures"""
    return {(r["contestant"], r["count"]): measure.scale_figures(r) for r in sorted(runs, key=lambda r: r["contestant"])}


def table(figures):
    lines = ["| | cameras | " + " | ".join(title for title, _, _ in COLUMNS) + " |", "|" + " --- |" * (len(COLUMNS) + 2)]
    for (name, count), f in figures.items():
        cells = ["-" if f[key] is None else f"{f[key]:.{decimals}f}" for _, key, decimals in COLUMNS]
        lines.append(f"| {name} | {count} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_csv(path, figures):
    """A line for each camera."""
    with open(path, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["contestant", "cameras", "camera", "fps", "last_packet_p50_ms", "last_packet_p99_ms", "cpu_percent_of_all"])
        for (name, count), figure in figures.items():
            for i, (fps, ms) in enumerate(zip(figure["each"]["fps"], figure["each"]["last_packet_ms"])):
                out.writerow([name, count, i, fps, ms and ms["p50"], ms and ms["p99"], figure["cpu_percent"]])


def plot(path, figures, title):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    picture, (rate, age) = pyplot.subplots(1, 2, figsize=(11, 4.5))
    for name in dict.fromkeys(name for name, _ in figures):
        counts = [count for of, count in figures if of == name]
        rate.plot(counts, [figures[name, n]["slowest_fps"] for n in counts], marker="o", label=name)
        age.plot(counts, [figures[name, n]["worst_p99_ms"] for n in counts], marker="o", label=name)
    rate.set_ylabel("frames a second of the slowest camera")
    age.set_ylabel("ms from ready to last packet, p99 of the worst camera")
    age.set_yscale("log")
    for axes in (rate, age):
        axes.set_xlabel(f"cameras; {title}")
        axes.grid(True, which="both", alpha=0.3)
        axes.legend()
    picture.tight_layout()
    picture.savefig(path, dpi=110)
    pyplot.close(picture)
