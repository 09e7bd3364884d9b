// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What may leave, leaves: the last step of a frame's journey, shared with the network thread
// (reports, retransmissions, what the pacer held back).
#include <errno.h>

#include "io/clock.h"
#include "pub/publisher.h"

// Ours: a hold of the lock stays under 50 us.
#define PACKETS_A_HOLD LKCAM_SENDBUF_BATCH

static void send_one(struct lkcam *c, const struct lkcam_outgoing *out)
{
    int err = lkcam_udp_send(&c->udp, &out->datagram);
    // A check to an address without a route is ICE's business: its pair will not succeed.
    if (err && (out->media || err == -EAGAIN))
        lkcam_transport_refused(&c->transport, err == -EAGAIN);
    if (err || !out->media || out->repeat)
        return;
    lkcam_us now = lkcam_clock_now();
    lkcam_ledger_packet(&c->ledger, out->frame, now);
    if (!c->first_packet_us)
        c->first_packet_us = now - c->started;
}

// @return whether more may be there.
static bool send_some(struct lkcam *c)
{
    struct lkcam_outgoing out;
    lkcam_us now = lkcam_clock_now();

    for (int n = 0; n < PACKETS_A_HOLD; n++) {
        if (!lkcam_transport_output(&c->transport, &out, now))
            return false;
        send_one(c, &out);
    }
    return true;
}

void lkcam_outbound_flush(struct lkcam *c, int commit)
{
    // Packets are filled on the camera's side alone: by its thread, or by one of the encoder's.
    bool more = true, waits = false, camera_side = commit > 0;

    while (more) {
        lkcam_lock_take(&c->lock);
        if (commit)
            lkcam_transport_commit(&c->transport, commit);
        commit = 0;
        more = send_some(c);
        waits = c->transport.blocked || lkcam_sendbuf_peek(&c->transport.stream.buf);
        lkcam_lock_give_back(&c->lock);
    }
    // What the pacer or a full socket holds back is the network thread's to send.
    if (waits && camera_side)
        lkcam_loop_wake(&c->loop);
}
