// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The request target of the upgrade: the join request as text in a URL. Knows no server and no
// token.
#ifndef LKCAM_SIG_TARGET_H
#define LKCAM_SIG_TARGET_H

#include "sig/session.h"

/** "/rtc/v1?join_request=..."; the caller frees it. @return 0 or -ENOMEM. */
int lkcam_target_new(char **out, const struct lkcam_session_config *cfg);

#endif
