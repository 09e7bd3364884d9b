// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What all sources have in common. Knows no kind of source.
#include "media/source.h"

void lkcam_source_close(struct lkcam_source **s)
{
    if (*s)
        (*s)->ops->close(*s);
    *s = NULL;
}
