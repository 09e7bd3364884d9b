// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The URL of a token service: what may be printed of it, and the query of a GET. Unlike a server's
// it may have user, password and query, which are secrets.
#ifndef LKCAM_SIG_SERVICE_URL_H
#define LKCAM_SIG_SERVICE_URL_H

#include <stdbool.h>
#include <stddef.h>

#define LKCAM_SERVICE_URL_MAX 4096  // Ours: characters; what it redirects to has the same limit
#define LKCAM_SERVICE_LABEL_MAX 128 // Ours: with the terminator; the rest is "..."

/** `label` gets scheme, host, port and path. @return NULL, or what is wrong as the end of a
 * sentence
 * ("names no host"). */
const char *lkcam_service_url_check(const char *url, char label[LKCAM_SERVICE_LABEL_MAX]);

bool lkcam_service_url_is_https(const char *url);

/** `url` without its fragment, on the heap; NULL: no memory. */
char *lkcam_service_url_plain(const char *url);

/** `url` (without a fragment) with room, roomName, identity, username and participantName behind
 * whatever query it has; a NULL is left out. On the heap; NULL: no memory. */
char *lkcam_service_url_query(const char *url, const char *room, const char *identity);

#endif
