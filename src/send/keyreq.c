// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/keyreq.h"

// A key frame that leaves from then on reaches the server late enough after what left it.
static lkcam_us answered_from(lkcam_us round_trip, lkcam_us now)
{
    return now + LKCAM_KEYREQ_SETTLE_US - round_trip;
}

void lkcam_keyreq_input(struct lkcam_keyreq *k, lkcam_us round_trip, lkcam_us now)
{
    lkcam_us from = answered_from(round_trip, now);
    if (k->sent && k->sent >= from) // the two have crossed
        return;
    if (!k->asked)
        k->first = k->last = from;
    if (from > k->last)
        k->last = from;
    k->asked = true;
}

void lkcam_keyreq_input_fir(struct lkcam_keyreq *k, uint8_t seq, lkcam_us round_trip, lkcam_us now)
{
    if (k->fir_seen && k->fir_seq == seq)
        return;
    k->fir_seen = true;
    k->fir_seq = seq;
    lkcam_keyreq_input(k, round_trip, now);
}

void lkcam_keyreq_begin(struct lkcam_keyreq *k, lkcam_us round_trip, lkcam_us now)
{
    k->asked = k->sent != 0;
    k->forced |= !k->asked;
    k->first = k->last = answered_from(round_trip, now);
}

void lkcam_keyreq_force(struct lkcam_keyreq *k)
{
    k->forced = true;
}

bool lkcam_keyreq_take(struct lkcam_keyreq *k, lkcam_us now)
{
    bool quiet = !k->sent || now - k->sent >= LKCAM_KEYREQ_INTERVAL_US;
    if (!k->forced && !(k->asked && now >= k->first && quiet))
        return false;
    k->forced = false;
    k->asked = k->asked && k->last > now;
    k->first = k->last;
    k->sent = now;
    return true;
}
