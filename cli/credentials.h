// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Which server, and with what right: a token given, or one signed here with the key and secret of
// the environment. Secrets never come from the command line, where every user of the machine could
// read them.
#ifndef LKCAM_CLI_CREDENTIALS_H
#define LKCAM_CLI_CREDENTIALS_H

#include <stddef.h>

#define LKCAM_CLI_TOKEN_MAX 16384 // Ours: longer ones do not fit into servers' header limits
#define LKCAM_CLI_NAME_MAX 128

struct lkcam_cli_wish {
    const char *room;
    const char *identity; /* NULL: lkcam_cli_own_identity */
    int can_publish, can_subscribe;
    int valid_seconds;
};

/** "lkcam-<hostname>". */
void lkcam_cli_own_identity(char out[LKCAM_CLI_NAME_MAX]);

/** Where a token is at hand, so that a token service is not asked: "--token-file", "LIVEKIT_TOKEN",
 * or NULL. */
const char *lkcam_cli_token_at_hand(const char *file);

/** Sign a token with LIVEKIT_API_KEY and LIVEKIT_API_SECRET. What is wrong is said in one line.
 * @return an exit code; LKCAM_EXIT_DONE with the token in `out`. */
int lkcam_cli_sign(const struct lkcam_cli_wish *wish, char *out, size_t len);

/** The first there is: the file, LIVEKIT_TOKEN, a signed one. Checked as far as it can be without
 * the secret.
 * @return as above. */
int lkcam_cli_find_token(const char *file, const struct lkcam_cli_wish *wish, char *out,
                         size_t len);

#endif
