#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Sweeps x264's options at 720p30: milliseconds a frame against quality. Prints tables, writes CSV and a plot.

    .deps/venv-test/bin/python bench/encoder_front.py [--clips bunny,pan] [--rates 1,3,6] [--out build-test/encoder_front]

Needs a build with tests (LKCAM_BUILD, default build-test/release), ffmpeg and the Python environment of ./test.sh; OpenH264 is compared where
its headers are installed. For each clip and rate all sets of options take turns on each frame of one process (bench/encoder_front), so times
are told as ratios to superfast. Rows of the CSV in --out that this run does not measure again are kept.
"""
import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("LKCAM_BUILD", ROOT / "build-test" / "release"))
PROGRAM = BUILD / "bench" / "encoder_front" / "encoder_front"
CLIPS = ["bunny", "carphone", "bikes", "held", "pan", "still", "night"]
SIZE = "1280x720"

# Superfast is ultrafast and four things: deblocking, subme 1, 4x4 intra prediction, adaptive quantisation. KNEE lacks the third.
STEPS = "preset=ultrafast:no-deblock=0:subme=1"
KNEE = STEPS + ":aq-mode=1:deadzone-inter=16:deadzone-intra=8"
SETS = {
    "superfast": "preset=superfast",
    "ultrafast": "preset=ultrafast",
    "veryfast": "preset=veryfast",
    "ultrafast, deblocking": "preset=ultrafast:no-deblock=0",
    "ultrafast, subme 1": "preset=ultrafast:subme=1",
    "ultrafast, deblocking, subme 1": STEPS,
    "superfast, AQ off": "preset=superfast:aq-mode=0",
    "superfast, no 4x4": STEPS + ":aq-mode=1",
    "superfast, deadzones 16/8": "preset=superfast:deadzone-inter=16:deadzone-intra=8",
    "knee": KNEE,
    "knee, deadzones 14/6": STEPS + ":aq-mode=1:deadzone-inter=14:deadzone-intra=6",
    "knee, deadzones 10/6": STEPS + ":aq-mode=1:deadzone-inter=10:deadzone-intra=6",
    "knee, AQ off": STEPS + ":deadzone-inter=16:deadzone-intra=8",
    "knee, AQ strength 0.7": KNEE + ":aq-strength=0.7",
    "knee, AQ mode 2": KNEE + ":aq-mode=2",
    "knee, subme 2": KNEE + ":subme=2",
    "knee, p8x8": KNEE + ":partitions=p8x8",
    "knee, me hex": KNEE + ":me=hex",
    "knee, merange 4": KNEE + ":merange=4",
    "knee, no fast P skip": KNEE + ":no-fast-pskip",
    "knee, no DCT decimation": KNEE + ":no-dct-decimate",
    "knee, no psy": KNEE + ":no-psy",
    "knee, noise reduction 200": KNEE + ":nr=200",
    "knee, unchanged 1.5 skipped": KNEE + ":unchanged=24",
    "knee, qpmin 20": KNEE + ":qpmin=20",
    "knee, qpmin 20, unchanged 1.5 skipped": KNEE + ":qpmin=20:unchanged=24",
    "knee, 1 slice": KNEE + ":slices=1",
    "knee, 2 slices": KNEE + ":slices=2",
    "knee, 8 slices": KNEE + ":slices=8",
    "superfast, 2 threads": "preset=superfast:threads=2:slice-max-mbs=960",
    "knee, 2 threads": KNEE + ":threads=2:slice-max-mbs=960",
    "knee, 2 threads, 2 slices": KNEE + ":threads=2",
    "OpenH264": "openh264",
}
MARKED = ["ultrafast", "ultrafast, deblocking", "ultrafast, subme 1", "ultrafast, deblocking, subme 1", "superfast", "superfast, no 4x4", "knee",
          "knee, AQ off", "knee, subme 2", "knee, no DCT decimation", "knee, qpmin 20"]
# Not in the plot: too slow, or not measured by the same rule (several threads; frames of many shares).
BESIDE = {"veryfast", "superfast, 2 threads", "knee, 2 threads", "knee, 2 threads, 2 slices", "OpenH264"}


def measure(clip, path, rate_mbps, sets):
    done = subprocess.run([PROGRAM, path, SIZE, str(rate_mbps * 1000000), *sets.values()], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    names = {options: name for name, options in sets.items()}
    rows = map(json.loads, done.stdout.splitlines())
    return [{**row, "set": names[row["options"]], "clip": clip, "rate_mbps": str(rate_mbps)} for row in rows]


def key(row):
    return row["clip"], row["rate_mbps"], row["set"]


def read(path):
    if not path.exists():
        return {}
    with open(path, newline="") as f:
        return {key(row): row for row in csv.DictReader(f)}


def write(path, rows):
    with open(path, "w", newline="") as f:
        out = csv.DictWriter(f, list(next(iter(rows.values()))))
        out.writeheader()
        out.writerows(rows.values())


def against_superfast(rows):
    """@return {set: [figures of one clip and rate, less or divided by superfast's]}"""
    out = {}
    for (clip, rate, name), row in rows.items():
        base = rows[clip, rate, "superfast"]
        of = lambda figure: float(row[figure]) / float(base[figure])  # noqa: E731
        out.setdefault(name, []).append({
            "clip": clip, "rate": rate, "cpu": of("cpu_p50_ms"), "cpu_p99": of("cpu_p99_ms"), "wall": of("wall_p50_ms"),
            "first": of("first_slice_p50_ms"), "psnr": float(row["psnr_db"]) - float(base["psnr_db"]),
            "flat": float(row["flat_psnr_db"]) - float(base["flat_psnr_db"]), "key": float(row["key_psnr_db"]) - float(base["key_psnr_db"]),
            "ssim": (float(row["ssim"]) - float(base["ssim"])) * 1e3,
            "used": float(row["mean_shares"]), "largest": float(row["largest_shares"])})
    return out


def table(front):
    lines = ["| options | time | first slice | luma PSNR, dB | of flat blocks | of key frames | SSIM / 1000 | rate used | largest frame |",
             "| --- |" + " --- |" * 8]
    for name, cases in front.items():
        of = lambda figure: [case[figure] for case in cases]  # noqa: E731
        ratio = lambda figure: f"{statistics.geometric_mean(of(figure)):.2f} ({min(of(figure)):.2f} to {max(of(figure)):.2f})"  # noqa: E731
        less = lambda figure, n=2: f"{statistics.mean(of(figure)):+.{n}f} ({min(of(figure)):+.{n}f} to {max(of(figure)):+.{n}f})"  # noqa: E731
        lines.append(f"| {name} | {ratio('cpu')} | {statistics.geometric_mean(of('first')):.2f} | {less('psnr')} | {less('flat')} | {less('key')} | "
                     f"{less('ssim', 1)} | {statistics.mean(of('used')):.2f} | {max(of('largest')):.3f} |")
    return "\n".join(lines)


def each_case(front, name):
    """One set in full: a row a clip, a column a rate."""
    cases = {(c["clip"], c["rate"]): c for c in front[name]}
    rates = sorted({rate for _, rate in cases}, key=int)
    lines = [f"| {name}: time, PSNR, PSNR of flat blocks | " + " | ".join(f"{rate} Mbit/s" for rate in rates) + " |", "| --- |" + " --- |" * len(rates)]
    for clip in dict.fromkeys(clip for clip, _ in cases):
        cells = [f"{c['cpu']:.2f}, {c['psnr']:+.2f} dB, {c['flat']:+.2f} dB" for c in (cases[clip, rate] for rate in rates)]
        lines.append(f"| {clip} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plot(path, front):
    """Means over clips and rates. Named sets have a colour each, the others are grey."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, panels = pyplot.subplots(1, 2, figsize=(12, 5))
    for axes, quality, title in zip(panels, ("psnr", "flat"), ("luma", "luma of the flattest quarter")):
        for name in [n for n in front if n not in MARKED] + MARKED:
            if name in BESIDE:
                continue
            x = statistics.geometric_mean(case["cpu"] for case in front[name])
            y = statistics.mean(case[quality] for case in front[name])
            if name in MARKED:
                axes.plot(x, y, "os^"[MARKED.index(name) % 3], label=name, markersize=9)
            else:
                axes.plot(x, y, "o", color="0.8", markersize=5)
        axes.axhline(0, color="0.85", zorder=0)
        axes.axvline(1, color="0.85", zorder=0)
        axes.set_title(f"{title}, mean of {len(front['superfast'])} clips and rates")
        axes.set_xlabel("processor time a frame, superfast = 1")
        axes.set_ylabel("PSNR less superfast's, dB")
    panels[0].legend(fontsize=8, loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--clips", default=",".join(CLIPS), help="of bench/clips; none: only tables and plot of what --out holds")
    options.add_argument("--rates", default="1,3,6", help="Mbit/s")
    options.add_argument("--out", type=pathlib.Path, default=ROOT / "build-test" / "encoder_front")
    a = options.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    results = a.out / "encoder_front.csv"
    rows = read(results)
    for clip in a.clips.split(",") if a.clips != "none" else []:
        done = subprocess.run([sys.executable, ROOT / "bench" / "clips", clip], check=True, capture_output=True, text=True)
        for rate in a.rates.split(","):
            rows.update({key(row): row for row in measure(clip, done.stdout.strip(), int(rate), SETS)})
            write(results, rows)
            print(f"{clip} at {rate} Mbit/s", file=sys.stderr)
    front = against_superfast(rows)
    print(table(front))
    print("\n" + each_case(front, "knee"))
    plot(a.out / "encoder_front.png", front)
    print(f"\n{results}, {a.out / 'encoder_front.png'}")


if __name__ == "__main__":
    main()
