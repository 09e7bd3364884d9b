// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Wall time as the monotonic clock plus an offset that follows the system's clock: slowly where
// that differs by little, at once and counted where it was set. Reads no clock: its owner hands in
// a reading now and then. Everything that is not told to others as a time of day keeps to the
// monotonic clock and never hears of it.
#ifndef LKCAM_BASE_WALLCLOCK_H
#define LKCAM_BASE_WALLCLOCK_H

#include "base/time.h"

// RFC 5905 s7.2 (STEPT): a difference above 128 ms is stepped by NTP itself, a smaller one slewed.
#define LKCAM_WALLCLOCK_STEP_US LKCAM_MS(128)

// RFC 5905 s7.2 (MAXFREQ).
#define LKCAM_WALLCLOCK_SLEW_PPM 500

// Ours: how often a reading is worth its while.
#define LKCAM_WALLCLOCK_INTERVAL_US LKCAM_SECONDS(1)

struct lkcam_wallclock {
    uint64_t steps; // taken so far
    /* private */
    lkcam_us since, from, to; // the offset is `from` until `since` and is then slewed to `to`
};

/** Wall time and monotonic time of one instant. */
void lkcam_wallclock_init(struct lkcam_wallclock *w, lkcam_us now, lkcam_us unix_us);

/** Another reading. @return the step that was taken, 0: none. */
lkcam_us lkcam_wallclock_input(struct lkcam_wallclock *w, lkcam_us now, lkcam_us unix_us);

/** Wall time of an instant; between two steps it grows with the instant. */
lkcam_us lkcam_wallclock_unix(const struct lkcam_wallclock *w, lkcam_us at);

#endif
