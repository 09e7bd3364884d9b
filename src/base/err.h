// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What can end a connection, as stage and reason; the words of the public header.
#ifndef LKCAM_BASE_ERR_H
#define LKCAM_BASE_ERR_H

#include "lkcam/lkcam.h"

/** Why something ended, ready to be handed to the program: one line, without secrets. */
struct lkcam_end {
    enum lkcam_reason reason;
    char text[320];
};

void lkcam_end_set(struct lkcam_end *end, enum lkcam_reason reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
