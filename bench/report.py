# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The benchmark's figures as one table, as CSV and as pictures. Knows what to call each figure; measures nothing."""
import csv

ROWS = [    # title, figure, part of it, decimals
    ("frames a second: camera", "camera_fps", None, 1),
    ("frames a second: sent", "sent_fps", None, 1),
    ("frames a second: seen by the viewer", "seen_fps", None, 1),
    ("of them smaller than the camera's, %", "smaller_percent", None, 0),
    ("frame ready -> first packet, ms p50", "first_packet_ms", "p50", 2),
    ("frame ready -> last packet, ms p50", "last_packet_ms", "p50", 2),
    ("frame ready -> last packet, ms p99", "last_packet_ms", "p99", 2),
    ("frame ready -> last packet, ms p99.9", "last_packet_ms", "p99.9", 2),
    ("frame ready -> last packet, ms max", "last_packet_ms", "max", 1),
    ("frame ready -> dequeued, ms p50", "stale_ms", "p50", 2),
    ("frame ready -> decoded, ms p50", "decoded_ms", "p50", 2),
    ("frame ready -> decoded, ms p99", "decoded_ms", "p99", 2),
    ("frame ready -> last packet in Chromium, ms p50", "received_ms", "p50", 2),
    ("frame ready -> last packet in Chromium, ms p99", "received_ms", "p99", 2),
    ("frame ready -> presented in Chromium, ms p50", "presented_ms", "p50", 2),
    ("frame ready -> presented in Chromium, ms p99", "presented_ms", "p99", 2),
    ("frame ready -> expected on its screen, ms p50", "expected_ms", "p50", 2),
    ("frame ready -> expected on its screen, ms p99", "expected_ms", "p99", 2),
    ("longest gap between pictures seen, ms", "longest_gap_ms", None, 0),
    ("CPU a frame sent, ms", "cpu_ms_a_frame", None, 2),
    ("resident memory, peak, MB", "resident_mb", None, 0),
    ("proportional share, MB", "proportional_mb", None, 0),
    ("threads", "threads", None, 0),
    ("on the wire, kbit/s", "wire_kbps", None, 0),
    ("key frames asked for by another viewer", "key_frames_asked", None, 0),
    ("key frames decoded", "key_frames", None, 0),
    ("largest frame / mean", "largest_of_mean", None, 2),
    ("largest frame for a late viewer, bytes", "join_largest_bytes", None, 0),
    ("start -> first packet, ms", "start_packet_ms", None, 0),
    ("start -> first picture, ms", "start_picture_ms", None, 0),
    ("late viewer: connecting -> first picture, ms", "join_picture_ms", None, 0),
    ("the viewers' and the server's processor busy, %", "far_busy_percent", None, 0),
    ("Chromium's pictures whose stamp was read too late, %", "misread_percent", None, 1),
    ("Chromium's clock known to, ms", "page_clock_error_ms", None, 2),
]


def cell(value, decimals):
    """Median, and the range where there is one."""
    if value is None:
        return "-"
    text = f"{value['median']:.{decimals}f}"
    least, most = f"{value['least']:.{decimals}f}", f"{value['most']:.{decimals}f}"
    return text if least == most else f"{text} ({least}-{most})"


def figure(result, name, part):
    value = result.get(name)
    return value.get(part) if part and value else value


def table(results):
    """`results`: title of a column -> combined figures."""
    lines = ["| | " + " | ".join(results) + " |", "| --- |" + " --- |" * len(results)]
    for title, name, part, decimals in ROWS:
        if not any((figure(r, name, part) or {}).get("most") for r in results.values()):
            continue
        lines.append(f"| {title} | " + " | ".join(cell(figure(r, name, part), decimals) for r in results.values()) + " |")
    return "\n".join(lines)


def write_csv(path, results):
    with open(path, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["figure", "part", "column", "median", "least", "most"])
        for title, name, part, _ in ROWS:
            for column, result in results.items():
                value = figure(result, name, part)
                if value:
                    out.writerow([name, part or "", column, value["median"], value["least"], value["most"]])


def plot(path, ages, title):
    """How many of the frames have left within so many ms. `ages`: column -> ms of every frame."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure_, axes = pyplot.subplots(figsize=(9, 5))
    for column, values in ages.items():
        ordered = sorted(values)
        axes.plot(ordered, [100 * (i + 1) / len(ordered) for i in range(len(ordered))], label=column)
    axes.set_xscale("log")
    axes.set_xlabel(title)
    axes.set_ylabel("% of the frames")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure_.tight_layout()
    figure_.savefig(path, dpi=110)
    pyplot.close(figure_)
