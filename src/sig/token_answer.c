// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/token_answer.h"

#include <errno.h>
#include <stdio.h>

#include "sig/json.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// White space and the mark that some editors put before UTF-8.
static struct lkcam_text trim(struct lkcam_text t)
{
    lkcam_text_skip(&t, "\xef\xbb\xbf");
    while (t.len && is_space(t.p[0])) {
        t.p++;
        t.len--;
    }
    while (t.len && is_space(t.p[t.len - 1]))
        t.len--;
    return t;
}

// ---- What is no token ---------------------------------------------------------------------------

static bool is_control(unsigned char c)
{
    return (c < ' ' && !is_space((char)c)) || c == 0x7f;
}

// RFC 3629, but for surrogates and overlong forms: this is to tell text from pictures and archives.
static bool is_text(struct lkcam_text t)
{
    size_t more = 0;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (more ? (c & 0xc0) != 0x80 : (c & 0xc0) == 0x80 || c >= 0xf8 || is_control(c))
            return false;
        more = more ? more - 1 : c >= 0xf0 ? 3u : c >= 0xe0 ? 2u : c >= 0xc0 ? 1u : 0u;
    }
    return more == 0;
}

void lkcam_token_answer_describe(struct lkcam_text body, char what[LKCAM_TOKEN_ANSWER_WORDS])
{
    char said[LKCAM_WORDS_MAX];

    const size_t whole = body.len;
    body = trim(body);
    if (body.len == 0) {
        snprintf(what, LKCAM_TOKEN_ANSWER_WORDS, "an empty body");
    } else if (!is_text(body)) {
        snprintf(what, LKCAM_TOKEN_ANSWER_WORDS, "%zu bytes that are no text", whole);
    } else if (body.p[0] == '<') {
        snprintf(what, LKCAM_TOKEN_ANSWER_WORDS, "an HTML or XML page");
    } else {
        lkcam_words_clean(body, said);
        snprintf(what, LKCAM_TOKEN_ANSWER_WORDS,
                 said[0] ? "the text: %s" : "text that is not ASCII", said);
    }
}

// ---- What is one --------------------------------------------------------------------------------

// RFC 7515 s3.1: three parts of base64url between two dots.
static bool has_form(struct lkcam_text t)
{
    int dots = 0;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.p[i];
        if (c == '.')
            dots++;
        else if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '_'))
            return false;
    }
    return dots == 2;
}

static int read_json(struct lkcam_token_answer *out, struct lkcam_text body,
                     char what[LKCAM_TOKEN_ANSWER_WORDS])
{
    const char *why;
    if (lkcam_json_read_token_answer(body, out->token, sizeof out->token, out->server_url,
                                     sizeof out->server_url, &why) < 0) {
        snprintf(what, LKCAM_TOKEN_ANSWER_WORDS, "%s", why);
        return -EBADMSG;
    }
    struct lkcam_text token = trim((struct lkcam_text){out->token, strlen(out->token)});
    if (!has_form(token)) {
        snprintf(what, LKCAM_TOKEN_ANSWER_WORDS, "JSON whose token is no JWT");
        return -EBADMSG;
    }
    memmove(out->token, token.p, token.len);
    out->token[token.len] = '\0';
    return 0;
}

int lkcam_token_answer_read(struct lkcam_token_answer *out, struct lkcam_text body,
                            char what[LKCAM_TOKEN_ANSWER_WORDS])
{
    out->token[0] = out->server_url[0] = '\0';
    struct lkcam_text core = trim(body);
    if (core.len && (core.p[0] == '{' || core.p[0] == '"'))
        return read_json(out, core, what);
    if (has_form(core) && lkcam_text_copy(core, out->token, sizeof out->token))
        return 0;
    lkcam_token_answer_describe(body, what);
    return -EBADMSG;
}
