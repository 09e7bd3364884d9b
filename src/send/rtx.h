// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Which packets to send again: NACKs in, sequence numbers out, none twice within a round trip.
// Knows numbers and time; knows no sockets, no keys and no packet's content.
#ifndef LKCAM_SEND_RTX_H
#define LKCAM_SEND_RTX_H

#include "send/sendbuf.h"

#define LKCAM_RTX_QUEUE 128 // Ours: the server remembers 100 missing numbers

struct lkcam_rtx {
    uint64_t asked, repeated, gone; // numbers named in NACKs; sent again; no longer in the ring
    /* private */
    uint16_t queue[LKCAM_RTX_QUEUE];
    unsigned read, written;
};

/**
 * One missing packet. Queued unless it is gone, waits already, or was repeated less than one round
 * trip ago (then the repeat is still under way). A full queue drops the request: the server asks
 * again.
 */
void lkcam_rtx_input(struct lkcam_rtx *r, struct lkcam_sendbuf *b, uint16_t seq, lkcam_us rtt_us,
                     lkcam_us now);

/** The next packet to repeat, marked as repeated now; NULL when none waits. */
struct lkcam_packet *lkcam_rtx_take(struct lkcam_rtx *r, struct lkcam_sendbuf *b, lkcam_us now);

static inline bool lkcam_rtx_waiting(const struct lkcam_rtx *r)
{
    return r->read != r->written;
}

#endif
