// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/framed.h"

#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h> // glibc knows no tcpi_min_rtt
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "io/sockaddr.h"

// Ours: a third of a frame of 3 Mbit/s. What is unsent in the kernel can no longer be skipped, and
// is older than the newest frame by the time that the link needs for it (docs/design/ice.md).
#define UNSENT_BYTES 4096

// RFC 7675 s5.1: the peer's consent lasts as long; what has not been acknowledged by then never
// will be of use.
#define UNACKNOWLEDGED_MS 30000

// Ours: beyond the shortest round trip, how long the oldest byte on its way may be unacknowledged
// before nothing follows it. More than the 40 ms by which Linux delays an acknowledgement; about a
// frame at 30 fps and half a frame of a link that is too slow.
#define LATE_US LKCAM_MS(60)

// Ours: a twelfth of that, to look again.
#define LOOK_AGAIN_US LKCAM_MS(5)

// Ours: of one readiness; the rest comes with the next.
#define READS 8
#define READ_BYTES 4096

static bool is_ipv6(const struct lkcam_addr *a)
{
    return !lkcam_addr_is_v4(a);
}

// A kernel that knows one of them not still sends, only later.
static void set_options(int fd, bool v6)
{
    int on = 1, unsent = UNSENT_BYTES, unacknowledged = UNACKNOWLEDGED_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged, sizeof unacknowledged);
    lkcam_sockaddr_mark_media(fd, v6);
}

static void watch_for(struct lkcam_framed *f, uint32_t events)
{
    if (events != f->watched && lkcam_loop_change(f->loop, &f->watch, events) == 0)
        f->watched = events;
}

static void end(struct lkcam_framed *f, int error, lkcam_us now)
{
    f->open = false;
    lkcam_loop_remove(f->loop, &f->watch);
    f->events.closed(f->events.ctx, f, f->error ? f->error : error, now);
}

// ---- In ----

static void input(struct lkcam_framed *f, const uint8_t *bytes, size_t len, lkcam_us now)
{
    while (len) {
        size_t n = lkcam_framing_input(&f->in, bytes, len);
        bytes += n;
        len -= n;
        if (f->in.whole)
            f->events.received(f->events.ctx, f, f->in.bytes, f->in.len, now);
    }
}

static void on_readable(struct lkcam_framed *f, lkcam_us now)
{
    uint8_t bytes[READ_BYTES];
    for (int i = 0; i < READS; i++) {
        ssize_t n = recv(f->watch.fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            end(f, n ? -errno : 0, now);
            return;
        }
        input(f, bytes, (size_t)n, now);
        if ((size_t)n < sizeof bytes)
            return;
    }
}

// ---- Out ----

static lkcam_us shortest_round_trip(const struct lkcam_framed *f)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    if (getsockopt(f->watch.fd, IPPROTO_TCP, TCP_INFO, &info, &len))
        return 0;
    return info.tcpi_min_rtt == UINT32_MAX ? 0 : info.tcpi_min_rtt;
}

// Whether a queue stands on the way: more bytes would only wait in it.
static void look(struct lkcam_framed *f, lkcam_us now)
{
    int queued = 0; // written, not acknowledged
    lkcam_us age = 0;
    if (ioctl(f->watch.fd, SIOCOUTQ, &queued) == 0)
        age = lkcam_inflight_age(&f->inflight, (size_t)queued, now);
    bool late = age > LATE_US && age > LATE_US + shortest_round_trip(f);
    f->late_until = late ? now + LOOK_AGAIN_US : 0;
}

// @return bytes taken, or -errno.
static ssize_t put(struct lkcam_framed *f, struct iovec *iov, size_t count, lkcam_us now)
{
    struct msghdr m = {.msg_iov = iov, .msg_iovlen = count};
    ssize_t n = sendmsg(f->watch.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) {
        lkcam_inflight_wrote(&f->inflight, (size_t)n, now);
        if (!f->late_until) // else lkcam_framed_tick looks, which can tell what it sees
            look(f, now);
        return n;
    }
    if (errno == EAGAIN || errno == EINTR)
        return 0;
    int err = -errno;
    f->error = f->error ? f->error : err; // the first tells why
    return err;
}

static void keep(struct lkcam_framed *f, const uint8_t *bytes, size_t len)
{
    memcpy(f->pending + f->pending_len, bytes, len);
    f->pending_len += len;
}

// Keeps what lies behind the first `taken` bytes of head and datagram.
static void keep_rest(struct lkcam_framed *f, const uint8_t *head, const uint8_t *bytes, size_t len,
                      size_t taken)
{
    if (taken < LKCAM_FRAMING_HEAD) {
        keep(f, head + taken, LKCAM_FRAMING_HEAD - taken);
        taken = LKCAM_FRAMING_HEAD;
    }
    keep(f, bytes + taken - LKCAM_FRAMING_HEAD, len + LKCAM_FRAMING_HEAD - taken);
    watch_for(f, EPOLLIN | EPOLLOUT);
}

int lkcam_framed_send(struct lkcam_framed *f, const uint8_t *bytes, size_t len, lkcam_us now)
{
    uint8_t head[LKCAM_FRAMING_HEAD];
    ssize_t n = 0;

    if (!f->open)
        return -ENOTCONN;
    if (len + sizeof head > sizeof f->pending - f->pending_len)
        return -EAGAIN;
    lkcam_framing_write_head(head, len);
    struct iovec iov[] = {{head, sizeof head}, {(void *)bytes, len}};
    if (!f->pending_len)
        n = put(f, iov, 2, now);
    if (n < 0)
        return (int)n;
    if ((size_t)n < sizeof head + len)
        keep_rest(f, head, bytes, len, (size_t)n);
    return 0;
}

bool lkcam_framed_full(const struct lkcam_framed *f)
{
    return f->pending_len > 0 || f->late_until;
}

static void tell_writable(struct lkcam_framed *f, lkcam_us now)
{
    if (!lkcam_framed_full(f))
        f->events.writable(f->events.ctx, f, now);
}

static void on_writable(struct lkcam_framed *f, lkcam_us now)
{
    struct iovec iov = {f->pending, f->pending_len};
    ssize_t n = put(f, &iov, 1, now);
    if (n < 0) // told by on_readable
        return;
    f->pending_len -= (size_t)n;
    memmove(f->pending, f->pending + n, f->pending_len);
    if (f->pending_len)
        return;
    watch_for(f, EPOLLIN);
    tell_writable(f, now);
}

lkcam_us lkcam_framed_deadline(const struct lkcam_framed *f)
{
    return f->open && f->late_until ? f->late_until : LKCAM_NEVER;
}

void lkcam_framed_tick(struct lkcam_framed *f, lkcam_us now)
{
    if (now < lkcam_framed_deadline(f))
        return;
    look(f, now);
    tell_writable(f, now);
}

// ---- Life ----

static void on_connected(struct lkcam_framed *f, lkcam_us now)
{
    int error = 0;
    socklen_t len = sizeof error;
    if (getsockopt(f->watch.fd, SOL_SOCKET, SO_ERROR, &error, &len))
        error = errno;
    if (error) {
        end(f, -error, now);
        return;
    }
    f->open = true;
    watch_for(f, EPOLLIN);
    f->events.opened(f->events.ctx, f, now);
}

static void on_ready(void *ctx, uint32_t events, lkcam_us now)
{
    struct lkcam_framed *f = ctx;
    if (!f->open) {
        on_connected(f, now);
        return;
    }
    if (events & EPOLLOUT && f->pending_len)
        on_writable(f, now);
    if (events & ~(uint32_t)EPOLLOUT)
        on_readable(f, now);
}

static int start(struct lkcam_framed *f)
{
    struct sockaddr_storage to;
    socklen_t len = lkcam_sockaddr_write(&f->to, is_ipv6(&f->to), &to);

    set_options(f->watch.fd, is_ipv6(&f->to));
    if (connect(f->watch.fd, (struct sockaddr *)&to, len) && errno != EINPROGRESS)
        return -errno;
    f->watched = EPOLLOUT;
    return lkcam_loop_add(f->loop, &f->watch, f->watched);
}

int lkcam_framed_connect(struct lkcam_framed *f, struct lkcam_loop *loop,
                         const struct lkcam_addr *to, const struct lkcam_framed_events *events)
{
    memset(f, 0, sizeof *f);
    f->to = *to;
    f->loop = loop;
    f->events = *events;
    int fd =
        socket(is_ipv6(to) ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    f->watch = (struct lkcam_watch){fd, on_ready, f};
    f->used = true;
    int err = start(f);
    if (err)
        lkcam_framed_close(f);
    return err;
}

void lkcam_framed_close(struct lkcam_framed *f)
{
    if (!f->used)
        return;
    lkcam_loop_remove(f->loop, &f->watch);
    close(f->watch.fd);
    f->used = f->open = false;
}
