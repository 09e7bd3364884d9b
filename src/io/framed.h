// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A TCP connection that carries datagrams (RFC 4571) and keeps no queue: the kernel gets a few
// packets ahead of what it can send, the way gets nothing while what it has is late, and the rest
// stays with the caller.
#ifndef LKCAM_IO_FRAMED_H
#define LKCAM_IO_FRAMED_H

#include "base/addr.h"
#include "io/inflight.h"
#include "io/loop.h"
#include "wire/framing.h"

// Ours: the rest of the longest datagram, and some small ones (reports, checks) behind it.
#define LKCAM_FRAMED_PENDING 4096

struct lkcam_framed;

/** Called on the loop's thread, from lkcam_loop_wait only. The connection is not closed from inside
 * one. */
struct lkcam_framed_events {
    void (*opened)(void *ctx, struct lkcam_framed *f, lkcam_us now);
    /** `bytes` may be changed in place. */
    void (*received)(void *ctx, struct lkcam_framed *f, uint8_t *bytes, size_t len, lkcam_us now);
    /** It was full and is so no longer. */
    void (*writable)(void *ctx, struct lkcam_framed *f, lkcam_us now);
    /** Once, and nothing after it; -errno, 0: the peer closed it. */
    void (*closed)(void *ctx, struct lkcam_framed *f, int error, lkcam_us now);
    void *ctx;
};

struct lkcam_framed {
    struct lkcam_addr to;
    bool used; // from connect to close
    bool open; // connected
    /* private */
    struct lkcam_watch watch;
    uint32_t watched;
    struct lkcam_loop *loop;
    struct lkcam_framed_events events;
    int error; // of a refused send, until the loop tells the end
    struct lkcam_inflight inflight;
    lkcam_us late_until; // when to look again whether it is late; 0: it is not
    struct lkcam_framing in;
    uint8_t pending[LKCAM_FRAMED_PENDING];
    size_t pending_len;
};

/** Loop's thread, as all below. `f` stays where it is until closed.
 * @return 0 (connecting; `opened` or `closed` follows), or -errno and `f` is unused. */
int lkcam_framed_connect(struct lkcam_framed *f, struct lkcam_loop *loop,
                         const struct lkcam_addr *to, const struct lkcam_framed_events *events);
void lkcam_framed_close(struct lkcam_framed *f);

/** Never blocks. A datagram is taken whole or not at all; what the socket has taken in part is kept
 * and finished.
 * @return 0, -EAGAIN (full, and no room behind what waits), -ENOTCONN, -errno of a broken
 * connection (`closed` follows). */
int lkcam_framed_send(struct lkcam_framed *f, const uint8_t *bytes, size_t len, lkcam_us now);

/** Nothing large should follow now; `writable` will come. While not full any datagram is taken. */
bool lkcam_framed_full(const struct lkcam_framed *f);

lkcam_us lkcam_framed_deadline(const struct lkcam_framed *f);
void lkcam_framed_tick(struct lkcam_framed *f, lkcam_us now);

#endif
