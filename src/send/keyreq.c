// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/keyreq.h"

static bool within(const struct lkcam_keyreq *k, lkcam_us span, lkcam_us now)
{
    return k->sent && now - k->sent < span;
}

bool lkcam_keyreq_input(struct lkcam_keyreq *k, lkcam_us round_trip, lkcam_us now)
{
    if (k->asked || within(k, round_trip, now))
        return false;
    k->kept = within(k, LKCAM_KEYREQ_INTERVAL_US, now);
    k->asked = !k->kept;
    return k->asked;
}

bool lkcam_keyreq_input_fir(struct lkcam_keyreq *k, uint8_t seq, lkcam_us round_trip, lkcam_us now)
{
    if (k->fir_seen && k->fir_seq == seq)
        return false;
    k->fir_seen = true;
    k->fir_seq = seq;
    return lkcam_keyreq_input(k, round_trip, now);
}

bool lkcam_keyreq_due(struct lkcam_keyreq *k, lkcam_us now)
{
    if (!k->kept || within(k, LKCAM_KEYREQ_INTERVAL_US, now))
        return false;
    k->kept = false;
    k->asked = true;
    return true;
}

void lkcam_keyreq_force(struct lkcam_keyreq *k)
{
    k->asked = true;
}

void lkcam_keyreq_sent(struct lkcam_keyreq *k, lkcam_us now)
{
    k->asked = k->kept = false;
    k->sent = now;
}
