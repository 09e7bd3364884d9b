// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The one home of jansson.
#include "sig/json.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

static json_t *load_object(struct lkcam_text json)
{
    json_error_t error;
    json_t *root = json_loadb(json.p, json.len, 0, &error);
    if (json_is_object(root))
        return root;
    json_decref(root);
    return NULL;
}

// "" where the member is absent.
static int read_string(const json_t *object, const char *name, char *out, size_t cap)
{
    const json_t *value = json_object_get(object, name);
    out[0] = '\0';
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_string(value))
        return -EBADMSG;
    struct lkcam_text text = {json_string_value(value), json_string_length(value)};
    return lkcam_text_copy(text, out, cap) ? 0 : -EBADMSG;
}

// RFC 7519 s2, NumericDate: seconds, and a fraction is allowed. 0 where the member is absent.
static int read_seconds(const json_t *object, const char *name, int64_t *out)
{
    const json_t *value = json_object_get(object, name);
    *out = 0;
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_number(value))
        return -EBADMSG;
    double seconds = json_number_value(value);
    if (!(seconds >= 0 && seconds < 1e15))
        return -EBADMSG;
    *out = (int64_t)seconds;
    return 0;
}

static bool read_bool(const json_t *object, const char *name, bool absent)
{
    const json_t *value = json_object_get(object, name);
    return json_is_boolean(value) ? json_is_true(value) : absent;
}

static bool allows_camera(const json_t *video)
{
    const json_t *sources = json_object_get(video, "canPublishSources");
    size_t count = json_array_size(sources); // 0 for what is no array
    for (size_t i = 0; i < count; i++) {
        const char *source = json_string_value(json_array_get(sources, i));
        if (source && strcasecmp(source, "camera") == 0)
            return true;
    }
    return count == 0;
}

static const char *read_grant(const json_t *video, struct lkcam_token *out)
{
    if (read_string(video, "room", out->room, sizeof out->room) < 0)
        return "claim video.room is no text of at most 256 bytes";
    out->room_join = read_bool(video, "roomJoin", false);
    out->can_publish = read_bool(video, "canPublish", true);
    out->can_subscribe = read_bool(video, "canSubscribe", true);
    out->can_publish_camera = allows_camera(video);
    return NULL;
}

// The identity is `sub`, or `jti` in tokens of old libraries.
static const char *read_identity(const json_t *claims, struct lkcam_token *out)
{
    if (read_string(claims, "sub", out->identity, sizeof out->identity) < 0)
        return "claim sub is no text of at most 256 bytes";
    if (!out->identity[0] && read_string(claims, "jti", out->identity, sizeof out->identity) < 0)
        return "claim jti is no text of at most 256 bytes";
    return NULL;
}

int lkcam_json_read_claims(struct lkcam_text json, struct lkcam_token *out, const char **why)
{
    json_t *claims = load_object(json);

    *out = (struct lkcam_token){0};
    *why = claims ? read_identity(claims, out) : "its claims are no JSON object";
    if (!*why && read_seconds(claims, "exp", &out->exp) < 0)
        *why = "claim exp is no number of seconds";
    if (!*why && read_seconds(claims, "nbf", &out->nbf) < 0)
        *why = "claim nbf is no number of seconds";
    if (!*why)
        *why = read_grant(json_object_get(claims, "video"), out);
    json_decref(claims);
    return *why ? -EBADMSG : 0;
}

// Playout delay 0/1 ms reaches a viewer as "render at once" (units of 10 ms on the wire); 0/0 would
// leave it off.
static json_t *claims_of(const struct lkcam_grant *g)
{
    json_int_t now = g->now_unix;
    json_t *claims = json_pack(
        "{s:s, s:s, s:I, s:I, s:{s:b, s:s, s:b, s:b}, s:{s:i, s:i}}", "iss", g->api_key, "sub",
        g->identity, "nbf", now - 10, "exp", now + (json_int_t)g->valid_seconds, "video",
        "roomJoin", 1, "room", g->room, "canPublish", g->can_publish != 0, "canSubscribe",
        g->can_subscribe != 0, "roomConfig", "minPlayoutDelay", 0, "maxPlayoutDelay", 1);
    if (claims && g->name && json_object_set_new(claims, "name", json_string(g->name)) < 0) {
        json_decref(claims);
        return NULL;
    }
    return claims;
}

int lkcam_json_write_claims(const struct lkcam_grant *g, char *out, size_t cap)
{
    json_t *claims = claims_of(g);
    if (!claims)
        return -EINVAL;
    size_t len = json_dumpb(claims, out, cap, JSON_COMPACT);
    json_decref(claims);
    if (len == 0 || len > cap)
        return -ENOSPC;
    return (int)len;
}

int lkcam_json_read_candidate(struct lkcam_text json, char *out, size_t cap)
{
    json_t *init = load_object(json);
    int err = init ? read_string(init, "candidate", out, cap) : -EBADMSG;
    json_decref(init);
    return err;
}

char *lkcam_json_write_token_request(const char *room, const char *identity)
{
    json_t *request = json_pack("{s:s*, s:s*, s:s*}", "room_name", room, "participant_identity",
                                identity, "participant_name", identity);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    return text;
}

// The first of `names` that holds text; "" where none does.
static int read_first(const json_t *object, const char *const *names, char *out, size_t cap)
{
    out[0] = '\0';
    for (; *names && !out[0]; names++) {
        if (read_string(object, *names, out, cap) < 0)
            return -EBADMSG;
    }
    return 0;
}

static const char *read_token_answer(const json_t *answer, char *token, size_t token_cap, char *url,
                                     size_t url_cap)
{
    static const char *const tokens[] = {"token", "participant_token", "participantToken",
                                         "accessToken", NULL};
    static const char *const urls[] = {"server_url", "serverUrl", "url", NULL};

    if (read_first(answer, tokens, token, token_cap) < 0)
        return "JSON whose token is no text of at most 64 kB";
    if (!token[0])
        return "JSON that has no token, participant_token, participantToken or accessToken";
    if (read_first(answer, urls, url, url_cap) < 0)
        return "JSON whose server URL is no text of at most 600 characters";
    return NULL;
}

int lkcam_json_read_token_answer(struct lkcam_text json, char *token, size_t token_cap, char *url,
                                 size_t url_cap, const char **why)
{
    json_error_t error;
    json_t *answer = json_loadb(json.p, json.len, JSON_DECODE_ANY, &error);

    token[0] = url[0] = '\0';
    if (json_is_object(answer)) {
        *why = read_token_answer(answer, token, token_cap, url, url_cap);
    } else {
        struct lkcam_text text = {json_string_value(answer), json_string_length(answer)};
        bool fits = lkcam_text_copy(text, token, token_cap);
        *why = !answer                   ? "what begins like JSON and is none"
               : !json_is_string(answer) ? "JSON that is neither an object nor text"
               : text.len == 0           ? "an empty text"
               : !fits                   ? "a text longer than 64 kB"
                                         : NULL;
    }
    json_decref(answer);
    return *why ? -EBADMSG : 0;
}
