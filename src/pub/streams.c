// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The TCP connections that ICE asks for: made, fed, and closed on the network thread alone.
#include <errno.h>

#include "pub/publisher.h"

static void on_opened(void *ctx, struct lkcam_framed *f, lkcam_us now)
{
    struct lkcam *c = ctx;
    lkcam_lock_take(&c->lock);
    lkcam_ice_connected(&c->transport.ice, &f->to, now);
    lkcam_lock_give_back(&c->lock);
}

static void on_received(void *ctx, struct lkcam_framed *f, uint8_t *bytes, size_t len, lkcam_us now)
{
    struct lkcam *c = ctx;
    lkcam_lock_take(&c->lock);
    lkcam_transport_input(&c->transport, bytes, len, &f->to, now);
    lkcam_lock_give_back(&c->lock);
}

static void on_writable(void *ctx, struct lkcam_framed *f, lkcam_us now)
{
    struct lkcam *c = ctx;
    lkcam_lock_take(&c->lock);
    if (lkcam_transport_by_tcp(&c->transport))
        lkcam_transport_unblock(&c->transport);
    lkcam_lock_give_back(&c->lock);
}

static void tell_broken(struct lkcam *c, const struct lkcam_addr *to, int error)
{
    lkcam_lock_take(&c->lock);
    lkcam_ice_broken(&c->transport.ice, to, error);
    lkcam_lock_give_back(&c->lock);
}

static void on_closed(void *ctx, struct lkcam_framed *f, int error, lkcam_us now)
{
    tell_broken(ctx, &f->to, error);
}

static void connect_one(struct lkcam *c, const struct lkcam_addr *to)
{
    const struct lkcam_framed_events events = {on_opened, on_received, on_writable, on_closed, c};
    int err = -EMFILE;

    for (int i = 0; i < LKCAM_ICE_STREAMS; i++) {
        if (c->streams[i].used)
            continue;
        err = lkcam_framed_connect(&c->streams[i], &c->loop, to, &events);
        break;
    }
    if (err)
        tell_broken(c, to, err);
}

static void close_unneeded(struct lkcam *c)
{
    for (int i = 0; i < LKCAM_ICE_STREAMS; i++) {
        if (!c->streams[i].used)
            continue;
        lkcam_lock_take(&c->lock);
        bool needed = lkcam_ice_needs(&c->transport.ice, &c->streams[i].to);
        lkcam_lock_give_back(&c->lock);
        if (!needed)
            lkcam_framed_close(&c->streams[i]);
    }
}

void lkcam_streams_step(struct lkcam *c, lkcam_us now)
{
    struct lkcam_addr to;

    for (int i = 0; i < LKCAM_ICE_STREAMS; i++)
        lkcam_framed_tick(&c->streams[i], now);
    close_unneeded(c);
    for (int more = 1; more;) {
        lkcam_lock_take(&c->lock);
        more = lkcam_ice_connect(&c->transport.ice, &to);
        lkcam_lock_give_back(&c->lock);
        if (more)
            connect_one(c, &to);
    }
}

lkcam_us lkcam_streams_deadline(const struct lkcam *c)
{
    lkcam_us next = LKCAM_NEVER;
    for (int i = 0; i < LKCAM_ICE_STREAMS; i++)
        next = lkcam_us_min(next, lkcam_framed_deadline(&c->streams[i]));
    return next;
}

int lkcam_streams_send(struct lkcam *c, const struct lkcam_datagram *d, lkcam_us now, bool *full)
{
    for (int i = 0; i < LKCAM_ICE_STREAMS; i++) {
        struct lkcam_framed *f = &c->streams[i];
        if (!f->used || !lkcam_addr_equal(&f->to, &d->to))
            continue;
        int err = lkcam_framed_send(f, d->bytes, d->len, now);
        *full = lkcam_framed_full(f);
        return err;
    }
    return -ENOTCONN;
}

void lkcam_streams_close(struct lkcam *c)
{
    for (int i = 0; i < LKCAM_ICE_STREAMS; i++)
        lkcam_framed_close(&c->streams[i]);
}
