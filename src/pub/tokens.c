// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "pub/tokens.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/clock.h"

static int64_t unix_seconds(void)
{
    return lkcam_clock_unix() / LKCAM_SECONDS(1);
}

int lkcam_tokens_init(struct lkcam_tokens *t, struct lkcam_loop *loop, const struct lkcam_ca *ca,
                      const struct lkcam_config *cfg)
{
    char why[200] = "";

    *t = (struct lkcam_tokens){.loop = loop, .ca = ca};
    if (cfg->token) {
        t->given = strdup(cfg->token);
        return t->given ? 0 : -ENOMEM;
    }
    int err = lkcam_token_service_new(&t->service, cfg->token_url, cfg->room, cfg->identity, why,
                                      sizeof why);
    if (err == -EINVAL)
        lkcam_log(LKCAM_LOG_ERROR, "%s", why);
    return err;
}

void lkcam_tokens_deinit(struct lkcam_tokens *t)
{
    lkcam_http_close(&t->http);
    lkcam_token_service_free(&t->service);
    if (t->given)
        explicit_bzero(t->given, strlen(t->given));
    free(t->given);
    t->given = NULL;
}

// ---- The conversation with the service ----------------------------------------------------------

static void on_answered(void *ctx, const struct lkcam_http_answer *a, lkcam_us now)
{
    struct lkcam_tokens *t = ctx;
    const struct lkcam_token_service_reply reply = {
        .status = a->status, .location = a->location, .body = {a->body, a->len}, .cut = a->cut};
    t->answered = true;
    lkcam_token_service_input(t->service, &reply, unix_seconds());
}

static void on_failed(void *ctx, int error, const char *why, lkcam_us now)
{
    struct lkcam_tokens *t = ctx;
    t->answered = true;
    lkcam_token_service_broken(t->service, why);
}

static void send_request(struct lkcam_tokens *t, const struct lkcam_token_service_request *r)
{
    const struct lkcam_http_events events = {on_answered, on_failed, t};
    lkcam_http_close(&t->http);
    t->answered = false;
    int err = lkcam_http_open(&t->http, t->loop, r->url, r->json, t->ca, &events);
    if (err)
        lkcam_token_service_broken(t->service, strerror(-err));
}

// The service's names are its own; the token stays where it is.
static void say_what_came(const struct lkcam_tokens *t, lkcam_us now)
{
    const struct lkcam_token *claims = lkcam_token_service_claims(t->service);
    char room[LKCAM_WORDS_MAX], identity[LKCAM_WORDS_MAX];

    lkcam_words_clean((struct lkcam_text){claims->room, strlen(claims->room)}, room);
    lkcam_words_clean((struct lkcam_text){claims->identity, strlen(claims->identity)}, identity);
    lkcam_log(LKCAM_LOG_INFO, "token after %lld ms: room %s, identity %s, good for %lld s%s",
              (long long)((now - t->asked_at) / LKCAM_MS(1)), room, identity,
              (long long)(claims->exp - unix_seconds()),
              *lkcam_tokens_server_url(t) ? "; it names a server" : "");
}

void lkcam_tokens_want(struct lkcam_tokens *t, lkcam_us now)
{
    if (t->given)
        return;
    lkcam_token_service_want(t->service, unix_seconds(), now);
    if (lkcam_tokens_state(t) == LKCAM_TOKEN_SERVICE_ASKING &&
        t->last != LKCAM_TOKEN_SERVICE_ASKING) {
        t->asked_at = now;
        lkcam_log(LKCAM_LOG_INFO, "asking the token service %s",
                  lkcam_token_service_label(t->service));
    }
    lkcam_tokens_tick(t, now);
}

void lkcam_tokens_tick(struct lkcam_tokens *t, lkcam_us now)
{
    struct lkcam_token_service_request request;

    if (t->given)
        return;
    if (t->http && !t->answered)
        lkcam_http_tick(t->http, now);
    if (now >= lkcam_token_service_deadline(t->service))
        lkcam_token_service_tick(t->service, now);
    while (lkcam_token_service_output(t->service, &request))
        send_request(t, &request);
    enum lkcam_token_service_state state = lkcam_tokens_state(t);
    if (state != LKCAM_TOKEN_SERVICE_ASKING)
        lkcam_http_close(&t->http);
    if (state == LKCAM_TOKEN_SERVICE_READY && t->last != state)
        say_what_came(t, now);
    t->last = state;
}

lkcam_us lkcam_tokens_deadline(const struct lkcam_tokens *t)
{
    if (t->given)
        return LKCAM_NEVER;
    lkcam_us next = lkcam_token_service_deadline(t->service);
    return t->http && !t->answered ? lkcam_us_min(next, lkcam_http_deadline(t->http)) : next;
}

// ---- What has come of it ------------------------------------------------------------------------

enum lkcam_token_service_state lkcam_tokens_state(const struct lkcam_tokens *t)
{
    return t->given ? LKCAM_TOKEN_SERVICE_READY : lkcam_token_service_state(t->service);
}

const char *lkcam_tokens_token(const struct lkcam_tokens *t)
{
    return t->given ? t->given : lkcam_token_service_token(t->service);
}

const char *lkcam_tokens_server_url(const struct lkcam_tokens *t)
{
    return t->given ? "" : lkcam_token_service_server_url(t->service);
}

const struct lkcam_end *lkcam_tokens_end(const struct lkcam_tokens *t)
{
    return lkcam_token_service_end(t->service);
}
