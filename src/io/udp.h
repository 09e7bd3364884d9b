// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One UDP socket for everything: dual stack where the machine has IPv6, IPv4 alone where not.
#ifndef LKCAM_IO_UDP_H
#define LKCAM_IO_UDP_H

#include "base/datagram.h"
#include "base/time.h"

struct lkcam_udp_batch;

struct lkcam_udp {
    int fd;
    uint16_t port;
    /* private */
    bool v6;
    lkcam_us drained; // the socket was empty then or later: what it holds has come since
    struct lkcam_udp_batch *batch; // what one recvmmsg fills
};

/** Non-blocking, kernel arrival stamps, DSCP AF41, send buffer of at least 256 kB where allowed. */
int lkcam_udp_open(struct lkcam_udp *u);
void lkcam_udp_close(struct lkcam_udp *u);

/** Any thread (one system call, never blocks). @return 0, -EAGAIN full, -errno. */
int lkcam_udp_send(struct lkcam_udp *u, const struct lkcam_datagram *d);

/** `bytes` may be changed in place and has room for LKCAM_DATAGRAM_MAX. `arrival` is the kernel's,
 * on CLOCK_MONOTONIC, never after `now`; where the wall clock was set in between, it is `now`. */
typedef void (*lkcam_udp_cb)(void *ctx, uint8_t *bytes, size_t len, const struct lkcam_addr *from,
                             lkcam_us arrival);

/** Take what is there, up to 64 datagrams. @return their number or -errno. */
int lkcam_udp_recv(struct lkcam_udp *u, lkcam_us now, lkcam_udp_cb cb, void *ctx);

/** Addresses of this machine's interfaces that are up (no link-local); loopback ones only where
 * asked.
 * @return their number. */
int lkcam_udp_host_addresses(struct lkcam_addr *out, int cap, bool loopback);

#endif
