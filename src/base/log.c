// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

static lkcam_log_sink sink;
static void *sink_ctx;

void lkcam_log_install(lkcam_log_sink to, void *ctx)
{
    sink_ctx = ctx;
    sink = to;
}

void lkcam_log_remove(lkcam_log_sink from, void *ctx)
{
    if (sink == from && sink_ctx == ctx)
        lkcam_log_install(NULL, NULL);
}

void lkcam_log(enum lkcam_log_level level, const char *format, ...)
{
    char line[512];
    va_list args;

    if (!sink)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    sink(sink_ctx, (int)level, line);
}
