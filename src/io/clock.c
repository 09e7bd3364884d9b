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

// A reading that was not interrupted takes well under a microsecond, so a second try is enough
// unless the machine stands still.
lkcam_us lkcam_clock_pair(lkcam_us *now, lkcam_us *unix_us)
{
    lkcam_us doubt = LKCAM_NEVER;
    for (int i = 0; i < 4 && doubt > 20; i++) {
        lkcam_us before = lkcam_clock_now(), wall = lkcam_clock_unix(), took;
        took = lkcam_clock_now() - before;
        if (took >= doubt)
            continue;
        doubt = took;
        *now = before + took / 2;
        *unix_us = wall;
    }
    return doubt;
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
