// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Requests for a key frame (PLI, FIR) become key frames: a request is answered by the first frame
// that reaches the server a settling time after the request has left it; at most one key frame per
// interval.
//
//   server   PLI ─────╮                 settling time            ╭──► key frame
//   here              ╰──► input ······ the frames between ······ take
#ifndef LKCAM_SEND_KEYREQ_H
#define LKCAM_SEND_KEYREQ_H

#include <stdbool.h>

#include "base/time.h"

// Ours: for the quality of the pictures in between. No key frame is larger than any other frame.
#define LKCAM_KEYREQ_INTERVAL_US LKCAM_MS(100)

// Ours: the server asks in the same moment in which it tells a new viewer what will come, and what
// comes before the viewer has understood that is lost (docs/design/send.md).
#define LKCAM_KEYREQ_SETTLE_US LKCAM_MS(20)

struct lkcam_keyreq {
    /* private */
    bool asked, forced, fir_seen;
    uint8_t fir_seq;
    lkcam_us first, last; // the first and the last request are answered by what leaves from here on
    lkcam_us sent;        // the last key frame; 0: none yet
};

/** A PLI. `round_trip`: 0 where it is not known; an estimate that is too long would cost the
 * request. */
void lkcam_keyreq_input(struct lkcam_keyreq *k, lkcam_us round_trip, lkcam_us now);

/** A FIR: RFC 5104 s4.3.1.1, a repeated command number is the same request. */
void lkcam_keyreq_input_fir(struct lkcam_keyreq *k, uint8_t seq, lkcam_us round_trip, lkcam_us now);

/** Frames begin to flow, for somebody who has just come: as a PLI, which comes about now too, and
 * what was asked before is answered with it. The first frame of all is one at once. */
void lkcam_keyreq_begin(struct lkcam_keyreq *k, lkcam_us round_trip, lkcam_us now);

/** The next frame has to be one whatever came before: part of one is lost here. */
void lkcam_keyreq_force(struct lkcam_keyreq *k);

/** To be asked for each frame that will leave. @return whether it has to be a key frame, which is
 * then taken for sent. */
bool lkcam_keyreq_take(struct lkcam_keyreq *k, lkcam_us now);

#endif
