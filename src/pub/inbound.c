// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// ONE DATAGRAM'S JOURNEY: socket -> transport (ICE, DTLS, RTCP) -> orders for the camera, answers
// to the peer.
#include <sys/epoll.h>

#include "pub/publisher.h"

static void on_datagram(void *ctx, uint8_t *bytes, size_t len, const struct lkcam_addr *from,
                        lkcam_us arrival)
{
    struct lkcam *c = ctx;
    lkcam_lock_take(&c->lock);
    lkcam_transport_input(&c->transport, bytes, len, from, arrival);
    lkcam_lock_give_back(&c->lock);
}

void lkcam_inbound_ready(void *ctx, uint32_t events, lkcam_us now)
{
    struct lkcam *c = ctx;
    if (events & EPOLLOUT) {
        lkcam_lock_take(&c->lock);
        lkcam_transport_unblock(&c->transport);
        lkcam_lock_give_back(&c->lock);
    }
    if (events & ~(uint32_t)EPOLLOUT)
        lkcam_udp_recv(&c->udp, now, on_datagram, c);
}
