// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Every frame's own story: when it was exposed, taken, coded, sent, acknowledged. Statistics, the
// status line and the benchmark all read it. Written and read under the publisher's lock.
#ifndef LKCAM_PUB_LEDGER_H
#define LKCAM_PUB_LEDGER_H

#include "base/time.h"
#include "lkcam/lkcam.h"

#define LKCAM_LEDGER_LEN 256 // Ours: 2 s at 120 fps, so that a reader once a second misses none

struct lkcam_ledger {
    uint64_t last; // number of the newest frame, 0: none yet
    /* private */
    struct lkcam_frame_times ring[LKCAM_LEDGER_LEN];
};

/** A frame has been taken. @return its number. */
uint64_t lkcam_ledger_begin(struct lkcam_ledger *l, lkcam_us captured, lkcam_us dequeued);

/** The frame's row while it is kept, else NULL. */
struct lkcam_frame_times *lkcam_ledger_row(struct lkcam_ledger *l, uint64_t frame);

/** A packet of it was handed to the socket. */
void lkcam_ledger_packet(struct lkcam_ledger *l, uint64_t frame, lkcam_us now);
void lkcam_ledger_acked(struct lkcam_ledger *l, uint64_t frame, lkcam_us now);

/** Rows after `*after` that were taken before `before`, oldest first; moves `*after` on. @return
 * their number. */
int lkcam_ledger_copy(struct lkcam_ledger *l, uint64_t *after, lkcam_us before,
                      struct lkcam_frame_times *out, int cap);

#endif
