// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The viewer page's files: found once, read once, kept in memory. Knows no HTTP.
#ifndef LKCAM_CLI_SERVE_ASSETS_H
#define LKCAM_CLI_SERVE_ASSETS_H

#include <stddef.h>

#define LKCAM_CLI_ASSETS 4
#define LKCAM_CLI_PATH_MAX 4096

struct lkcam_cli_asset {
    const char *name; /* below the key; "" is the page itself */
    const char *type; /* of the Content-Type header */
    char *bytes;
    size_t len;
};

struct lkcam_cli_assets {
    struct lkcam_cli_asset list[LKCAM_CLI_ASSETS];
};

/** `client`: LiveKit's browser client, NULL: the one beside the page. What is missing is said in
 * one line. Heap memory until lkcam_cli_assets_free, also after a failure. @return 0 or -errno. */
int lkcam_cli_assets_load(struct lkcam_cli_assets *a, const char *client);

const struct lkcam_cli_asset *lkcam_cli_assets_find(const struct lkcam_cli_assets *a,
                                                    const char *name);

void lkcam_cli_assets_free(struct lkcam_cli_assets *a);

#endif
