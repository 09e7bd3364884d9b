// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/time.h"

// RFC 3550 s4: NTP counts from 1900; 1970 is 2,208,988,800 seconds later.
#define NTP_UNIX_SECONDS 2208988800u

uint64_t lkcam_ntp_from_unix(lkcam_us unix_us)
{
    uint64_t us = unix_us < 0 ? 0 : (uint64_t)unix_us;
    uint64_t seconds = us / 1000000u + NTP_UNIX_SECONDS;
    uint64_t fraction = ((us % 1000000u) << 32) / 1000000u;
    return (seconds << 32) | fraction;
}

uint32_t lkcam_90k_from_us(lkcam_us us)
{
    // 90 kHz is 9 ticks in 100 us; the quotient and the rest apart, so that days do not overflow.
    lkcam_us hundreds = us / 100, rest = us % 100;
    return (uint32_t)(hundreds * 9 + rest * 9 / 100);
}
