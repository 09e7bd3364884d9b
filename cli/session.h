// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Runs a connection on a thread of its own, which becomes the network thread, while disk and
// terminal stay with the calling thread at ordinary priority. Knows neither flags nor formats.
#ifndef LKCAM_CLI_SESSION_H
#define LKCAM_CLI_SESSION_H

#include <lkcam/lkcam.h>

#define LKCAM_CLI_REASON_TEXT 512

struct lkcam_cli_session {
    /** Once a second while it runs, and once after the end. Main thread. */
    void (*second)(void *ctx, struct lkcam *c);
    /** A log line. Main thread. */
    void (*line)(void *ctx, const char *line);
    void *ctx;
    int verbose; /* 1: debug lines too */

    /* private */
    struct lkcam *connection;
    enum lkcam_reason reason;
    char text[LKCAM_CLI_REASON_TEXT];
    int lines[2];
    int done, ticks, signals;
};

/** Set up before lkcam_open: puts its callbacks into `cfg`. The session stays where it is until
 * lkcam_cli_session_close. @return 0 or -errno. */
int lkcam_cli_session_open(struct lkcam_cli_session *s, struct lkcam_config *cfg);

/** Publish until the end, SIGINT, SIGTERM or SIGHUP. @return 0 with the end in `reason` and `text`,
 * or -errno. */
int lkcam_cli_session_run(struct lkcam_cli_session *s, struct lkcam *c);

void lkcam_cli_session_close(struct lkcam_cli_session *s);

#endif
