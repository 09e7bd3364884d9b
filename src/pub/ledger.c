// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "pub/ledger.h"

uint64_t lkcam_ledger_begin(struct lkcam_ledger *l, lkcam_us captured, lkcam_us dequeued)
{
    uint64_t n = ++l->last;
    l->ring[n % LKCAM_LEDGER_LEN] =
        (struct lkcam_frame_times){.frame = n, .captured_us = captured, .dequeued_us = dequeued};
    return n;
}

struct lkcam_frame_times *lkcam_ledger_row(struct lkcam_ledger *l, uint64_t frame)
{
    struct lkcam_frame_times *row = &l->ring[frame % LKCAM_LEDGER_LEN];
    return frame && row->frame == frame ? row : NULL;
}

void lkcam_ledger_packet(struct lkcam_ledger *l, uint64_t frame, lkcam_us now)
{
    struct lkcam_frame_times *row = lkcam_ledger_row(l, frame);
    if (!row)
        return;
    if (!row->first_packet_us)
        row->first_packet_us = now;
    row->last_packet_us = now;
    row->packets++;
}

void lkcam_ledger_acked(struct lkcam_ledger *l, uint64_t frame, lkcam_us now)
{
    struct lkcam_frame_times *row = lkcam_ledger_row(l, frame);
    if (row && !row->acked_us)
        row->acked_us = now;
}

int lkcam_ledger_copy(struct lkcam_ledger *l, uint64_t *after, lkcam_us before,
                      struct lkcam_frame_times *out, int cap)
{
    uint64_t oldest = l->last >= LKCAM_LEDGER_LEN ? l->last - LKCAM_LEDGER_LEN + 1 : 1;
    uint64_t frame = *after + 1 > oldest ? *after + 1 : oldest;
    int n = 0;

    for (; frame <= l->last && n < cap; frame++) {
        const struct lkcam_frame_times *row = lkcam_ledger_row(l, frame);
        if (!row || row->dequeued_us >= before)
            break;
        out[n++] = *row;
        *after = frame;
    }
    return n;
}
