// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What a person or a program sees each second, and log lines between. Main thread.
#ifndef LKCAM_CLI_STATUS_H
#define LKCAM_CLI_STATUS_H

#include <lkcam/lkcam.h>

enum lkcam_cli_stats {
    LKCAM_CLI_STATS_AUTO,
    LKCAM_CLI_STATS_TEXT,
    LKCAM_CLI_STATS_JSON,
    LKCAM_CLI_STATS_NONE
};

struct lkcam_cli_status {
    enum lkcam_cli_stats format;
    int terminal; /* 1: the line is rewritten in place */
    int open;     /* 1: the cursor stands behind an unfinished line */
};

/** AUTO becomes TEXT on a terminal and NONE elsewhere. */
void lkcam_cli_status_init(struct lkcam_cli_status *s, enum lkcam_cli_stats format);

void lkcam_cli_status_show(struct lkcam_cli_status *s, struct lkcam *c,
                           struct lkcam_track *const *tracks, int count);

/** A log line, on a line of its own. */
void lkcam_cli_status_log(struct lkcam_cli_status *s, const char *line);

/** End the unfinished line. */
void lkcam_cli_status_close(struct lkcam_cli_status *s);

#endif
