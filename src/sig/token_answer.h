// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The body of a token service's answer: a token in JSON or bare, or whatever else stands there, in
// words. Knows no HTTP and no claims.
#ifndef LKCAM_SIG_TOKEN_ANSWER_H
#define LKCAM_SIG_TOKEN_ANSWER_H

#include "sig/token.h"
#include "sig/words.h"
#include "wire/text.h"

#define LKCAM_TOKEN_ANSWER_MAX 65536 // Ours: a longer body is no token
#define LKCAM_TOKEN_ANSWER_WORDS 200 // Ours: with the terminator

struct lkcam_token_answer {
    char token[LKCAM_TOKEN_MAX];
    char server_url[601]; // "": not told
};

/** A JSON object (token, participant_token, participantToken or accessToken; server_url, serverUrl
 * or url), a JSON string, or the bare token. @return 0, or -EBADMSG with `what` saying what it is
 * instead ("an HTML or XML page"), never with a token. */
int lkcam_token_answer_read(struct lkcam_token_answer *out, struct lkcam_text body,
                            char what[LKCAM_TOKEN_ANSWER_WORDS]);

/** What a body is; its own words where it is text. Never a token. */
void lkcam_token_answer_describe(struct lkcam_text body, char what[LKCAM_TOKEN_ANSWER_WORDS]);

#endif
