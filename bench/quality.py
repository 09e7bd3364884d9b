#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Quality at equal wire rate: luma PSNR and SSIM of what the viewer's screen shows against what the camera sees at that instant, and of
each decoded picture against its own source.

    TMPDIR=/dev/shm .deps/venv-test/bin/python bench/quality.py [--clip NAME ...] [--rate MBIT|own ...] [--out DIR] [--table]

lkcam is told the rate; the tuned one's bitrate is set anew until its video on the wire has the rate that lkcam's had, to 3 %. Where it does
not take so much, lkcam is set to meet what it takes, and once more told the same with --min-qp. The SDK as shipped has no rate to be set:
`own` measures it as it is, and has the others meet it. Cells are kept in DIR, so that a part can be measured at a time; the table is of all
that is there, --table prints it alone. Needs what bench/run needs, and some 900 MB in TMPDIR for the viewer's pictures.
"""
import argparse
import functools
import itertools
import json
import math
import os
import pathlib
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "bench" / "contestants"), str(ROOT / "tests" / "system")]
os.environ.setdefault("LKCAM_BUILD", str(ROOT / "build-test" / "release"))

import about        # noqa: E402
import contest      # noqa: E402
import contestants  # noqa: E402
import display      # noqa: E402
import paths        # noqa: E402

CLIPS, RATES, OWN = ("bunny", "held", "pan"), ("1", "3", "6"), "own"
WIDTH, HEIGHT, FPS = 1280, 720, 30
STRIP = 48              # lines of the stamp
US, TUNED, SHIPPED = "lkcam i420", "python i420, tuned", "python i420, as shipped"
SPARING = f"{US}, --min-qp 24"      # where a program spends less than it is told, this is how ours does
WARM_UP_S, WINDOW_S = 9, 8
NEAR, TRIES = 0.03, 5


def luma_of_clip(path):
    """All pictures of the clip, the stamp's lines left out."""
    return np.ascontiguousarray(np.fromfile(path, np.uint8).reshape(-1, HEIGHT, WIDTH * 2)[:, STRIP:, ::2])


def whole_cycles_s(count):
    """Whole cycles of the clip, so that the window may begin anywhere; at least WINDOW_S."""
    cycle_s = 2 * (count - 1) / (FPS * (1 + contest.DRIFT_PPM / 1e6))
    return cycle_s * math.ceil(WINDOW_S / cycle_s)


def compare(source, keep):
    """@return likeness(shown, frame) for bench/display.py."""
    @functools.lru_cache(maxsize=4)
    def decoded(number):
        luma = np.fromfile(keep / f"{number}.i420", np.uint8, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH)[STRIP:]
        return luma, display.moments(luma)

    @functools.lru_cache(maxsize=4)
    def original(picture):
        return source[picture], display.moments(source[picture])

    @functools.cache
    def of_picture(shown, picture):
        (luma, moments), (luma_o, moments_o) = decoded(shown), original(picture)
        return display.psnr(luma, luma_o), display.ssim(moments, moments_o)
    return lambda shown, frame: of_picture(shown, display.picture_of(frame, len(source)))


def wire_bps(run):
    """All video of the program: every layer, retransmission and padding, from the RTP header on."""
    begin_s, end_s = run["window_s"]
    return sum(p[4] for p in run["packets"] if begin_s <= p[0] < end_s) * 8 / (end_s - begin_s)


def near(rate_bps, target_bps):
    return abs(rate_bps / target_bps - 1) <= NEAR


def between(tries, target_bps):
    """The bitrate to tell next: between the nearest tries below and above, else in proportion to the last."""
    below, above = ([t for t in tries if (t[1] < target_bps) == under] for under in (True, False))
    if not below or not above:
        told_bps, rate_bps = tries[-1]
        return told_bps * min(2, target_bps / rate_bps)
    (low_told, low), (high_told, high) = max(below, key=lambda t: t[1]), min(above, key=lambda t: t[1])
    return low_told + (high_told - low_told) * (target_bps - low) / (high - low)


def is_full(tries):
    """Told half as much again it takes no tenth more."""
    (told_bps, rate_bps), (told_now_bps, rate_now_bps) = tries[-2:]
    return told_now_bps > 1.5 * told_bps and rate_now_bps < 1.1 * rate_bps


def met(measure, target_bps):
    """Sets the bitrate anew by what came of it. `measure(bitrate) -> (rate, result)`. @return (tries: bitrate and rate, the last result)"""
    tries, told_bps = [], target_bps
    while True:
        rate_bps, result = measure(round(told_bps))
        tries.append((round(told_bps), round(rate_bps)))
        if near(rate_bps, target_bps) or len(tries) == TRIES or len(tries) > 1 and is_full(tries):
            return tries, result
        told_bps = between(tries, target_bps)


def commands(bitrate_bps):
    known = contestants.commands(paths.lkcam(), f"{WIDTH}x{HEIGHT}", FPS, bitrate_bps)
    return known | {SPARING: [*known[US], "--min-qp", "24"]}


def one_run(name, bitrate_bps, path, source, folder):
    """@return (rate on the wire, what gives the figures)"""
    print(f"{path.stem}: {name}, told {bitrate_bps / 1e6:.3f} Mbit/s", file=sys.stderr, flush=True)
    command = commands(bitrate_bps)[name]
    keep = folder / f"{bitrate_bps}"
    keep.mkdir(parents=True, exist_ok=True)
    setting = contest.Setting(f"{WIDTH}x{HEIGHT}", FPS, bitrate_bps, True, 1, "python", WARM_UP_S, whole_cycles_s(len(source)))
    run = contest.run(name, command, path, setting, folder, keep)
    run["pictures"] = [p if p["width"] == WIDTH else p | {"id": None} for p in run["pictures"]]      # of a lower layer: not compared
    return wire_bps(run), lambda: display.figures(run, compare(source, keep))


def cell(name, told_bps, target_bps, path, source):
    """One program that meets a rate; without one as it is, told so much where it can be told."""
    with tempfile.TemporaryDirectory() as folder:
        def measure(bitrate_bps):
            for old in pathlib.Path(folder).glob("*/*.i420"):
                old.unlink()
            return one_run(name, bitrate_bps, path, source, pathlib.Path(folder))
        if target_bps:
            tries, figures = met(measure, target_bps)
        else:
            rate_bps, figures = measure(told_bps)
            tries = [(told_bps, round(rate_bps))]
        return {"name": name, "target_bps": target_bps or tries[0][1], "tries": tries, **figures()}


def cells(rate, path, source):
    """The programs on one clip: the first as it is, the next at its rate."""
    if rate == OWN:
        shipped = cell(SHIPPED, 0, None, path, source)
        return [shipped, *(cell(name, None, shipped["target_bps"], path, source) for name in (US, TUNED))]
    told_bps = round(float(rate) * 1e6)
    ours = cell(US, told_bps, None, path, source)
    tuned = cell(TUNED, None, ours["target_bps"], path, source)
    reached_bps = tuned["tries"][-1][1]
    if near(reached_bps, ours["target_bps"]):
        return [ours, tuned]
    return [ours, tuned, cell(US, None, reached_bps, path, source), cell(SPARING, told_bps, None, path, source)]


def group(name, rate):
    path = pathlib.Path(contest.clip(name, f"{WIDTH}x{HEIGHT}"))
    return about.about() | {"clip": name, "rate": rate, "cells": cells(rate, path, luma_of_clip(path))}


COLUMNS = ["clip, Mbit/s", "program", "told, Mbit/s", "on the wire", "decoded a second", "age on the screen, ms", "screen, dB",
           "screen, SSIM", "coding, dB", "coding, SSIM"]


def row(g, c):
    def cut(key, decimals):
        return "-" if c[key] is None else f"{c[key]:.{decimals}f}"
    told_bps, rate_bps = c["tries"][-1]
    return [f"{g['clip']}, {g['rate']}", c["name"], f"{told_bps / 1e6:.2f}" if told_bps else "-",
            f"{rate_bps / 1e6:.3f}" + ("" if near(rate_bps, c["target_bps"]) else f" (**not {c['target_bps'] / 1e6:.3f}**)"),
            cut("decoded_fps", 1), cut("age_ms", 1),
            cut("screen_db", 2) + (f" (**{c['blind_s']:.1f} s unreadable**)" if c["blind_s"] > 0.01 else ""),
            cut("screen_ssim", 4), cut("coded_db", 2), cut("coded_ssim", 4)]


def table(groups):
    order = sorted(groups, key=lambda g: (CLIPS.index(g["clip"]), (*RATES, OWN).index(g["rate"])))
    rows = [COLUMNS, ["---"] * len(COLUMNS)] + [row(g, c) for g in order for c in g["cells"]]
    made = sorted({f"{g['date']}, commit {g['commit']}, {g['machine']}" for g in groups})
    return "\n".join([f"| {' | '.join(r)} |" for r in rows] + ["", *made])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--clip", action="append", choices=CLIPS)
    options.add_argument("--rate", action="append", choices=(*RATES, OWN))
    options.add_argument("--out", type=pathlib.Path, default=ROOT / "build-test" / "quality")
    options.add_argument("--table", action="store_true")
    a = options.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    for name, rate in [] if a.table else itertools.product(a.clip or CLIPS, a.rate or (*RATES, OWN)):
        (a.out / f"{name}-{rate}.json").write_text(json.dumps(group(name, rate)))
    print(table([json.loads(f.read_text()) for f in sorted(a.out.glob("*.json"))]))


if __name__ == "__main__":
    main()
