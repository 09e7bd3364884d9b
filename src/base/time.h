// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Instants and their forms on the wire. Knows no clock: `now` is handed down by whoever read it.
#ifndef LKCAM_BASE_TIME_H
#define LKCAM_BASE_TIME_H

#include <stdint.h>

/** Microseconds. An instant is CLOCK_MONOTONIC unless its name says `unix`. */
typedef int64_t lkcam_us;

#define LKCAM_NEVER INT64_MAX
#define LKCAM_MS(n) ((lkcam_us)(n)*1000)
#define LKCAM_SECONDS(n) ((lkcam_us)(n)*1000000)

static inline lkcam_us lkcam_us_min(lkcam_us a, lkcam_us b)
{
    return a < b ? a : b;
}

/** RFC 3550 s4: seconds since 1900 in 32.32 fixed point, of a time since 1970. */
uint64_t lkcam_ntp_from_unix(lkcam_us unix_us);

/** RFC 3550 s4: the middle 32 bits, in 1/65536 s. */
static inline uint32_t lkcam_ntp_middle(uint64_t ntp)
{
    return (uint32_t)(ntp >> 16);
}

/** 1/65536 s (RFC 3550 DLSR, RFC 3611 DLRR) to microseconds and back. */
static inline lkcam_us lkcam_us_from_16_16(uint32_t d)
{
    return (lkcam_us)(((uint64_t)d * 1000000u) >> 16);
}

static inline uint32_t lkcam_16_16_from_us(lkcam_us us)
{
    return us <= 0 ? 0 : (uint32_t)(((uint64_t)us << 16) / 1000000u);
}

/** A duration in ticks of the 90 kHz video clock, modulo 2^32. */
uint32_t lkcam_90k_from_us(lkcam_us us);

#endif
