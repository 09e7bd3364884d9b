// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The server's URL as a person gives it, and the request targets made from it.
#ifndef LKCAM_SIG_URL_H
#define LKCAM_SIG_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lkcam_url {
    bool tls;         // wss: or https:
    char host[256];   // without brackets
    uint16_t port;    // 80 and 443 by scheme where the URL has none
    char prefix[256]; // path without trailing slash, "" or "/some/where"
};

/** @return 0, or -EINVAL with one line in `why` that names the part (never user or password of the
 * URL). */
int lkcam_url_parse(struct lkcam_url *out, const char *text, char *why, size_t why_len);

/** As lkcam_url_parse. @return NULL, or what is wrong as the end of a sentence ("names no host").
 */
const char *lkcam_url_read(struct lkcam_url *out, const char *text);

/** "host", "host:port" or "[v6]:port" for the Host header; the scheme's own port is left out.
 * @return its length, or -ENOSPC. */
int lkcam_url_authority(const struct lkcam_url *u, char *out, size_t cap);

#endif
