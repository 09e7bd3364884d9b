// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// LiveKit access tokens: JWT with HS256 (RFC 7519), LiveKit's video grant. Signs and reads; a
// publisher never needs the secret to read.
#ifndef LKCAM_SIG_TOKEN_H
#define LKCAM_SIG_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lkcam/lkcam.h"

#define LKCAM_TOKEN_MAX 65536 // Ours: metadata may be long, a header line is not endless

struct lkcam_token {
    char identity[257], room[257];
    int64_t exp, nbf; // seconds since 1970; 0: absent
    bool room_join, can_publish,
        can_subscribe;       // LiveKit: publish and subscribe are true where absent
    bool can_publish_camera; // canPublishSources is empty or names the camera
};

/** Reads the claims; no signature is checked. Identity and room are "" where absent. @return 0 or
 * -EBADMSG. */
int lkcam_token_read(const char *text, struct lkcam_token *out);

#endif
