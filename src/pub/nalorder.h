// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Brings slices that an encoder's threads finish out of order back into macroblock order, without
// making any of them wait: whoever brings the next slice carries it on, and whatever had been held
// for it.
#ifndef LKCAM_PUB_NALORDER_H
#define LKCAM_PUB_NALORDER_H

#include <stdbool.h>

#include "media/encoder.h"
#include "pub/lock.h"

#define LKCAM_NALORDER_HELD 32 // Ours: more slices than an encoder with 8 threads has under way

struct lkcam_nalorder {
    bool broken; // a slice could not be held: the frame is incomplete, a key frame is needed
    /* private */
    struct lkcam_lock lock;
    lkcam_nal_cb emit;
    void *ctx;
    bool busy; // some thread is carrying slices on
    int next_mb;
    struct lkcam_coded_nal held[LKCAM_NALORDER_HELD]; // p == NULL: free
    uint8_t *arena;                                   // copies of held slices of this frame
    size_t arena_len, arena_cap;
};

/** `emit` is called by one thread at a time, in order. @return 0 or -ENOMEM. */
int lkcam_nalorder_init(struct lkcam_nalorder *o, size_t arena_bytes, lkcam_nal_cb emit, void *ctx);
void lkcam_nalorder_deinit(struct lkcam_nalorder *o);

/** Before each encode; no NAL of the frame before is under way any more. */
void lkcam_nalorder_begin(struct lkcam_nalorder *o);

/** Any of the encoder's threads. The NAL is borrowed: carried on before the return, or copied. */
void lkcam_nalorder_input(struct lkcam_nalorder *o, const struct lkcam_coded_nal *nal);

#endif
