// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

void lkcam_end_set(struct lkcam_end *end, enum lkcam_reason reason, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(end->text, sizeof end->text, format, args);
    va_end(args);
    end->reason = reason;
}
