// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/curl_loop.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

// ---- libcurl's sockets and timer ----------------------------------------------------------------

static void after_action(struct lkcam_curl_loop *c, lkcam_us now)
{
    CURLMsg *m;
    int left;
    while (!c->over && (m = curl_multi_info_read(c->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        c->over = true;
        c->done(c->ctx, m->data.result, now);
    }
}

static void on_ready(void *ctx, uint32_t events, lkcam_us now)
{
    struct lkcam_curl_socket *w = ctx;
    struct lkcam_curl_loop *c = w->of;
    int flags = (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    int running;
    curl_multi_socket_action(c->multi, w->watch.fd, flags, &running);
    after_action(c, now);
}

static void unwatch(struct lkcam_curl_loop *c, struct lkcam_curl_socket *w)
{
    lkcam_loop_remove(c->loop, &w->watch);
    w->used = false;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
    struct lkcam_curl_loop *c = ctx;
    struct lkcam_curl_socket *w = socket_ctx;
    uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);

    if (what == CURL_POLL_REMOVE) {
        if (w)
            unwatch(c, w);
        return 0;
    }
    if (w) {
        lkcam_loop_change(c->loop, &w->watch, events);
        return 0;
    }
    for (int i = 0; i < LKCAM_CURL_LOOP_SOCKETS && !w; i++)
        if (!c->sockets[i].used)
            w = &c->sockets[i];
    if (!w)
        return -1;
    *w = (struct lkcam_curl_socket){{fd, on_ready, w}, c, true};
    curl_multi_assign(c->multi, fd, w);
    return lkcam_loop_add(c->loop, &w->watch, events);
}

// libcurl tells of the address that it tries in no other way; the words name a proxy by it.
static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct lkcam_curl_loop *c = ctx;
    // The port stands at the same place in both families.
    const struct sockaddr_in *in = (const struct sockaddr_in *)&to->addr;
    if (to->family == AF_INET || to->family == AF_INET6)
        c->tried_port = ntohs(in->sin_port);
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static int on_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    struct lkcam_curl_loop *c = ctx;
    c->timer = timeout_ms < 0 ? LKCAM_NEVER : timeout_ms; // made absolute by the next tick
    c->timer_new = true;
    return 0;
}

lkcam_us lkcam_curl_loop_deadline(const struct lkcam_curl_loop *c)
{
    return c->over ? LKCAM_NEVER : c->timer_new ? 0 : c->timer;
}

void lkcam_curl_loop_tick(struct lkcam_curl_loop *c, lkcam_us now)
{
    int running;
    if (c->over)
        return;
    if (c->timer_new) {
        c->timer_new = false;
        if (c->timer != LKCAM_NEVER)
            c->timer = now + LKCAM_MS(c->timer);
    }
    if (now < c->timer)
        return;
    c->timer = LKCAM_NEVER;
    curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    after_action(c, now);
}

// ---- Life ---------------------------------------------------------------------------------------

// What every transfer of ours wants.
static bool set_options(struct lkcam_curl_loop *c)
{
    return curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c) == CURLM_OK &&
           curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
           curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c) == CURLM_OK &&
           curl_easy_setopt(c->easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket) == CURLE_OK &&
           curl_easy_setopt(c->easy, CURLOPT_OPENSOCKETDATA, c) == CURLE_OK &&
           // A proxy's own answer is not ours to print.
           curl_easy_setopt(c->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
           // Closing does not wait for a resolver thread that has not answered yet.
           curl_easy_setopt(c->easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
           curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS, LKCAM_CURL_LOOP_CONNECT_MS) ==
               CURLE_OK &&
           curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->error) == CURLE_OK;
}

int lkcam_curl_loop_init(struct lkcam_curl_loop *c, struct lkcam_loop *loop,
                         void (*done)(void *ctx, CURLcode code, lkcam_us now), void *ctx)
{
    pthread_once(&once, init_curl);
    *c = (struct lkcam_curl_loop){.loop = loop, .done = done, .ctx = ctx, .timer = LKCAM_NEVER};
    c->multi = curl_multi_init();
    c->easy = curl_easy_init();
    if (c->multi && c->easy && set_options(c))
        return 0;
    lkcam_curl_loop_deinit(c);
    return -ENOMEM;
}

int lkcam_curl_loop_trust(struct lkcam_curl_loop *c, const struct lkcam_ca *ca)
{
    struct curl_blob blob = {ca->pem, ca->len, CURL_BLOB_NOCOPY};
    if (!ca->len)
        return 0;
    // The directory of the system's roots would still be asked beside a file of our own.
    return curl_easy_setopt(c->easy, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK &&
                   curl_easy_setopt(c->easy, CURLOPT_CAPATH, NULL) == CURLE_OK
               ? 0
               : -EINVAL;
}

int lkcam_curl_loop_start(struct lkcam_curl_loop *c)
{
    return curl_multi_add_handle(c->multi, c->easy) == CURLM_OK ? 0 : -EINVAL;
}

void lkcam_curl_loop_deinit(struct lkcam_curl_loop *c)
{
    c->over = true;
    if (c->easy && c->multi)
        curl_multi_remove_handle(c->multi, c->easy);
    curl_easy_cleanup(c->easy);
    curl_multi_cleanup(c->multi);
    for (int i = 0; i < LKCAM_CURL_LOOP_SOCKETS; i++)
        if (c->sockets[i].used)
            unwatch(c, &c->sockets[i]);
    c->easy = NULL;
    c->multi = NULL;
}
