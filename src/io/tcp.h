// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A byte stream to the server: TCP or TLS, through the proxies of the environment, by libcurl's
// CONNECT_ONLY.
#ifndef LKCAM_IO_TCP_H
#define LKCAM_IO_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/ca.h"
#include "io/loop.h"

struct lkcam_tcp;

/** Called on the loop's thread, from lkcam_loop_wait and lkcam_tcp_tick only.
 * The stream is not closed from inside one. */
struct lkcam_tcp_events {
    void (*opened)(void *ctx, lkcam_us now);
    void (*received)(void *ctx, const uint8_t *bytes, size_t len, lkcam_us now);
    /** Once; `why` is one line ("connection refused"); error -errno like. Also at a clean end
     * (error 0). */
    void (*closed)(void *ctx, int error, const char *why, lkcam_us now);
    void *ctx;
};

/** `ca` (io/ca.h) stays until the stream is closed. @return 0 (connecting; one of the events
 * follows), -EINVAL, -ENOMEM. */
int lkcam_tcp_open(struct lkcam_tcp **out, struct lkcam_loop *loop, const char *host, uint16_t port,
                   bool tls, const struct lkcam_ca *ca, const struct lkcam_tcp_events *events);
void lkcam_tcp_close(struct lkcam_tcp **s);

/** Copies; what the socket refuses waits for it, up to 1 MiB. @return 0, -ENOBUFS (and nothing of
 * it is sent), -ENOTCONN, -ENOMEM. A connection that breaks meanwhile is told by `closed`. */
int lkcam_tcp_send(struct lkcam_tcp *s, const uint8_t *bytes, size_t len, lkcam_us now);

/** True when nothing waits to be sent. */
bool lkcam_tcp_flushed(const struct lkcam_tcp *s);

/** Smoothed round trip as the kernel measures it (to the proxy, where there is one); 0: not known.
 */
lkcam_us lkcam_tcp_rtt(const struct lkcam_tcp *s);

lkcam_us lkcam_tcp_deadline(const struct lkcam_tcp *s);
void lkcam_tcp_tick(struct lkcam_tcp *s, lkcam_us now);

#endif
