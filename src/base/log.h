// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Log lines go to an installed sink; without one they go nowhere. One line per fault, written where
// the cause is known. Never called on the camera thread after its first frame.
#ifndef LKCAM_BASE_LOG_H
#define LKCAM_BASE_LOG_H

enum lkcam_log_level { LKCAM_LOG_ERROR, LKCAM_LOG_WARNING, LKCAM_LOG_INFO, LKCAM_LOG_DEBUG };

/** `line` is borrowed, without a line end. Any thread. */
typedef void (*lkcam_log_sink)(void *ctx, int level, const char *line);

/** Install once, before any thread is started. */
void lkcam_log_install(lkcam_log_sink sink, void *ctx);

/** Nothing goes there any more, unless another one has taken its place before. No thread that logs
 * is left. */
void lkcam_log_remove(lkcam_log_sink sink, void *ctx);

void lkcam_log(enum lkcam_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
