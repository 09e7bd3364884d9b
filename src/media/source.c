// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What all sources have in common. Knows no kind of source.
#include "media/source.h"

#include <stdarg.h>
#include <stdio.h>

void lkcam_source_close(struct lkcam_source **s)
{
    if (*s)
        (*s)->ops->close(*s);
    *s = NULL;
}

int lkcam_source_fail(struct lkcam_source_error *why, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    return err;
}
