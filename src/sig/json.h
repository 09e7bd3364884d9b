// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The JSON of the conversation: the claims of a token, a trickled candidate, what a token service
// is asked and answers. Knows no signature and no SDP.
#ifndef LKCAM_SIG_JSON_H
#define LKCAM_SIG_JSON_H

#include "sig/token.h"
#include "wire/text.h"

#define LKCAM_CLAIMS_MAX                                                                           \
    8192 // Ours: four names of 256 bytes, escaped, and the rest of what we write

/** Read the claims of a token. @return 0, or -EBADMSG with `why` naming the claim (a literal). */
int lkcam_json_read_claims(struct lkcam_text json, struct lkcam_token *out, const char **why);

/** Write the claims of `g`. @return its length, -EINVAL (text that is not UTF-8) or -ENOSPC. */
int lkcam_json_write_claims(const struct lkcam_grant *g, char *out, size_t cap);

/** The `candidate` member of a trickled candidate (the browsers' RTCIceCandidateInit). @return 0,
 * -EBADMSG. */
int lkcam_json_read_candidate(struct lkcam_text json, char *out, size_t cap);

/** What a token service is asked (LiveKit's standard request); NULL: left out. @return its text on
 * the heap, or NULL (memory, or text that is not UTF-8). */
char *lkcam_json_write_token_request(const char *room, const char *identity);

/** What a token service answers: an object, or a token as a string. `url` is "" where it is not
 * told. @return 0, or -EBADMSG with `why` saying what it is instead (a literal). */
int lkcam_json_read_token_answer(struct lkcam_text json, char *token, size_t token_cap, char *url,
                                 size_t url_cap, const char **why);

#endif
