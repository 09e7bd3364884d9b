// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One transfer of libcurl on our loop: its sockets are watched there, its timer is a deadline.
// Knows what goes wrong in a person's words; knows not what is transferred.
#ifndef LKCAM_IO_CURL_LOOP_H
#define LKCAM_IO_CURL_LOOP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "io/ca.h"
#include "io/loop.h"

// libcurl tells of at most a handful of sockets while it resolves and connects (happy eyeballs).
#define LKCAM_CURL_LOOP_SOCKETS 8

// Ours: a server that does not take the connection in this time is not there.
#define LKCAM_CURL_LOOP_CONNECT_MS 10000L

struct lkcam_curl_loop {
    CURL *easy; // the owner sets what it wants of it before lkcam_curl_loop_start
    /* private */
    CURLM *multi;
    struct lkcam_loop *loop;
    void (*done)(void *ctx, CURLcode code, lkcam_us now);
    void *ctx;
    struct lkcam_curl_socket {
        struct lkcam_watch watch;
        struct lkcam_curl_loop *of;
        bool used;
    } sockets[LKCAM_CURL_LOOP_SOCKETS];
    lkcam_us timer; // what libcurl asked to be called at
    bool timer_new; // `timer` is still a delay in ms: libcurl asks without a time of ours
    int tried_port; // of the last address that was tried: the server's or its proxy's
    bool over;      // `done` has been called
    char error[CURL_ERROR_SIZE];
};

/** `done` is called once, from lkcam_loop_wait or lkcam_curl_loop_tick only, when the transfer is
 * over or, with CONNECT_ONLY, connected; deinit is not called from inside it.
 * The struct stays where it is until deinit, which also takes one that is all zero.
 * @return 0, -ENOMEM. */
int lkcam_curl_loop_init(struct lkcam_curl_loop *c, struct lkcam_loop *loop,
                         void (*done)(void *ctx, CURLcode code, lkcam_us now), void *ctx);
void lkcam_curl_loop_deinit(struct lkcam_curl_loop *c);

/** Before the start: believe these authorities and no others; all zero: the system's. Borrowed
 * until deinit. @return 0, -EINVAL. */
int lkcam_curl_loop_trust(struct lkcam_curl_loop *c, const struct lkcam_ca *ca);

/** Begin; the first call to libcurl comes with the first tick. @return 0, -EINVAL. */
int lkcam_curl_loop_start(struct lkcam_curl_loop *c);

lkcam_us lkcam_curl_loop_deadline(const struct lkcam_curl_loop *c);
void lkcam_curl_loop_tick(struct lkcam_curl_loop *c, lkcam_us now);

/** Why it failed: one line ("connection refused"), without any text of the other side and without a
 * proxy's user or password (curl_words.c). @return -errno like. */
int lkcam_curl_loop_explain(struct lkcam_curl_loop *c, CURLcode code, char *why, size_t why_len);

#endif
