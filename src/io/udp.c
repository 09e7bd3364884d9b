// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "io/clock.h"
#include "io/sockaddr.h"

#define BATCH 16
#define ROUNDS 4

// Ours: a few frames of the highest rate, so that a burst is never refused by a default of 208 kB
// shared with others.
#define SEND_BUFFER_BYTES (512 * 1024)

struct lkcam_udp_batch {
    struct mmsghdr messages[BATCH];
    struct iovec iov[BATCH];
    struct sockaddr_storage from[BATCH];
    _Alignas(struct cmsghdr) uint8_t control[BATCH][CMSG_SPACE(sizeof(struct timespec))];
    _Alignas(8) uint8_t bytes[BATCH][LKCAM_DATAGRAM_MAX];
};

// Dual stack where the machine has IPv6, else IPv4 alone.
static int open_socket(struct lkcam_udp *u)
{
    int off = 0;
    u->v6 = true;
    u->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (u->fd >= 0) {
        struct sockaddr_in6 any = {.sin6_family = AF_INET6};
        if (setsockopt(u->fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0 &&
            bind(u->fd, (struct sockaddr *)&any, sizeof any) == 0)
            return 0;
        close(u->fd);
    }
    u->v6 = false;
    u->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in any = {.sin_family = AF_INET};
    if (u->fd < 0 || bind(u->fd, (struct sockaddr *)&any, sizeof any))
        return -errno;
    return 0;
}

// None of these is needed to work: a refusal costs a stamp or a priority, not the connection.
static void set_options(struct lkcam_udp *u)
{
    int on = 1, buffer = SEND_BUFFER_BYTES;
    setsockopt(u->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    lkcam_sockaddr_mark_media(u->fd, u->v6);
    if (setsockopt(u->fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer))
        setsockopt(u->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
}

int lkcam_udp_open(struct lkcam_udp *u)
{
    struct sockaddr_storage local;
    struct lkcam_addr a;
    socklen_t len = sizeof local;

    *u = (struct lkcam_udp){.fd = -1};
    int err = open_socket(u);
    u->batch = err ? NULL : calloc(1, sizeof *u->batch);
    if (!err && !u->batch)
        err = -ENOMEM;
    if (!err && getsockname(u->fd, (struct sockaddr *)&local, &len))
        err = -errno;
    if (err) {
        lkcam_udp_close(u);
        return err;
    }
    set_options(u);
    u->drained = lkcam_clock_now();
    lkcam_sockaddr_read((struct sockaddr *)&local, &a);
    u->port = a.port;
    return 0;
}

void lkcam_udp_close(struct lkcam_udp *u)
{
    if (u->fd >= 0)
        close(u->fd);
    free(u->batch);
    *u = (struct lkcam_udp){.fd = -1};
}

int lkcam_udp_send(struct lkcam_udp *u, const struct lkcam_datagram *d)
{
    struct sockaddr_storage to;
    if (!u->v6 && !lkcam_addr_is_v4(&d->to))
        return -EAFNOSUPPORT;
    socklen_t len = lkcam_sockaddr_write(&d->to, u->v6, &to);
    ssize_t n = sendto(u->fd, d->bytes, d->len, 0, (struct sockaddr *)&to, len);
    if (n >= 0)
        return 0;
    return errno == ENOBUFS ? -EAGAIN : -errno;
}

// The kernel stamps with CLOCK_REALTIME; `ahead` is how far that is ahead of CLOCK_MONOTONIC. A
// stamp from before `drained` or after `now` means that the wall clock was set since it was made.
static lkcam_us arrival(const struct lkcam_udp *u, struct msghdr *h, lkcam_us now, lkcam_us ahead)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
        struct timespec t;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        memcpy(&t, CMSG_DATA(c), sizeof t);
        lkcam_us at = LKCAM_SECONDS(t.tv_sec) + t.tv_nsec / 1000 - ahead;
        return at <= now && at >= u->drained ? at : now;
    }
    return now;
}

static void prepare(struct lkcam_udp_batch *b)
{
    for (int i = 0; i < BATCH; i++) {
        b->iov[i] = (struct iovec){b->bytes[i], LKCAM_DATAGRAM_MAX};
        b->messages[i].msg_hdr = (struct msghdr){.msg_name = &b->from[i],
                                                 .msg_namelen = sizeof b->from[i],
                                                 .msg_iov = &b->iov[i],
                                                 .msg_iovlen = 1,
                                                 .msg_control = b->control[i],
                                                 .msg_controllen = sizeof b->control[i]};
    }
}

int lkcam_udp_recv(struct lkcam_udp *u, lkcam_us now, lkcam_udp_cb cb, void *ctx)
{
    struct lkcam_udp_batch *b = u->batch;
    // In this order: a thread that is interrupted in between dates them later, up to `now`.
    lkcam_us wall = lkcam_clock_unix(), ahead = wall - lkcam_clock_now();
    int total = 0;

    for (int round = 0; round < ROUNDS; round++) {
        prepare(b);
        int n = recvmmsg(u->fd, b->messages, BATCH, MSG_DONTWAIT, NULL);
        if (n < 0) // an ICMP error of an earlier send is reported here too: ICE notices, not we
            return total || errno == EAGAIN || errno == ECONNREFUSED || errno == EINTR ? total
                                                                                       : -errno;
        for (int i = 0; i < n; i++) {
            struct lkcam_addr from;
            struct msghdr *h = &b->messages[i].msg_hdr;
            if (lkcam_sockaddr_read(h->msg_name, &from) && !(h->msg_flags & MSG_TRUNC))
                cb(ctx, b->bytes[i], b->messages[i].msg_len, &from, arrival(u, h, now, ahead));
        }
        total += n;
        if (n < BATCH) {
            u->drained = now;
            break;
        }
    }
    return total;
}

// RFC 3927 s2.1: 169.254/16.
static bool is_v4_link_local(uint32_t ip)
{
    return ip >> 16 == 0xa9fe;
}

static bool usable(const struct ifaddrs *i, bool loopback)
{
    if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) || ((i->ifa_flags & IFF_LOOPBACK) && !loopback))
        return false;
    if (i->ifa_addr->sa_family == AF_INET) {
        const struct sockaddr_in *a = (const void *)i->ifa_addr;
        return !is_v4_link_local(ntohl(a->sin_addr.s_addr));
    }
    if (i->ifa_addr->sa_family != AF_INET6)
        return false;
    const struct sockaddr_in6 *a = (const void *)i->ifa_addr;
    return !IN6_IS_ADDR_LINKLOCAL(&a->sin6_addr);
}

int lkcam_udp_host_addresses(struct lkcam_addr *out, int cap, bool loopback)
{
    struct ifaddrs *all;
    int n = 0;
    if (getifaddrs(&all))
        return 0;
    for (const struct ifaddrs *i = all; i && n < cap; i = i->ifa_next)
        if (usable(i, loopback) && lkcam_sockaddr_read(i->ifa_addr, &out[n]))
            n++;
    freeifaddrs(all);
    return n;
}
