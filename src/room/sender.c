// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "room/sender.h"

#include <stdio.h>
#include <string.h>

int lkcam_sender_init(struct lkcam_sender *s, const struct lkcam_rand *rand, int index,
                      lkcam_us now)
{
    char mid[4];
    memset(s, 0, sizeof *s);
    lkcam_pacer_init(&s->pacer, now);
    lkcam_rand_text(rand, s->cid, LKCAM_SENDER_CID);
    snprintf(mid, sizeof mid, "%d", index);
    return lkcam_stream_init(&s->stream, rand, mid, now);
}

void lkcam_sender_deinit(struct lkcam_sender *s)
{
    lkcam_stream_deinit(&s->stream);
}

void lkcam_sender_commit(struct lkcam_sender *s, int n)
{
    int lost = lkcam_sendbuf_commit(&s->stream.buf, n);
    s->counters.backlog_lost += (uint64_t)lost;
    if (lost) // what the viewers have is broken, and NACKs for it will find nothing
        lkcam_keyreq_force(&s->stream.keyreq);
}

lkcam_us lkcam_sender_backlog_age(struct lkcam_sender *s, lkcam_us now)
{
    const struct lkcam_packet *p = lkcam_sendbuf_peek(&s->stream.buf);
    return p ? now - p->queued : 0;
}

bool lkcam_sender_waits(struct lkcam_sender *s)
{
    return lkcam_rtx_waiting(&s->stream.rtx) || lkcam_sendbuf_peek(&s->stream.buf);
}

void lkcam_sender_acked(struct lkcam_sender *s, uint64_t frame)
{
    if (s->acks_written - s->acks_read < LKCAM_SENDER_ACKS)
        s->acks[s->acks_written++ % LKCAM_SENDER_ACKS] = frame;
}

int lkcam_sender_take_ack(struct lkcam_sender *s, uint64_t *frame)
{
    if (s->acks_read == s->acks_written)
        return 0;
    *frame = s->acks[s->acks_read++ % LKCAM_SENDER_ACKS];
    return 1;
}
