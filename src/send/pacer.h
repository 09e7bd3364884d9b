// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// When the next packet may leave: a bucket that holds a normal frame, so that it leaves at once,
// and that fills faster than frames come, so that a large one is spread. Knows bytes and time, no
// packets.
//
// Guarantee: in any time t at most burst + rate x t / 8 bytes leave, plus one packet.
#ifndef LKCAM_SEND_PACER_H
#define LKCAM_SEND_PACER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"

struct lkcam_pacer {
    /* private */
    int64_t rate_bps, burst_bytes;
    int64_t level; // bits x 1e6; below zero: a packet was let through on credit
    lkcam_us at;   // when `level` was true
};

void lkcam_pacer_init(struct lkcam_pacer *p, lkcam_us now);

/** The coded rate and the true frame rate: a frame of up to 1.2 shares passes at once. */
void lkcam_pacer_set(struct lkcam_pacer *p, int bitrate_bps, int fps_milli, lkcam_us now);

bool lkcam_pacer_allows(struct lkcam_pacer *p, lkcam_us now);
void lkcam_pacer_spend(struct lkcam_pacer *p, size_t bytes, lkcam_us now);

/** When the next packet may leave; `now` when it may at once. */
lkcam_us lkcam_pacer_next(struct lkcam_pacer *p, lkcam_us now);

#endif
