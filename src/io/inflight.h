// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// When the oldest byte that the peer has not acknowledged was written. Arithmetic; knows no socket.
#ifndef LKCAM_IO_INFLIGHT_H
#define LKCAM_IO_INFLIGHT_H

#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

// Ours: a quarter of a second, by steps of LKCAM_INFLIGHT_STEP_US; what is older keeps its age.
#define LKCAM_INFLIGHT_MARKS 64
#define LKCAM_INFLIGHT_STEP_US LKCAM_MS(4)

/** All zeros at the beginning. */
struct lkcam_inflight {
    /* private */
    uint64_t written;
    struct {
        uint64_t end; // bytes written by then
        lkcam_us at;  // the first of them since the mark before
    } marks[LKCAM_INFLIGHT_MARKS];
    unsigned first, count;
};

void lkcam_inflight_wrote(struct lkcam_inflight *f, size_t bytes, lkcam_us now);

/** `queued` bytes of all written are not acknowledged yet. @return how long ago the oldest of them
 * was written, up to one step more; 0: there is none. */
lkcam_us lkcam_inflight_age(struct lkcam_inflight *f, size_t queued, lkcam_us now);

#endif
