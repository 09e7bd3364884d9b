# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""What the viewer's screen showed and when, and how near that was to what the camera saw at the time. Pure functions; seconds of
CLOCK_MONOTONIC. The comparison itself is handed in: `likeness(shown, frame)` is (dB, SSIM) of the decoded picture `shown` against the
camera's frame `frame`, both by number."""
import collections

import cv2
import numpy as np

C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
LEAST_ERROR = 1e-6      # of a picture that is its source

Span = collections.namedtuple("Span", "frame shown from_s to_s")


def picture_of(number, count):
    """The clip's picture in the camera's frame `number`: to and fro (fakecam_picture in bench/fakecam/state.c)."""
    at = number % (2 * (count - 1))
    return min(at, 2 * (count - 1) - at)


def frame_times(camera):
    """@return (numbers, times at which they became what the camera sees). A frame that the program lost has a time too: it lies evenly
    between its neighbours."""
    rows = sorted((row["id"], row["ready_s"]) for row in camera)
    numbers = np.arange(rows[0][0], rows[-1][0] + 1)
    return numbers, np.interp(numbers, *zip(*rows))


def spans(camera, pictures, begin_s, end_s):
    """The window cut wherever the camera or the screen goes on. `pictures` in the order in which they came: id (None: unreadable), at_s."""
    numbers, ready_s = frame_times(camera)
    at_s = np.array([p["at_s"] for p in pictures])
    cuts = np.unique(np.clip(np.concatenate([[begin_s, end_s], ready_s, at_s]), begin_s, end_s))
    out = []
    for a, b in zip(cuts, cuts[1:]):
        frame, newest = np.searchsorted(ready_s, a, "right") - 1, np.searchsorted(at_s, a, "right") - 1
        if frame >= 0:
            out.append(Span(int(numbers[frame]), pictures[newest]["id"] if newest >= 0 else None, float(a), float(b)))
    return out


def over_time(pieces, value):
    """The mean of `value(span)`, each for as long as it lasted."""
    weights = [s.to_s - s.from_s for s in pieces]
    return float(np.average([value(s) for s in pieces], weights=weights)) if pieces else None


def figures(run, likeness):
    """What the table shows of one run, as bench/contest.py keeps it."""
    begin_s, end_s = run["window_s"]
    numbers, ready_s = frame_times(run["camera"])
    ready = dict(zip(numbers.tolist(), ready_s.tolist()))
    all_spans = spans(run["camera"], run["pictures"], begin_s, end_s)
    seen = [s for s in all_spans if s.shown in ready]
    decoded = sorted({p["id"] for p in run["pictures"] if p["id"] in ready and begin_s <= p["at_s"] < end_s})
    own = [likeness(i, i) for i in decoded]
    on_screen = {(s.shown, s.frame): likeness(s.shown, s.frame) for s in seen}
    blind_s = sum(s.to_s - s.from_s for s in all_spans) - sum(s.to_s - s.from_s for s in seen)
    return {
        "decoded_fps": len(decoded) / (end_s - begin_s),
        "blind_s": blind_s,     # with no picture on the screen, or one that cannot be told
        "age_ms": over_time(seen, lambda s: ((s.from_s + s.to_s) / 2 - ready[s.shown]) * 1e3),
        "screen_db": over_time(seen, lambda s: on_screen[s.shown, s.frame][0]),
        "screen_ssim": over_time(seen, lambda s: on_screen[s.shown, s.frame][1]),
        "coded_db": float(np.mean([db for db, _ in own])) if own else None,
        "coded_ssim": float(np.mean([ssim for _, ssim in own])) if own else None,
        "spans": [(*s, *on_screen[s.shown, s.frame]) for s in seen],
    }


def psnr(a, b):
    error = a.astype(np.float32) - b
    return float(10 * np.log10(255 ** 2 / max(LEAST_ERROR, float(np.mean(error * error)))))


def moments(luma):
    """What ssim() wants of a picture: values, their mean in the window around each place, their variance there."""
    values = luma.astype(np.float32)
    mean = in_window(values)
    return values, mean, in_window(values * values) - mean * mean


def in_window(values):
    return cv2.GaussianBlur(values, (11, 11), 1.5)[5:-5, 5:-5]


def ssim(a, b):
    """Wang et al. 2004: a Gaussian window of 11x11 and sigma 1.5, the mean over all places where it fits. Of two moments()."""
    (values_a, mean_a, variance_a), (values_b, mean_b, variance_b) = a, b
    both = mean_a * mean_b
    covariance = in_window(values_a * values_b) - both
    return float(np.mean((2 * both + C1) * (2 * covariance + C2)
                         / ((mean_a * mean_a + mean_b * mean_b + C1) * (variance_a + variance_b + C2))))
