// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What the measuring programs time with.
#ifndef LKCAM_BENCH_TIMING_H
#define LKCAM_BENCH_TIMING_H

#include <time.h>

double bench_clock_ms(clockid_t clock);

/** By nearest rank; sorts `v`. `percent` is below 100. */
double bench_percentile(double *v, int count, int percent);

#endif
