// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One HTTP request on our loop, through the proxies of the environment; TLS with the system's
// roots. Follows no redirect: whoever asked decides.
#ifndef LKCAM_IO_HTTP_H
#define LKCAM_IO_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "io/ca.h"
#include "io/loop.h"

#define LKCAM_HTTP_BODY_MAX 65536 // Ours: what is longer is cut

struct lkcam_http;

struct lkcam_http_answer {
    int status;
    const char *location; // where a redirect leads, absolute; NULL: none
    const char *body;
    size_t len;
    bool cut; // there was more than LKCAM_HTTP_BODY_MAX
};

/** Called on the loop's thread, from lkcam_loop_wait and lkcam_http_tick only; one of them, once.
 * The request is not closed from inside. */
struct lkcam_http_events {
    void (*answered)(void *ctx, const struct lkcam_http_answer *answer, lkcam_us now);
    /** `why` is one line ("connection refused"); error -errno like. */
    void (*failed)(void *ctx, int error, const char *why, lkcam_us now);
    void *ctx;
};

/** A POST of `json`, or a GET where that is NULL; both copied. `ca` as lkcam_curl_loop_trust takes
 * it, borrowed until the close. @return 0, -EINVAL, -ENOMEM. */
int lkcam_http_open(struct lkcam_http **out, struct lkcam_loop *loop, const char *url,
                    const char *json, const struct lkcam_ca *ca,
                    const struct lkcam_http_events *events);
void lkcam_http_close(struct lkcam_http **h);

lkcam_us lkcam_http_deadline(const struct lkcam_http *h);
void lkcam_http_tick(struct lkcam_http *h, lkcam_us now);

#endif
