// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/sentlog.h"

#include "base/seq.h"

uint16_t lkcam_sentlog_add(struct lkcam_sentlog *l, size_t bytes, uint64_t frame, bool marker,
                           lkcam_us now)
{
    uint64_t n = l->next++;
    l->ring[n % LKCAM_SENTLOG_LEN] = (struct lkcam_sent){
        .number = n, .sent = now, .frame = frame, .bytes = (uint16_t)bytes, .marker = marker};
    return (uint16_t)n;
}

static struct lkcam_sent *find(struct lkcam_sentlog *l, uint16_t seq)
{
    uint64_t n = lkcam_seq_extend(seq, l->next);
    struct lkcam_sent *s = &l->ring[n % LKCAM_SENTLOG_LEN];
    return n < l->next && s->number == n && s->sent ? s : NULL;
}

void lkcam_sentlog_input(struct lkcam_sentlog *l, struct lkcam_twcc *fb, lkcam_sentlog_cb acked,
                         void *ctx)
{
    struct lkcam_twcc_packet p;

    l->messages++;
    while (lkcam_twcc_next(fb, &p)) {
        struct lkcam_sent *s = find(l, p.seq);
        if (!s) {
            l->unknown++;
            continue;
        }
        if (s->known)
            continue;
        s->known = true;
        if (!p.received) {
            l->lost++;
            continue;
        }
        if (s->sent > l->acked_us)
            l->acked_us = s->sent;
        if (s->marker)
            acked(ctx, s->frame);
    }
}
