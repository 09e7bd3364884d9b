// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Where the token of a connect comes from: one that was given, or a token service asked over HTTP.
// Every connect wants one anew; network thread.
#ifndef LKCAM_PUB_TOKENS_H
#define LKCAM_PUB_TOKENS_H

#include <stdbool.h>

#include "io/http.h"
#include "io/loop.h"
#include "sig/token_service.h"

/** All zero: nothing to deinit. */
struct lkcam_tokens {
    /* private */
    char *given; // NULL: the service is asked
    struct lkcam_token_service *service;
    struct lkcam_loop *loop;
    const struct lkcam_ca *ca; // the connection's
    struct lkcam_http *http;
    lkcam_us asked_at;
    enum lkcam_token_service_state last; // as the log knows it
    bool answered;                       // `http` has nothing to do any more
};

/** `token`, or where it is NULL cfg's token_url, room and identity; all copied. What is wrong with
 * them is said in the log. @return 0, -EINVAL, -ENOMEM. */
int lkcam_tokens_init(struct lkcam_tokens *t, struct lkcam_loop *loop, const struct lkcam_ca *ca,
                      const struct lkcam_config *cfg);
void lkcam_tokens_deinit(struct lkcam_tokens *t);

/** A token that is good for a connect now is wanted: returns at once, and `state` tells when it is
 * there. A service is asked unless its last token is good for another minute. */
void lkcam_tokens_want(struct lkcam_tokens *t, lkcam_us now);

/** READY, ASKING or FAILED since the last want. */
enum lkcam_token_service_state lkcam_tokens_state(const struct lkcam_tokens *t);
/** When READY; borrowed until the next want. */
const char *lkcam_tokens_token(const struct lkcam_tokens *t);
/** When READY: the server that the service named, or "". */
const char *lkcam_tokens_server_url(const struct lkcam_tokens *t);
/** When FAILED. */
const struct lkcam_end *lkcam_tokens_end(const struct lkcam_tokens *t);

lkcam_us lkcam_tokens_deadline(const struct lkcam_tokens *t);
void lkcam_tokens_tick(struct lkcam_tokens *t, lkcam_us now);

#endif
