// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/rtx.h"

// Ours: before a round trip is known, the server's own first guess (70 ms) would be as good.
#define RTT_UNKNOWN_US LKCAM_MS(70)

static bool waits(const struct lkcam_rtx *r, uint16_t seq)
{
    for (unsigned i = r->read; i != r->written; i++)
        if (r->queue[i % LKCAM_RTX_QUEUE] == seq)
            return true;
    return false;
}

void lkcam_rtx_input(struct lkcam_rtx *r, struct lkcam_sendbuf *b, uint16_t seq, lkcam_us rtt_us,
                     lkcam_us now)
{
    struct lkcam_packet *p = lkcam_sendbuf_find(b, seq);
    lkcam_us rtt = rtt_us > 0 ? rtt_us : RTT_UNKNOWN_US;

    r->asked++;
    if (!p) {
        r->gone++;
        return;
    }
    if ((p->repeated && now - p->repeated < rtt) || waits(r, seq))
        return;
    if (r->written - r->read < LKCAM_RTX_QUEUE)
        r->queue[r->written++ % LKCAM_RTX_QUEUE] = seq;
}

struct lkcam_packet *lkcam_rtx_take(struct lkcam_rtx *r, struct lkcam_sendbuf *b, lkcam_us now)
{
    while (lkcam_rtx_waiting(r)) {
        struct lkcam_packet *p = lkcam_sendbuf_find(b, r->queue[r->read++ % LKCAM_RTX_QUEUE]);
        if (p) {
            p->repeated = now;
            r->repeated++;
            return p;
        }
        r->gone++;
    }
    return NULL;
}
