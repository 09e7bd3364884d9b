// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "io/curl_loop.h"

struct lkcam_http {
    struct lkcam_http_events events;
    struct lkcam_curl_loop curl;
    struct curl_slist *headers;
    size_t len;
    bool cut;
    char body[LKCAM_HTTP_BODY_MAX];
};

// @return less than was given ends the transfer.
static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct lkcam_http *h = ctx;
    size_t n = size * count, room = sizeof h->body - h->len;
    h->cut = n > room;
    n = h->cut ? room : n;
    memcpy(h->body + h->len, bytes, n);
    h->len += n;
    return n;
}

static void on_done(void *ctx, CURLcode code, lkcam_us now)
{
    struct lkcam_http *h = ctx;
    struct lkcam_http_answer answer = {.body = h->body, .len = h->len, .cut = h->cut};
    char why[CURL_ERROR_SIZE + 64], *location = NULL;
    long status = 0;

    if (code != CURLE_OK && !h->cut) {
        int err = lkcam_curl_loop_explain(&h->curl, code, why, sizeof why);
        h->events.failed(h->events.ctx, err, why, now);
        return;
    }
    curl_easy_getinfo(h->curl.easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(h->curl.easy, CURLINFO_REDIRECT_URL, &location);
    answer.status = (int)status;
    answer.location = location;
    h->events.answered(h->events.ctx, &answer, now);
}

// No "Expect: 100-continue": a service that does not know it would cost a second.
static bool set_headers(struct lkcam_http *h, bool post)
{
    const char *const lines[] = {"Accept: application/json, text/plain;q=0.9, */*;q=0.1",
                                 "Expect:", post ? "Content-Type: application/json" : NULL};
    for (size_t i = 0; i < sizeof lines / sizeof *lines && lines[i]; i++) {
        struct curl_slist *longer = curl_slist_append(h->headers, lines[i]);
        if (!longer)
            return false;
        h->headers = longer;
    }
    return curl_easy_setopt(h->curl.easy, CURLOPT_HTTPHEADER, h->headers) == CURLE_OK;
}

static bool set_options(struct lkcam_http *h, const char *url, const char *json)
{
    CURL *easy = h->curl.easy;
    return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, "lkcam") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, h) == CURLE_OK &&
           (!json || curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, json) == CURLE_OK) &&
           set_headers(h, json != NULL);
}

int lkcam_http_open(struct lkcam_http **out, struct lkcam_loop *loop, const char *url,
                    const char *json, const struct lkcam_ca *ca,
                    const struct lkcam_http_events *events)
{
    struct lkcam_http *h = calloc(1, sizeof *h);
    if (!h)
        return -ENOMEM;
    h->events = *events;
    int err = lkcam_curl_loop_init(&h->curl, loop, on_done, h);
    if (!err)
        err = lkcam_curl_loop_trust(&h->curl, ca);
    if (!err)
        err = set_options(h, url, json) ? lkcam_curl_loop_start(&h->curl) : -EINVAL;
    if (err) {
        lkcam_http_close(&h);
        return err;
    }
    *out = h;
    return 0;
}

// The body may be a token.
void lkcam_http_close(struct lkcam_http **h_)
{
    struct lkcam_http *h = *h_;
    if (!h)
        return;
    lkcam_curl_loop_deinit(&h->curl);
    curl_slist_free_all(h->headers);
    explicit_bzero(h->body, h->len);
    free(h);
    *h_ = NULL;
}

lkcam_us lkcam_http_deadline(const struct lkcam_http *h)
{
    return lkcam_curl_loop_deadline(&h->curl);
}

void lkcam_http_tick(struct lkcam_http *h, lkcam_us now)
{
    lkcam_curl_loop_tick(&h->curl, now);
}
