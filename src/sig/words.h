// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What the server says about itself, in words for a person: its own texts made harmless, its
// numbers named.
#ifndef LKCAM_SIG_WORDS_H
#define LKCAM_SIG_WORDS_H

#include <stdint.h>

#include "base/err.h"
#include "wire/text.h"

#define LKCAM_WORDS_MAX 161 // Ours: with the terminator; a server's body may be a whole page

/** Printable ASCII on one line, at most 160 characters, and nothing that looks like a token. */
void lkcam_words_clean(struct lkcam_text from, char out[LKCAM_WORDS_MAX]);

/** The refusal is of the path and not of us: so a server answers that is older than 1.9.1 and has
 * no /rtc/v1, and whatever is no LiveKit server. */
bool lkcam_words_is_unknown_path(int status, struct lkcam_text body);

/** The upgrade was answered with `status` and `body` instead of 101. */
void lkcam_words_refused(struct lkcam_end *end, int status, struct lkcam_text body);

/** The server said leave: enums DisconnectReason and LeaveRequest.Action. */
void lkcam_words_leave(struct lkcam_end *end, int32_t reason, int32_t action);

/** The server did not add our track: enum RequestResponse.Reason. */
void lkcam_words_track_refused(struct lkcam_end *end, int32_t reason, struct lkcam_text message);

#endif
