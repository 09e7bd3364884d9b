// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/clock.h"

#include <sys/random.h>
#include <time.h>

static lkcam_us read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return LKCAM_SECONDS(t.tv_sec) + t.tv_nsec / 1000;
}

lkcam_us lkcam_clock_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

lkcam_us lkcam_clock_unix(void)
{
    return read_clock(CLOCK_REALTIME);
}

static void fill(void *ctx, uint8_t *out, size_t len)
{
    // Short reads happen only above 256 bytes or before the pool is ready (getrandom(2)).
    while (len) {
        ssize_t n = getrandom(out, len, 0);
        if (n > 0) {
            out += n;
            len -= (size_t)n;
        }
    }
}

const struct lkcam_rand lkcam_clock_rand = {fill, NULL};
