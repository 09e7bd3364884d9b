// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What may leave, leaves: the last step of a frame's journey, shared with the network thread
// (reports, retransmissions, what the pacer held back).
#include <errno.h>

#include "io/clock.h"
#include "pub/publisher.h"

// Ours: a hold of the lock stays under 50 us.
#define PACKETS_A_HOLD LKCAM_SENDBUF_BATCH

static int send_by_tcp(struct lkcam *c, const struct lkcam_datagram *d, lkcam_us now)
{
    bool full = false;
    int err = lkcam_streams_send(c, d, now, &full);
    if (full)
        lkcam_transport_block(&c->transport);
    return err;
}

static void send_one(struct lkcam *c, const struct lkcam_outgoing *out, lkcam_us now)
{
    bool tcp = out->datagram.to.tcp;
    int err = tcp ? send_by_tcp(c, &out->datagram, now) : lkcam_udp_send(&c->udp, &out->datagram);
    // A check to an address without a route is ICE's business: its pair will not succeed.
    if (err && (out->media || err == -EAGAIN))
        lkcam_transport_refused(&c->transport, out,
                                err == -EAGAIN && !lkcam_transport_by_tcp(&c->transport));
    if (err || !out->media || out->repeat)
        return;
    now = lkcam_clock_now();
    lkcam_ledger_packet(&c->cameras[out->sender]->ledger, out->frame, now);
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
        send_one(c, &out, now);
    }
    return true;
}

// @return whether packets of `cam` wait: the pacer or a full socket holds them back.
static bool flush(struct lkcam *c, struct lkcam_track *cam, int filled)
{
    bool more = true, waits = false;

    while (more) {
        lkcam_lock_take(&c->lock);
        if (filled)
            lkcam_sender_commit(cam->sender, filled);
        filled = 0;
        // A TCP connection is the network thread's: a packet half written by each of two is none.
        more = !(cam && lkcam_transport_by_tcp(&c->transport)) && send_some(c);
        waits = cam && (c->transport.blocked || lkcam_sendbuf_peek(&cam->sender->stream.buf));
        lkcam_lock_give_back(&c->lock);
    }
    return waits;
}

void lkcam_outbound_flush(struct lkcam *c)
{
    flush(c, NULL, 0);
}

void lkcam_outbound_commit(struct lkcam_track *cam, int filled)
{
    // What is held back is the network thread's to send.
    if (flush(cam->c, cam, filled))
        lkcam_loop_wake(&cam->c->loop);
}
