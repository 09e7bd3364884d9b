// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Counters that wrap at 16 bits on the wire (RTP, RTX and transport-wide sequence numbers).
#ifndef LKCAM_BASE_SEQ_H
#define LKCAM_BASE_SEQ_H

#include <stdint.h>

/** The 64-bit counter nearest to `near` whose low 16 bits are `seq`; never below zero. */
static inline uint64_t lkcam_seq_extend(uint16_t seq, uint64_t near)
{
    int16_t step = (int16_t)(uint16_t)(seq - (uint16_t)near);
    if (step < 0 && near < (uint64_t) - (int64_t)step)
        return near + (uint16_t)step;
    return near + (uint64_t)(int64_t)step;
}

#endif
