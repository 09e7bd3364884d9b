// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "sig/json.h"
#include "wire/text.h"

// livekit/protocol's verifier: exp and nbf are taken with one minute of leeway.
#define LEEWAY_SECONDS 60

// The same limit holds for room and name (LiveKit's LimitConfig).
#define NAME_BYTES_MAX 256

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

// ---- reading ----

// RFC 7515 s3.1: header.payload.signature, each base64url without padding.
static const char *split(struct lkcam_text token, struct lkcam_text *payload)
{
    struct lkcam_text header = lkcam_text_until(&token, '.');
    *payload = lkcam_text_until(&token, '.');
    if (header.len == 0 || payload->len == 0 || token.len == 0 || memchr(token.p, '.', token.len))
        return "it has not three parts between dots";
    return NULL;
}

static int read_token(const char *text, struct lkcam_token *out, const char **why)
{
    uint8_t claims[LKCAM_TOKEN_MAX / 4 * 3];
    struct lkcam_text payload;
    size_t len = strnlen(text, LKCAM_TOKEN_MAX);

    if (len == LKCAM_TOKEN_MAX) {
        *why = "it is longer than 64 kB";
        return -EBADMSG;
    }
    *why = split((struct lkcam_text){text, len}, &payload);
    if (*why)
        return -EBADMSG;
    int n = lkcam_base64_read(payload.p, payload.len, claims, sizeof claims);
    if (n < 0) {
        *why = "its middle part is not base64url";
        return -EBADMSG;
    }
    return lkcam_json_read_claims((struct lkcam_text){(const char *)claims, (size_t)n}, out, why);
}

int lkcam_token_read(const char *text, struct lkcam_token *out)
{
    const char *why;
    return read_token(text, out, &why);
}

// ---- checking ----

static void write_span(int64_t seconds, char out[32])
{
    if (seconds < 120)
        snprintf(out, 32, "%lld s", (long long)seconds);
    else if (seconds < 120 * 60)
        snprintf(out, 32, "%lld min", (long long)(seconds / 60));
    else if (seconds < 48 * 3600)
        snprintf(out, 32, "%lld h", (long long)(seconds / 3600));
    else
        snprintf(out, 32, "%lld days", (long long)(seconds / 86400));
}

static int check_time(const struct lkcam_token *t, int64_t now, char *why, size_t why_len)
{
    char span[32];
    if (t->exp == 0) {
        snprintf(why, why_len,
                 "token never expires, which LiveKit does not accept (claim exp is missing)");
        return -EBADMSG;
    }
    if (now > t->exp + LEEWAY_SECONDS) {
        write_span(now - t->exp, span);
        snprintf(why, why_len, "token has expired %s ago (claim exp)", span);
        return -EKEYEXPIRED;
    }
    if (now < t->nbf - LEEWAY_SECONDS) {
        write_span(t->nbf - now, span);
        snprintf(why, why_len, "token is not valid yet, but in %s (claim nbf); is the clock right?",
                 span);
        return -EACCES;
    }
    return 0;
}

static const char *missing_right(const struct lkcam_token *t)
{
    if (!t->room_join)
        return "token does not allow joining a room (claim video.roomJoin)";
    if (!t->room[0])
        return "token names no room (claim video.room)";
    if (!t->identity[0])
        return "token names no identity (claim sub)";
    if (!t->can_publish)
        return "token does not allow publishing (claim video.canPublish)";
    if (!t->can_publish_camera)
        return "token does not allow publishing a camera (claim video.canPublishSources)";
    return NULL;
}

int lkcam_token_check(const char *token, int64_t now_unix, char *why, size_t why_len)
{
    struct lkcam_token t;
    const char *fault;

    if (read_token(token, &t, &fault) < 0) {
        snprintf(why, why_len, "token is no JWT: %s", fault);
        return -EBADMSG;
    }
    int err = check_time(&t, now_unix, why, why_len);
    if (err < 0)
        return err;
    fault = missing_right(&t);
    snprintf(why, why_len, "%s", fault ? fault : "");
    return fault ? -EACCES : 0;
}

// ---- minting ----

void lkcam_grant_default(struct lkcam_grant *g)
{
    *g = (struct lkcam_grant){.size = sizeof *g, .can_publish = 1, .valid_seconds = 6 * 3600};
}

static bool is_name(const char *text)
{
    return text && text[0] && strlen(text) <= NAME_BYTES_MAX;
}

static bool is_complete(const struct lkcam_grant *g)
{
    return g->size >= sizeof *g && is_name(g->api_key) && g->api_secret && g->api_secret[0] &&
           is_name(g->room) && is_name(g->identity) &&
           (!g->name || strlen(g->name) <= NAME_BYTES_MAX) && g->now_unix > 0 &&
           g->valid_seconds > 0;
}

static int append(char *out, size_t cap, size_t *len, const void *bytes, size_t n)
{
    int added = lkcam_base64_write(LKCAM_BASE64URL_UNPADDED, bytes, n, out + *len, cap - *len);
    if (added < 0)
        return added;
    *len += (size_t)added;
    return 0;
}

// From a buffer of its own, because base64_write wants room for the padding that it leaves out.
static int append_signature(const struct lkcam_grant *g, char *out, size_t cap, size_t *len)
{
    uint8_t signature[32];
    char text[LKCAM_BASE64_LEN(sizeof signature)];

    lkcam_hmac_sha256(g->api_secret, strlen(g->api_secret), out, *len, signature);
    size_t n = (size_t)lkcam_base64_write(LKCAM_BASE64URL_UNPADDED, signature, sizeof signature,
                                          text, sizeof text);
    if (cap - *len < 1 + n + 1)
        return -ENOSPC;
    out[(*len)++] = '.';
    memcpy(out + *len, text, n + 1);
    *len += n;
    return 0;
}

// RFC 7515 s5.1. The dot between the first two takes the place of a terminator, so there is room
// for it.
int lkcam_token_mint(const struct lkcam_grant *g, char *out, size_t len)
{
    char claims[LKCAM_CLAIMS_MAX];
    size_t n = 0;

    if (!is_complete(g))
        return -EINVAL;
    int claims_len = lkcam_json_write_claims(g, claims, sizeof claims);
    if (claims_len < 0)
        return claims_len;
    if (append(out, len, &n, HEADER, strlen(HEADER)) < 0)
        return -ENOSPC;
    out[n++] = '.';
    if (append(out, len, &n, claims, (size_t)claims_len) < 0 ||
        append_signature(g, out, len, &n) < 0)
        return -ENOSPC;
    return (int)n;
}
