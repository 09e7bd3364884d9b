// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The one place that reads clocks. Read by the loop, the socket (the kernel stamps in wall time),
// the frame path, and for base/wallclock; everyone else is handed `now`.
#ifndef LKCAM_IO_CLOCK_H
#define LKCAM_IO_CLOCK_H

#include "base/rand.h"
#include "base/time.h"

lkcam_us lkcam_clock_now(void);  // CLOCK_MONOTONIC
lkcam_us lkcam_clock_unix(void); // CLOCK_REALTIME, us since 1970

/** Both of one instant. @return by how much they may be apart: a thread can be interrupted between
 * the two. */
lkcam_us lkcam_clock_pair(lkcam_us *now, lkcam_us *unix_us);

/** The kernel's randomness (getrandom). */
extern const struct lkcam_rand lkcam_clock_rand;

#endif
