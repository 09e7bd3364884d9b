// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The conversation with a token service, as a machine: answers and time in; requests, a token and
// the reason why there is none out. Knows no socket.
//
//   want() -> POST (LiveKit's standard) -> 404, 405, 415 ... -> GET with a query -> token
//   redirects are followed or refused here
#ifndef LKCAM_SIG_TOKEN_SERVICE_H
#define LKCAM_SIG_TOKEN_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/time.h"
#include "sig/service_url.h"
#include "sig/token.h"
#include "sig/token_answer.h"

#define LKCAM_TOKEN_SERVICE_TIMEOUT_US LKCAM_SECONDS(5) // for all requests of one want()
#define LKCAM_TOKEN_SERVICE_REDIRECTS 3                 // Ours: of one want()
#define LKCAM_TOKEN_SERVICE_SPARE_SECONDS                                                          \
    60 // a token that expires sooner is not used for a connect

enum lkcam_token_service_state {
    LKCAM_TOKEN_SERVICE_IDLE,   // not wanted yet
    LKCAM_TOKEN_SERVICE_ASKING, // requests and answers, until the deadline
    LKCAM_TOKEN_SERVICE_READY,
    LKCAM_TOKEN_SERVICE_FAILED,
};

struct lkcam_token_service_request {
    const char *url;
    const char *json; // body of a POST; NULL: a GET
};

struct lkcam_token_service_reply {
    int status;
    const char *location; // of a redirect, absolute; NULL: none
    struct lkcam_text body;
    bool cut; // the body was longer than LKCAM_TOKEN_ANSWER_MAX
};

struct lkcam_token_service; // heap: it holds a token

/** `room` and `identity` are asked for; NULL: the service's choice. All is copied. `why` gets one
 * line without the URL's secrets. @return 0, -EINVAL, -ENOMEM. */
int lkcam_token_service_new(struct lkcam_token_service **out, const char *url, const char *room,
                            const char *identity, char *why, size_t why_len);
void lkcam_token_service_free(struct lkcam_token_service **s);

/** The URL without user, password and query, to be printed. */
const char *lkcam_token_service_label(const struct lkcam_token_service *s);

/** A token is wanted that is good for a connect now. Keeps a token that is good for another minute
 * and a conversation under way; else begins one. */
void lkcam_token_service_want(struct lkcam_token_service *s, int64_t now_unix, lkcam_us now);

/** @return 1 = a request to send, told once (one that is still under way is given up), 0 = none.
 * Borrowed until the next input. */
int lkcam_token_service_output(struct lkcam_token_service *s,
                               struct lkcam_token_service_request *out);
/** The request was answered. */
void lkcam_token_service_input(struct lkcam_token_service *s,
                               const struct lkcam_token_service_reply *reply, int64_t now_unix);
/** The request got no answer; `why` is one line ("connection refused"). */
void lkcam_token_service_broken(struct lkcam_token_service *s, const char *why);

lkcam_us lkcam_token_service_deadline(const struct lkcam_token_service *s);
void lkcam_token_service_tick(struct lkcam_token_service *s, lkcam_us now);

enum lkcam_token_service_state lkcam_token_service_state(const struct lkcam_token_service *s);
/** When READY; borrowed until the next want(). The URL is "" where the service told none. */
const char *lkcam_token_service_token(const struct lkcam_token_service *s);
const char *lkcam_token_service_server_url(const struct lkcam_token_service *s);
/** When READY: its claims. */
const struct lkcam_token *lkcam_token_service_claims(const struct lkcam_token_service *s);
/** When FAILED: why. */
const struct lkcam_end *lkcam_token_service_end(const struct lkcam_token_service *s);

#endif
