// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/keyreq.h"

bool lkcam_keyreq_input(struct lkcam_keyreq *k, lkcam_us now)
{
    if (k->asked || (k->sent && now - k->sent < LKCAM_KEYREQ_INTERVAL_US))
        return false;
    k->asked = true;
    return true;
}

bool lkcam_keyreq_input_fir(struct lkcam_keyreq *k, uint8_t seq, lkcam_us now)
{
    if (k->fir_seen && k->fir_seq == seq)
        return false;
    k->fir_seen = true;
    k->fir_seq = seq;
    return lkcam_keyreq_input(k, now);
}

void lkcam_keyreq_force(struct lkcam_keyreq *k)
{
    k->asked = true;
}

void lkcam_keyreq_sent(struct lkcam_keyreq *k, lkcam_us now)
{
    k->asked = false;
    k->sent = now;
}
