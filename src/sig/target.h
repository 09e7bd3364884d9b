// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The request targets of the upgrade: what a server is asked in a URL. Knows no server and no
// token.
#ifndef LKCAM_SIG_TARGET_H
#define LKCAM_SIG_TARGET_H

#include "sig/session.h"

// Ours. nginx takes a request line of 8 kB (large_client_header_buffers), Apache httpd 8190 bytes
// (LimitRequestLine); what a proxy puts before the path must fit too.
#define LKCAM_TARGET_MAX 6144

/**
 * "PREFIX/rtc/v1?join_request=...": with tracks and offer, or where that would be longer than
 * LKCAM_TARGET_MAX without them. The caller frees it. @return 1 (with), 0 (without), -ENOMEM.
 */
int lkcam_target_v1(char **out, const struct lkcam_session_config *cfg);

/** "PREFIX/rtc?protocol=...", for servers older than 1.9.1. The caller frees it. @return 0 or
 * -ENOMEM. */
int lkcam_target_v0(char **out, const struct lkcam_session_config *cfg);

#endif
