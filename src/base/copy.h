// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A string of one's own where there may be none.
#ifndef LKCAM_BASE_COPY_H
#define LKCAM_BASE_COPY_H

#include <stdbool.h>
#include <string.h>

/** NULL stays NULL; the caller frees the copy. @return false: memory is out. */
static inline bool lkcam_copy(char **out, const char *text)
{
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

#endif
