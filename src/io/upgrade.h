// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The HTTP/1.1 half of a WebSocket (RFC 6455 s4.1): the request's text, and the reader of its
// answer.
#ifndef LKCAM_IO_UPGRADE_H
#define LKCAM_IO_UPGRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LKCAM_UPGRADE_HEAD_MAX 16384 // Ours: an answer with more header than this is refused
#define LKCAM_UPGRADE_BODY_MAX 4096  // Ours: of a refusal; the rest is not for people

/** RFC 6455 s4.1: 16 random bytes in base64, and the answer that they must get. */
struct lkcam_upgrade_key {
    char key[25], accept[29];
};

void lkcam_upgrade_key_make(struct lkcam_upgrade_key *k, const uint8_t nonce[16]);

/** @return the request on the heap and its length, -EINVAL (a line end in a value), -ENOMEM. */
int lkcam_upgrade_request(char **out, const char *host, const char *target, const char *token,
                          const char *key);

enum lkcam_upgrade_state {
    LKCAM_UPGRADE_MORE,
    LKCAM_UPGRADE_DONE,
    LKCAM_UPGRADE_REFUSED,
    LKCAM_UPGRADE_BROKEN
};

struct lkcam_upgrade {
    int status;
    const char *body; // of a refusal
    size_t body_len;
    size_t used; // bytes of the answer's head: what follows is frames
};

/**
 * Look at everything received so far. `ended`: no more will come.
 * BROKEN: no HTTP, too long, or a 101 that does not answer our key or agrees on what we did not
 * offer (RFC 6455 s4.1). Interim answers (1xx other than 101) are passed over.
 */
enum lkcam_upgrade_state lkcam_upgrade_read(const char *bytes, size_t len, bool ended,
                                            const char *accept, struct lkcam_upgrade *out);

#endif
