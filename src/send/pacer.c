// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/pacer.h"

#include "send/packet.h"

// Ours: a frame late by half its time must not wait for the one before it; 2.5 is also what
// libwebrtc spreads with.
#define FACTOR_PERCENT 250

// Ours: headers, tags and fragmentation are at most a twentieth at full packets.
#define OVERHEAD_PERCENT 105

#define BIT_US INT64_C(1000000) // the level counts bits x 1e6, so that rate x us needs no division

void lkcam_pacer_init(struct lkcam_pacer *p, lkcam_us now)
{
    *p = (struct lkcam_pacer){.at = now};
}

static int64_t full(const struct lkcam_pacer *p)
{
    return p->burst_bytes * 8 * BIT_US;
}

static void refill(struct lkcam_pacer *p, lkcam_us now)
{
    // An hour's gain is more than any bucket holds; the bound keeps the product small.
    lkcam_us gone = lkcam_us_min(now - p->at, LKCAM_SECONDS(10));
    if (gone <= 0)
        return;
    p->at = now;
    p->level += p->rate_bps * gone;
    if (p->level > full(p))
        p->level = full(p);
}

void lkcam_pacer_set(struct lkcam_pacer *p, int bitrate_bps, int fps_milli, lkcam_us now)
{
    refill(p, now);
    int64_t share_bytes = (int64_t)bitrate_bps * 1000 / 8 / (fps_milli > 0 ? fps_milli : 1);
    int64_t burst = share_bytes * 12 / 10 * OVERHEAD_PERCENT / 100 + LKCAM_UDP_PAYLOAD_MAX;
    bool first = p->rate_bps == 0;
    p->rate_bps = (int64_t)bitrate_bps * FACTOR_PERCENT / 100;
    p->burst_bytes = burst;
    if (first || p->level > full(p))
        p->level = full(p);
}

bool lkcam_pacer_allows(struct lkcam_pacer *p, lkcam_us now)
{
    refill(p, now);
    return p->level > 0;
}

void lkcam_pacer_spend(struct lkcam_pacer *p, size_t bytes, lkcam_us now)
{
    refill(p, now);
    p->level -= (int64_t)bytes * 8 * BIT_US;
}

lkcam_us lkcam_pacer_next(struct lkcam_pacer *p, lkcam_us now)
{
    if (lkcam_pacer_allows(p, now))
        return now;
    return p->rate_bps ? p->at + -p->level / p->rate_bps + 1 : LKCAM_NEVER;
}
