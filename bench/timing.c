// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "timing.h"

#include <stddef.h>
#include <stdlib.h>

double bench_clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return (d > 0) - (d < 0);
}

double bench_percentile(double *v, int count, int percent)
{
    qsort(v, (size_t)count, sizeof *v, compare);
    return v[count * percent / 100];
}
