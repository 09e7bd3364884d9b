// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A seeded source of randomness for tests: the same run each time.
#ifndef TESTS_UNIT_SEEDED_H
#define TESTS_UNIT_SEEDED_H

#include "base/rand.h"

static void seeded_fill(void *ctx, uint8_t *out, size_t len)
{
    uint64_t *x = ctx;
    for (size_t i = 0; i < len; i++) {
        *x ^= *x << 13;
        *x ^= *x >> 7;
        *x ^= *x << 17;
        out[i] = (uint8_t)(*x >> 24);
    }
}

static inline struct lkcam_rand seeded(uint64_t *state)
{
    return (struct lkcam_rand){seeded_fill, state};
}

#endif
