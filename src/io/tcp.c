// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/tcp.h"

#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "io/curl_loop.h"

#define PENDING_MAX (1024 * 1024)

struct lkcam_tcp {
    struct lkcam_loop *loop;
    struct lkcam_tcp_events events;
    struct lkcam_curl_loop curl;
    char url[512];
    bool open, over, broken;  // broken: sending has failed; the next tick tells it
    struct lkcam_watch watch; // of the connected socket
    uint32_t watched;
    uint8_t *pending;
    size_t pending_len;
};

static void end(struct lkcam_tcp *s, int error, const char *why, lkcam_us now)
{
    if (s->over)
        return;
    s->over = true;
    s->open = false;
    if (s->watch.fd >= 0)
        lkcam_loop_remove(s->loop, &s->watch);
    s->watch.fd = -1;
    s->events.closed(s->events.ctx, error, why, now);
}

// ---- Connected ----------------------------------------------------------------------------------

static void watch_for(struct lkcam_tcp *s, uint32_t events)
{
    if (events != s->watched && lkcam_loop_change(s->loop, &s->watch, events) == 0)
        s->watched = events;
}

// @return 0, -EAGAIN when the socket is full, -errno.
static int send_pending(struct lkcam_tcp *s)
{
    while (s->pending_len) {
        size_t n = 0;
        CURLcode c = curl_easy_send(s->curl.easy, s->pending, s->pending_len, &n);
        if (c == CURLE_AGAIN)
            return -EAGAIN;
        if (c != CURLE_OK) {
            s->pending_len = 0;
            return -EPIPE;
        }
        s->pending_len -= n;
        memmove(s->pending, s->pending + n, s->pending_len);
    }
    return 0;
}

static void on_writable(struct lkcam_tcp *s, lkcam_us now)
{
    int err = send_pending(s);
    if (err == 0)
        watch_for(s, EPOLLIN);
    else if (err != -EAGAIN)
        end(s, err, "the connection broke while sending", now);
}

// TLS may hold more than the socket shows: read until it says again.
static void on_readable(struct lkcam_tcp *s, lkcam_us now)
{
    uint8_t bytes[16384];
    while (s->open) {
        size_t n = 0;
        CURLcode c = curl_easy_recv(s->curl.easy, bytes, sizeof bytes, &n);
        if (c == CURLE_AGAIN)
            return;
        if (c != CURLE_OK)
            end(s, -ECONNRESET, "the connection was reset", now);
        else if (!n)
            end(s, 0, "the server closed the connection", now);
        else
            s->events.received(s->events.ctx, bytes, n, now);
    }
}

static void on_ready(void *ctx, uint32_t events, lkcam_us now)
{
    struct lkcam_tcp *s = ctx;
    if (events & EPOLLOUT)
        on_writable(s, now);
    if (s->open && (events & ~(uint32_t)EPOLLOUT))
        on_readable(s, now);
}

static void opened(struct lkcam_tcp *s, lkcam_us now)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(s->curl.easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
        fd == CURL_SOCKET_BAD) {
        end(s, -ECONNRESET, "the connection was closed at once", now);
        return;
    }
    s->watch = (struct lkcam_watch){fd, on_ready, s};
    s->watched = EPOLLIN;
    int err = lkcam_loop_add(s->loop, &s->watch, s->watched);
    if (err) {
        s->watch.fd = -1;
        end(s, err, strerror(-err), now);
        return;
    }
    s->open = true;
    s->events.opened(s->events.ctx, now);
}

// ---- Connecting ---------------------------------------------------------------------------------

static void on_connected(void *ctx, CURLcode code, lkcam_us now)
{
    struct lkcam_tcp *s = ctx;
    char why[CURL_ERROR_SIZE + 64];

    if (code == CURLE_OK)
        opened(s, now);
    else
        end(s, lkcam_curl_loop_explain(&s->curl, code, why, sizeof why), why, now);
}

lkcam_us lkcam_tcp_deadline(const struct lkcam_tcp *s)
{
    return s->broken ? 0 : lkcam_curl_loop_deadline(&s->curl);
}

void lkcam_tcp_tick(struct lkcam_tcp *s, lkcam_us now)
{
    if (s->broken) {
        s->broken = false;
        end(s, -EPIPE, "the connection broke while sending", now);
    }
    lkcam_curl_loop_tick(&s->curl, now);
}

// ---- Life ---------------------------------------------------------------------------------------

static size_t discard(char *bytes, size_t size, size_t count, void *ctx)
{
    return size * count;
}

static bool set_options(struct lkcam_tcp *s)
{
    CURL *easy = s->curl.easy;
    return curl_easy_setopt(easy, CURLOPT_URL, s->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           // A proxy of the environment is asked for a tunnel.
           curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L) == CURLE_OK;
}

int lkcam_tcp_open(struct lkcam_tcp **out, struct lkcam_loop *loop, const char *host, uint16_t port,
                   bool tls, const struct lkcam_ca *ca, const struct lkcam_tcp_events *events)
{
    struct lkcam_tcp *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->loop = loop;
    s->events = *events;
    s->watch.fd = -1;
    int n = snprintf(s->url, sizeof s->url, strchr(host, ':') ? "%s://[%s]:%u/" : "%s://%s:%u/",
                     tls ? "https" : "http", host, port);
    int err = n >= (int)sizeof s->url ? -EINVAL : 0;
    if (!err)
        err = lkcam_curl_loop_init(&s->curl, loop, on_connected, s);
    if (!err)
        err = lkcam_curl_loop_trust(&s->curl, ca);
    if (!err)
        err = set_options(s) ? lkcam_curl_loop_start(&s->curl) : -EINVAL;
    if (err) {
        lkcam_tcp_close(&s);
        return err;
    }
    *out = s;
    return 0;
}

void lkcam_tcp_close(struct lkcam_tcp **s_)
{
    struct lkcam_tcp *s = *s_;
    if (!s)
        return;
    s->over = true;
    if (s->watch.fd >= 0)
        lkcam_loop_remove(s->loop, &s->watch);
    lkcam_curl_loop_deinit(&s->curl);
    free(s->pending);
    free(s);
    *s_ = NULL;
}

int lkcam_tcp_send(struct lkcam_tcp *s, const uint8_t *bytes, size_t len, lkcam_us now)
{
    if (!s->open)
        return -ENOTCONN;
    if (!s->pending) {
        s->pending = malloc(PENDING_MAX);
        if (!s->pending)
            return -ENOMEM;
    }
    if (PENDING_MAX - s->pending_len < len)
        return -ENOBUFS;
    memcpy(s->pending + s->pending_len, bytes, len);
    s->pending_len += len;
    int err = send_pending(s);
    if (err == -EAGAIN)
        watch_for(s, EPOLLIN | EPOLLOUT);
    s->broken = err && err != -EAGAIN;
    return 0;
}

bool lkcam_tcp_flushed(const struct lkcam_tcp *s)
{
    return !s->pending_len;
}

lkcam_us lkcam_tcp_rtt(const struct lkcam_tcp *s)
{
    struct tcp_info info;
    socklen_t len = sizeof info;
    if (!s->open || getsockopt(s->watch.fd, IPPROTO_TCP, TCP_INFO, &info, &len))
        return 0;
    return info.tcpi_rtt;
}
