// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/sendbuf.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/seq.h"

int lkcam_sendbuf_init(struct lkcam_sendbuf *b, uint16_t first_seq)
{
    b->ring = calloc(LKCAM_SENDBUF_LEN, sizeof *b->ring);
    b->head = b->sent = b->first = first_seq;
    return b->ring ? 0 : -ENOMEM;
}

void lkcam_sendbuf_deinit(struct lkcam_sendbuf *b)
{
    free(b->ring);
    b->ring = NULL;
}

static struct lkcam_packet *at(struct lkcam_sendbuf *b, uint64_t seq)
{
    return &b->ring[seq % LKCAM_SENDBUF_LEN];
}

struct lkcam_packet *lkcam_sendbuf_slot(struct lkcam_sendbuf *b, int i)
{
    assert(i >= 0 && i < LKCAM_SENDBUF_BATCH);
    struct lkcam_packet *p = at(b, b->head + (uint64_t)i);
    p->seq = b->head + (uint64_t)i;
    p->repeated = 0;
    return p;
}

// Everything older than this may be under the camera thread's hands.
static uint64_t oldest(const struct lkcam_sendbuf *b)
{
    uint64_t kept = LKCAM_SENDBUF_LEN - LKCAM_SENDBUF_BATCH;
    return b->head - b->first > kept ? b->head - kept : b->first;
}

int lkcam_sendbuf_commit(struct lkcam_sendbuf *b, int n)
{
    assert(n >= 0 && n <= LKCAM_SENDBUF_BATCH);
    b->head += (uint64_t)n;
    uint64_t limit = oldest(b);
    if (b->sent >= limit)
        return 0;
    int lost = (int)(limit - b->sent);
    b->sent = limit;
    return lost;
}

struct lkcam_packet *lkcam_sendbuf_peek(struct lkcam_sendbuf *b)
{
    return b->sent < b->head ? at(b, b->sent) : NULL;
}

void lkcam_sendbuf_sent(struct lkcam_sendbuf *b)
{
    assert(b->sent < b->head);
    b->sent++;
}

struct lkcam_packet *lkcam_sendbuf_find(struct lkcam_sendbuf *b, uint16_t seq)
{
    uint64_t wide = lkcam_seq_extend(seq, b->sent);
    return wide >= oldest(b) && wide < b->sent ? at(b, wide) : NULL;
}
