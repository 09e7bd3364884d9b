// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/sentlog.h"

#include <errno.h>
#include <stdlib.h>

#include "base/seq.h"

int lkcam_sentlog_init(struct lkcam_sentlog *l, int streams)
{
    size_t len = (size_t)streams * LKCAM_SENTLOG_LEN;
    // The counter begins anywhere; 1 so that an extended number never falls below zero.
    *l = (struct lkcam_sentlog){.next = 1, .len = len};
    l->ring = calloc(len, sizeof *l->ring);
    return l->ring ? 0 : -ENOMEM;
}

void lkcam_sentlog_deinit(struct lkcam_sentlog *l)
{
    free(l->ring);
    l->ring = NULL;
}

uint16_t lkcam_sentlog_add(struct lkcam_sentlog *l, size_t bytes, int stream, uint64_t frame,
                           bool marker, lkcam_us now)
{
    uint64_t n = l->next++;
    l->ring[n % l->len] = (struct lkcam_sent){.number = n,
                                              .sent = now,
                                              .frame = frame,
                                              .bytes = (uint16_t)bytes,
                                              .stream = (uint8_t)stream,
                                              .marker = marker};
    return (uint16_t)n;
}

static struct lkcam_sent *find(struct lkcam_sentlog *l, uint16_t seq)
{
    uint64_t n = lkcam_seq_extend(seq, l->next);
    struct lkcam_sent *s = &l->ring[n % l->len];
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
            acked(ctx, s->stream, s->frame);
    }
}
