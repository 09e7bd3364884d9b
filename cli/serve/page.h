// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The viewer page over HTTP on 127.0.0.1, behind a random key in its address. The only place that
// knows libmicrohttpd. Knows neither LiveKit nor flags.
#ifndef LKCAM_CLI_SERVE_PAGE_H
#define LKCAM_CLI_SERVE_PAGE_H

#include "assets.h"

#include <stdint.h>

#define LKCAM_CLI_KEY_TEXT 33 /* 128 bits in hex */

struct MHD_Daemon;

struct lkcam_cli_page {
    const struct lkcam_cli_assets *assets;
    /** Answers "session": JSON on the heap, freed by the page; NULL: none can be made. The page's
     * thread. */
    char *(*session)(void *ctx);
    void *ctx;

    /* private */
    struct MHD_Daemon *daemon;
    char key[LKCAM_CLI_KEY_TEXT];
};

/** Serve on a thread of its own. `port` 0: any free one. @return the port, or -errno (-EADDRINUSE).
 */
int lkcam_cli_page_open(struct lkcam_cli_page *p, uint16_t port);

void lkcam_cli_page_close(struct lkcam_cli_page *p);

#endif
