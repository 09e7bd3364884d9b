// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Requests for a key frame (PLI, FIR) become at most one key frame per interval.
//
//   IDLE --request--> ASKED --key frame leaves--> HELD --interval over--> IDLE
//            ASKED and HELD answer every further request with the same key frame
#ifndef LKCAM_SEND_KEYREQ_H
#define LKCAM_SEND_KEYREQ_H

#include <stdbool.h>

#include "base/time.h"

// Ours: requests closer together than this are answered by one key frame. A request that comes
// while the key frame is still on its way was sent before it arrived; who lost it asks again (the
// server: each 200 ms to 1 s).
#define LKCAM_KEYREQ_INTERVAL_US LKCAM_MS(250)

struct lkcam_keyreq {
    /* private */
    bool asked, fir_seen;
    uint8_t fir_seq;
    lkcam_us sent; // of the last key frame; 0: none yet
};

/** A PLI, or anything else that needs a key frame. @return true when a key frame has to be made
 * now. */
bool lkcam_keyreq_input(struct lkcam_keyreq *k, lkcam_us now);

/** A FIR: RFC 5104 s4.3.1.1, a repeated command number is the same request. */
bool lkcam_keyreq_input_fir(struct lkcam_keyreq *k, uint8_t seq, lkcam_us now);

/** The next frame has to be one whatever came before: frames begin to flow. Requests until then are
 * answered by it. */
void lkcam_keyreq_force(struct lkcam_keyreq *k);

/** A key frame has left. */
void lkcam_keyreq_sent(struct lkcam_keyreq *k, lkcam_us now);

#endif
