// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/tcp.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

// Ours: a server that does not take the connection in this time is not there.
#define CONNECT_TIMEOUT_MS 10000L

#define PENDING_MAX (1024 * 1024)

// libcurl tells of at most a handful of sockets while it resolves and connects (happy eyeballs).
#define SOCKETS 8

struct lkcam_tcp {
    struct lkcam_loop *loop;
    struct lkcam_tcp_events events;
    CURLM *multi;
    CURL *easy;
    char url[512], error[CURL_ERROR_SIZE];
    struct socket_watch {
        struct lkcam_watch watch;
        struct lkcam_tcp *stream;
        bool used;
    } sockets[SOCKETS];
    lkcam_us timer;           // what libcurl asked to be called at
    bool timer_new;           // `timer` is still a delay in ms: libcurl asks without a time of ours
    bool open, over, broken;  // broken: sending has failed; the next tick tells it
    struct lkcam_watch watch; // of the connected socket
    uint32_t watched;
    uint8_t *pending;
    size_t pending_len;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

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
        CURLcode c = curl_easy_send(s->easy, s->pending, s->pending_len, &n);
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
        CURLcode c = curl_easy_recv(s->easy, bytes, sizeof bytes, &n);
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
    if (curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
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

// ---- Connecting: libcurl's sockets and timer on our loop ----------------------------------------

// Some of libcurl's reasons have words that a person knows; for the rest libcurl's own are the best
// there are.
static void failed(struct lkcam_tcp *s, CURLcode code, lkcam_us now)
{
    const char *detail = s->error[0] ? s->error : curl_easy_strerror(code);
    char why[CURL_ERROR_SIZE + 64];
    long os = 0;

    s->error[strcspn(s->error, "\r\n")] = '\0';
    if (code == CURLE_COULDNT_RESOLVE_HOST) {
        end(s, -EHOSTUNREACH, "no such host", now);
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        snprintf(why, sizeof why, "no answer within %ld s", CONNECT_TIMEOUT_MS / 1000);
        end(s, -ETIMEDOUT, why, now);
    } else if (code == CURLE_PEER_FAILED_VERIFICATION) {
        snprintf(why, sizeof why, "TLS certificate not accepted: %s", detail);
        end(s, -EKEYREJECTED, why, now);
    } else if (code == CURLE_COULDNT_CONNECT &&
               curl_easy_getinfo(s->easy, CURLINFO_OS_ERRNO, &os) == CURLE_OK && os) {
        snprintf(why, sizeof why, "%s", strerror((int)os));
        if (why[0] >= 'A' && why[0] <= 'Z')
            why[0] = (char)(why[0] - 'A' + 'a');
        end(s, (int)-os, why, now);
    } else {
        end(s, -EIO, detail, now);
    }
}

static void after_action(struct lkcam_tcp *s, lkcam_us now)
{
    CURLMsg *m;
    int left;
    while (!s->over && !s->open && (m = curl_multi_info_read(s->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        if (m->data.result == CURLE_OK)
            opened(s, now);
        else
            failed(s, m->data.result, now);
    }
}

static void on_connecting(void *ctx, uint32_t events, lkcam_us now)
{
    struct socket_watch *w = ctx;
    struct lkcam_tcp *s = w->stream;
    int flags = (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    int running;
    curl_multi_socket_action(s->multi, w->watch.fd, flags, &running);
    after_action(s, now);
}

static void unwatch(struct lkcam_tcp *s, struct socket_watch *w)
{
    lkcam_loop_remove(s->loop, &w->watch);
    w->used = false;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
    struct lkcam_tcp *s = ctx;
    struct socket_watch *w = socket_ctx;
    uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);

    if (what == CURL_POLL_REMOVE) {
        if (w)
            unwatch(s, w);
        return 0;
    }
    if (w) {
        lkcam_loop_change(s->loop, &w->watch, events);
        return 0;
    }
    for (int i = 0; i < SOCKETS && !w; i++)
        if (!s->sockets[i].used)
            w = &s->sockets[i];
    if (!w)
        return -1;
    *w = (struct socket_watch){{fd, on_connecting, w}, s, true};
    curl_multi_assign(s->multi, fd, w);
    return lkcam_loop_add(s->loop, &w->watch, events);
}

static int on_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    struct lkcam_tcp *s = ctx;
    s->timer = timeout_ms < 0 ? LKCAM_NEVER : timeout_ms; // made absolute by lkcam_tcp_tick
    s->timer_new = true;
    return 0;
}

lkcam_us lkcam_tcp_deadline(const struct lkcam_tcp *s)
{
    if (s->broken)
        return 0;
    return s->over || s->open ? LKCAM_NEVER : s->timer_new ? 0 : s->timer;
}

void lkcam_tcp_tick(struct lkcam_tcp *s, lkcam_us now)
{
    int running;
    if (s->broken) {
        s->broken = false;
        end(s, -EPIPE, "the connection broke while sending", now);
    }
    if (s->over || s->open)
        return;
    if (s->timer_new) {
        s->timer_new = false;
        if (s->timer != LKCAM_NEVER)
            s->timer = now + LKCAM_MS(s->timer);
    }
    if (now < s->timer)
        return;
    s->timer = LKCAM_NEVER;
    curl_multi_socket_action(s->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    after_action(s, now);
}

// ---- Life ---------------------------------------------------------------------------------------

static size_t discard(char *bytes, size_t size, size_t count, void *ctx)
{
    return size * count;
}

static bool set_options(struct lkcam_tcp *s)
{
    return curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s) == CURLM_OK &&
           curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
           curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s) == CURLM_OK &&
           curl_easy_setopt(s->easy, CURLOPT_URL, s->url) == CURLE_OK &&
           curl_easy_setopt(s->easy, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
           curl_easy_setopt(s->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           // A proxy of the environment is asked for a tunnel, and its answer is not ours to print.
           curl_easy_setopt(s->easy, CURLOPT_HTTPPROXYTUNNEL, 1L) == CURLE_OK &&
           curl_easy_setopt(s->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
           curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, discard) == CURLE_OK &&
           // Closing does not wait for a resolver thread that has not answered yet.
           curl_easy_setopt(s->easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
           curl_easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(s->easy, CURLOPT_TCP_NODELAY, 1L) == CURLE_OK &&
           curl_easy_setopt(s->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, s->error) == CURLE_OK &&
           curl_multi_add_handle(s->multi, s->easy) == CURLM_OK;
}

int lkcam_tcp_open(struct lkcam_tcp **out, struct lkcam_loop *loop, const char *host, uint16_t port,
                   bool tls, const struct lkcam_tcp_events *events)
{
    pthread_once(&once, init_curl);
    struct lkcam_tcp *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->loop = loop;
    s->events = *events;
    s->watch.fd = -1;
    s->timer = LKCAM_NEVER;
    int n = snprintf(s->url, sizeof s->url, strchr(host, ':') ? "%s://[%s]:%u/" : "%s://%s:%u/",
                     tls ? "https" : "http", host, port);
    s->multi = curl_multi_init();
    s->easy = curl_easy_init();
    int err = n >= (int)sizeof s->url ? -EINVAL : !s->multi || !s->easy ? -ENOMEM : 0;
    if (!err && !set_options(s))
        err = -EINVAL;
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
    if (s->easy && s->multi)
        curl_multi_remove_handle(s->multi, s->easy);
    curl_easy_cleanup(s->easy);
    curl_multi_cleanup(s->multi);
    for (int i = 0; i < SOCKETS; i++)
        if (s->sockets[i].used)
            unwatch(s, &s->sockets[i]);
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
