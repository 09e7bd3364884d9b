// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What follows join where the join request does not hold it: add_track for each track, then the
// offer, without waiting in between. Written beforehand, so that nothing of the configuration has
// to be kept.
#ifndef LKCAM_SIG_STEPS_H
#define LKCAM_SIG_STEPS_H

#include "sig/session.h"

struct lkcam_steps {
    uint8_t *bytes; // messages, each behind four bytes of length
    size_t len, at;
};

/** @return 0 or -ENOMEM. */
int lkcam_steps_init(struct lkcam_steps *s, const struct lkcam_session_config *cfg);
void lkcam_steps_deinit(struct lkcam_steps *s);

/** The next message, borrowed until deinit. @return its length, 0: that was all. */
size_t lkcam_steps_next(struct lkcam_steps *s, const uint8_t **message);

#endif
