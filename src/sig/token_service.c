// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/token_service.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sig/json.h"

struct lkcam_token_service {
    char *url, *room, *identity; // as given; the URL without its fragment
    char *json;                  // the standard request
    char label[LKCAM_SERVICE_LABEL_MAX];

    enum lkcam_token_service_state state;
    lkcam_us deadline;
    // Of the request under way.
    char *at; // where it goes
    char at_label[LKCAM_SERVICE_LABEL_MAX];
    bool post, told;
    int post_status; // what POST was answered where GET is tried now, 0: not yet
    int redirects;

    struct lkcam_token_answer answer;
    struct lkcam_token claims;
    struct lkcam_end end;
};

// ---- Life ---------------------------------------------------------------------------------------

static int copy(char **out, const char *text)
{
    *out = text ? strdup(text) : NULL;
    return !text || *out ? 0 : -ENOMEM;
}

static int fill(struct lkcam_token_service *s, const char *url, const char *room,
                const char *identity, char *why, size_t why_len)
{
    const char *fault = lkcam_service_url_check(url, s->label);
    if (fault) {
        snprintf(why, why_len, "the token service's URL %s", fault);
        return -EINVAL;
    }
    s->url = lkcam_service_url_plain(url);
    if (!s->url || copy(&s->room, room) < 0 || copy(&s->identity, identity) < 0)
        return -ENOMEM;
    s->json = lkcam_json_write_token_request(room, identity);
    if (s->json)
        return 0;
    snprintf(why, why_len, "room and identity must be UTF-8");
    return -EINVAL;
}

int lkcam_token_service_new(struct lkcam_token_service **out, const char *url, const char *room,
                            const char *identity, char *why, size_t why_len)
{
    struct lkcam_token_service *s = calloc(1, sizeof *s);
    *out = s;
    if (!s)
        return -ENOMEM;
    s->deadline = LKCAM_NEVER;
    int err = fill(s, url, room, identity, why, why_len);
    if (err)
        lkcam_token_service_free(out);
    return err;
}

void lkcam_token_service_free(struct lkcam_token_service **s_)
{
    struct lkcam_token_service *s = *s_;
    if (!s)
        return;
    free(s->url);
    free(s->room);
    free(s->identity);
    free(s->json);
    free(s->at);
    explicit_bzero(&s->answer, sizeof s->answer);
    free(s);
    *s_ = NULL;
}

// ---- Ends ---------------------------------------------------------------------------------------

__attribute__((format(printf, 2, 3))) static void fail(struct lkcam_token_service *s,
                                                       const char *format, ...)
{
    char what[320];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    s->state = LKCAM_TOKEN_SERVICE_FAILED;
    s->deadline = LKCAM_NEVER;
    lkcam_end_set(&s->end, LKCAM_REASON_TOKEN, "the token service %s %s",
                  s->at_label[0] ? s->at_label : s->label, what);
}

static void refused(struct lkcam_token_service *s, const struct lkcam_token_service_reply *reply)
{
    char what[LKCAM_TOKEN_ANSWER_WORDS], post[32] = "";
    lkcam_token_answer_describe(reply->body, what);
    if (s->post_status)
        snprintf(post, sizeof post, " (and %d to a POST)", s->post_status);
    fail(s, "answered HTTP %d%s with %s", reply->status, post, what);
}

static void take_token(struct lkcam_token_service *s, const struct lkcam_token_service_reply *reply,
                       int64_t now_unix)
{
    char what[LKCAM_TOKEN_ANSWER_WORDS];
    if (reply->cut) {
        fail(s, "answered HTTP %d with more than 64 kB, not with a token", reply->status);
        return;
    }
    if (lkcam_token_answer_read(&s->answer, reply->body, what) < 0) {
        fail(s, "answered HTTP %d with %s, not with a token", reply->status, what);
        return;
    }
    if (lkcam_token_check(s->answer.token, now_unix, what, sizeof what) < 0 ||
        lkcam_token_read(s->answer.token, &s->claims) < 0) {
        fail(s, "gave a token that does not work: %s", what);
        return;
    }
    s->state = LKCAM_TOKEN_SERVICE_READY;
    s->deadline = LKCAM_NEVER;
}

// ---- Requests -----------------------------------------------------------------------------------

// Takes over `url`, which may be NULL (no memory).
static void ask(struct lkcam_token_service *s, char *url, bool post)
{
    free(s->at);
    s->at = url;
    s->post = post;
    s->told = false;
    if (!url)
        fail(s, "cannot be asked: out of memory");
}

static void ask_by_get(struct lkcam_token_service *s, int post_status)
{
    s->post_status = post_status;
    ask(s, lkcam_service_url_query(s->at, s->room, s->identity), false);
}

void lkcam_token_service_want(struct lkcam_token_service *s, int64_t now_unix, lkcam_us now)
{
    if (s->state == LKCAM_TOKEN_SERVICE_ASKING ||
        (s->state == LKCAM_TOKEN_SERVICE_READY &&
         s->claims.exp - LKCAM_TOKEN_SERVICE_SPARE_SECONDS > now_unix))
        return;
    s->state = LKCAM_TOKEN_SERVICE_ASKING;
    s->deadline = now + LKCAM_TOKEN_SERVICE_TIMEOUT_US;
    s->post_status = s->redirects = 0;
    memcpy(s->at_label, s->label, sizeof s->label);
    ask(s, strdup(s->url), true);
}

int lkcam_token_service_output(struct lkcam_token_service *s,
                               struct lkcam_token_service_request *out)
{
    if (s->state != LKCAM_TOKEN_SERVICE_ASKING || s->told)
        return 0;
    s->told = true;
    *out = (struct lkcam_token_service_request){s->at, s->post ? s->json : NULL};
    return 1;
}

// ---- Answers ------------------------------------------------------------------------------------

// 404, 405 and 415 are what services that know GET alone answer; Python's http.server says 501.
static bool knows_no_post(int status)
{
    return status == 404 || status == 405 || status == 415 || status == 501;
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// RFC 9110 s15.4.8: only 307 and 308 promise that a POST is meant to be one there too. For the
// others GET is tried where we were sent first, so that the query is part of what is redirected.
static void follow(struct lkcam_token_service *s, const struct lkcam_token_service_reply *reply)
{
    char label[LKCAM_SERVICE_LABEL_MAX];

    if (s->post && reply->status < 307) {
        ask_by_get(s, reply->status);
        return;
    }
    if (!reply->location) {
        fail(s, "redirects (HTTP %d) without saying where to", reply->status);
    } else if (s->redirects == LKCAM_TOKEN_SERVICE_REDIRECTS) {
        fail(s, "redirects more than %d times", LKCAM_TOKEN_SERVICE_REDIRECTS);
    } else if (lkcam_service_url_check(reply->location, label)) {
        fail(s, "redirects (HTTP %d) to what is no http or https URL", reply->status);
    } else if (lkcam_service_url_is_https(s->at) && !lkcam_service_url_is_https(reply->location)) {
        fail(s, "redirects from https to %s, which is refused", label);
    } else {
        s->redirects++;
        memcpy(s->at_label, label, sizeof label);
        ask(s, lkcam_service_url_plain(reply->location), s->post);
    }
}

void lkcam_token_service_input(struct lkcam_token_service *s,
                               const struct lkcam_token_service_reply *reply, int64_t now_unix)
{
    if (s->state != LKCAM_TOKEN_SERVICE_ASKING)
        return;
    if (reply->status >= 200 && reply->status < 300)
        take_token(s, reply, now_unix);
    else if (is_redirect(reply->status))
        follow(s, reply);
    else if (s->post && knows_no_post(reply->status))
        ask_by_get(s, reply->status);
    else
        refused(s, reply);
}

void lkcam_token_service_broken(struct lkcam_token_service *s, const char *why)
{
    if (s->state == LKCAM_TOKEN_SERVICE_ASKING)
        fail(s, "cannot be reached: %s", why);
}

lkcam_us lkcam_token_service_deadline(const struct lkcam_token_service *s)
{
    return s->deadline;
}

void lkcam_token_service_tick(struct lkcam_token_service *s, lkcam_us now)
{
    if (now >= s->deadline)
        fail(s, "gave no answer within %d s",
             (int)(LKCAM_TOKEN_SERVICE_TIMEOUT_US / LKCAM_SECONDS(1)));
}

// ---- What has come of it ------------------------------------------------------------------------

const char *lkcam_token_service_label(const struct lkcam_token_service *s)
{
    return s->label;
}

enum lkcam_token_service_state lkcam_token_service_state(const struct lkcam_token_service *s)
{
    return s->state;
}

const char *lkcam_token_service_token(const struct lkcam_token_service *s)
{
    return s->answer.token;
}

const char *lkcam_token_service_server_url(const struct lkcam_token_service *s)
{
    return s->answer.server_url;
}

const struct lkcam_token *lkcam_token_service_claims(const struct lkcam_token_service *s)
{
    return &s->claims;
}

const struct lkcam_end *lkcam_token_service_end(const struct lkcam_token_service *s)
{
    return &s->end;
}
