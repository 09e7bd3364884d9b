// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Requests for a key frame (PLI, FIR) become at most one key frame per interval.
//
//   IDLE ──request──► ASKED ──key frame leaves──► CROSSING ──round trip──► QUIET ──interval──► IDLE
//     ASKED and CROSSING answer every further request with the same key frame;
//     QUIET keeps one: at the end of the interval it is ASKED
#ifndef LKCAM_SEND_KEYREQ_H
#define LKCAM_SEND_KEYREQ_H

#include <stdbool.h>

#include "base/time.h"

// Ours: for the quality of the pictures in between. No key frame is larger than any other frame.
#define LKCAM_KEYREQ_INTERVAL_US LKCAM_MS(100)

struct lkcam_keyreq {
    /* private */
    bool asked, kept, fir_seen;
    uint8_t fir_seq;
    lkcam_us sent; // of the last key frame; 0: none yet
};

/**
 * A PLI, or anything else that needs a key frame. `round_trip`: a request that comes sooner than
 * this after a key frame has left was sent before it arrived, and is answered by it; 0 where it is
 * not known: an estimate that is too long would cost the request. @return true when a key frame has
 * to be made now.
 */
bool lkcam_keyreq_input(struct lkcam_keyreq *k, lkcam_us round_trip, lkcam_us now);

/** A FIR: RFC 5104 s4.3.1.1, a repeated command number is the same request. */
bool lkcam_keyreq_input_fir(struct lkcam_keyreq *k, uint8_t seq, lkcam_us round_trip, lkcam_us now);

/** To be asked before each frame. @return true when a request that was kept has to be answered now.
 */
bool lkcam_keyreq_due(struct lkcam_keyreq *k, lkcam_us now);

/** The next frame has to be one whatever came before: frames begin to flow. Requests until then are
 * answered by it. */
void lkcam_keyreq_force(struct lkcam_keyreq *k);

/** A key frame has left. */
void lkcam_keyreq_sent(struct lkcam_keyreq *k, lkcam_us now);

#endif
