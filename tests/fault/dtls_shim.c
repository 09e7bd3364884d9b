// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A bad network for DTLS alone, put under lkcam by LD_PRELOAD: datagrams whose first byte is 20..63
// (RFC 7983) are dropped, doubled or reversed in pairs, on their way out and in. Knows nothing of
// what they contain.
//
//   LKCAM_DTLS_FAULT   drop-sent:N | drop-received:N | double | reverse
//   LKCAM_DTLS_REPORT  a file of 8 bytes, made by the test: faults done to datagrams sent, received
//   (uint32_t each)
//
// Stands before the two calls with which src/io/udp.c moves datagrams: sendto and recvmmsg. The
// report shows whether they were met. Handshakes happen on one thread, so there is no lock.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DATAGRAM_MAX = 2048, BATCH = 32, RECORD_HEADER_BYTES = 13 };
enum fault { NONE, DROP_SENT, DROP_RECEIVED, DOUBLE, REVERSE };

struct held {
    uint8_t bytes[DATAGRAM_MAX];
    size_t len; // 0: nothing is held
    struct sockaddr_storage peer;
    socklen_t peer_len;
};

static enum fault fault;
static unsigned drops_left;
static uint32_t nowhere[2], *done = nowhere; // sent, received
static struct held sent_held, received_held;

static ssize_t (*real_sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
static int (*real_recvmmsg)(int, struct mmsghdr *, unsigned, int, struct timespec *);

static void read_fault(const char *text)
{
    static const char *const names[] = {"none", "drop-sent", "drop-received", "double", "reverse"};
    for (int i = NONE; text && i <= REVERSE; i++)
        if (!strncmp(text, names[i], strlen(names[i])))
            fault = (enum fault)i;
    const char *number = text ? strchr(text, ':') : NULL;
    drops_left = number ? (unsigned)strtoul(number + 1, NULL, 10) : 0;
}

static void open_report(const char *path)
{
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *map = mmap(NULL, sizeof(nowhere), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED)
        done = map;
    close(fd);
}

__attribute__((constructor)) static void start(void)
{
    *(void **)&real_sendto = dlsym(RTLD_NEXT, "sendto");
    *(void **)&real_recvmmsg = dlsym(RTLD_NEXT, "recvmmsg");
    read_fault(getenv("LKCAM_DTLS_FAULT"));
    open_report(getenv("LKCAM_DTLS_REPORT"));
}

static int is_datagram_socket(int fd)
{
    int type = 0;
    socklen_t len = sizeof(type);
    return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) && type == SOCK_DGRAM;
}

static int is_dtls(const uint8_t *bytes, size_t len)
{
    return len >= RECORD_HEADER_BYTES && bytes[0] >= 20 && bytes[0] <= 63;
}

static void hold(struct held *h, const void *bytes, size_t len, const void *peer,
                 socklen_t peer_len)
{
    h->len = len < DATAGRAM_MAX ? len : DATAGRAM_MAX;
    memcpy(h->bytes, bytes, h->len);
    h->peer_len = peer ? peer_len : 0;
    if (h->peer_len)
        memcpy(&h->peer, peer, h->peer_len);
}

/* The first of two waits for the second, which goes before it. */
static ssize_t send_reversed(int fd, const void *bytes, size_t len, int flags,
                             const struct sockaddr *to, socklen_t to_len)
{
    struct held *h = &sent_held;
    if (!h->len) {
        hold(h, bytes, len, to, to_len);
        return (ssize_t)len;
    }
    done[0]++;
    ssize_t n = real_sendto(fd, bytes, len, flags, to, to_len);
    real_sendto(fd, h->bytes, h->len, flags, h->peer_len ? (struct sockaddr *)&h->peer : NULL,
                h->peer_len);
    h->len = 0;
    return n;
}

ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to,
               socklen_t to_len)
{
    if (fault == NONE || !is_dtls(bytes, len) || !is_datagram_socket(fd))
        return real_sendto(fd, bytes, len, flags, to, to_len);
    if (fault == DROP_SENT && drops_left) {
        drops_left--;
        done[0]++;
        return (ssize_t)len;
    }
    if (fault == REVERSE)
        return send_reversed(fd, bytes, len, flags, to, to_len);
    if (fault == DOUBLE) {
        done[0]++;
        real_sendto(fd, bytes, len, flags, to, to_len);
    }
    return real_sendto(fd, bytes, len, flags, to, to_len);
}

/* What becomes of one datagram that has come: none, one or two at `out`. @return how many. */
static unsigned suffer(const struct held *in, struct held *out)
{
    out[0] = *in;
    if (!is_dtls(in->bytes, in->len))
        return 1;
    if (fault == DROP_RECEIVED && drops_left) {
        drops_left--;
        done[1]++;
        return 0;
    }
    if (fault == DOUBLE) {
        out[1] = *in;
        done[1]++;
        return 2;
    }
    if (fault == REVERSE && !received_held.len) {
        received_held = *in;
        return 0;
    }
    if (fault == REVERSE) {
        out[1] = received_held;
        received_held.len = 0;
        done[1]++;
        return 2;
    }
    return 1;
}

static void put(struct mmsghdr *slot, const struct held *h)
{
    struct msghdr *m = &slot->msg_hdr;
    size_t room = m->msg_iov[0].iov_len;
    slot->msg_len = (unsigned)(h->len < room ? h->len : room);
    memcpy(m->msg_iov[0].iov_base, h->bytes, slot->msg_len);
    if (m->msg_name)
        memcpy(m->msg_name, &h->peer, h->peer_len);
    m->msg_namelen = h->peer_len;
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
    static struct held out[2 * BATCH];
    if (fault == NONE || count < 2 || !is_datagram_socket(fd))
        return real_recvmmsg(fd, messages, count, flags, timeout);
    // Half of the slots at most: each datagram may become two.
    int got = real_recvmmsg(fd, messages, count / 2 < BATCH ? count / 2 : BATCH, flags, timeout);
    if (got <= 0)
        return got;
    unsigned n = 0;
    for (int i = 0; i < got; i++) {
        const struct msghdr *m = &messages[i].msg_hdr;
        struct held in;
        hold(&in, m->msg_iov[0].iov_base, messages[i].msg_len, m->msg_name, m->msg_namelen);
        n += suffer(&in, out + n);
    }
    // Slots that the kernel has not filled carry no arrival time.
    for (unsigned i = (unsigned)got; i < n; i++)
        messages[i].msg_hdr.msg_controllen = 0;
    for (unsigned i = 0; i < n; i++)
        put(&messages[i], &out[i]);
    if (n)
        return (int)n;
    errno = EAGAIN;
    return -1;
}
