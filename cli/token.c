// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// lkcam token: prints an access token. The only place where one is written out.
#include "commands.h"
#include "credentials.h"
#include "exit_code.h"
#include "options.h"

#include <stdio.h>

#define SIX_HOURS_S 21600
#define YEAR_S 31536000

int lkcam_cli_token(int argc, char **argv)
{
    struct lkcam_cli_wish wish = {.room = "lkcam", .valid_seconds = SIX_HOURS_S};
    const struct lkcam_cli_option table[] = {
        {"room", LKCAM_CLI_TEXT, &wish.room, "room to join (lkcam)", "NAME", "LIVEKIT_ROOM"},
        {"identity", LKCAM_CLI_TEXT, &wish.identity, "who joins (lkcam-<hostname>)", "NAME",
         "LIVEKIT_IDENTITY"},
        {"valid", LKCAM_CLI_NUMBER, &wish.valid_seconds, "lifetime (21600)", "SECONDS", .min = 1,
         .max = YEAR_S},
        {"publish", LKCAM_CLI_FLAG, &wish.can_publish, "may publish (so without --subscribe)"},
        {"subscribe", LKCAM_CLI_FLAG, &wish.can_subscribe, "may watch"},
        {0}};
    int over = lkcam_cli_options_read(table, "token",
                                      "Prints a token signed with LIVEKIT_API_KEY and "
                                      "LIVEKIT_API_SECRET of the environment.",
                                      argc, argv);
    if (over != LKCAM_CLI_GO_ON)
        return over;
    if (!wish.can_subscribe)
        wish.can_publish = 1;
    char token[LKCAM_CLI_TOKEN_MAX];
    int code = lkcam_cli_sign(&wish, token, sizeof(token));
    if (code)
        return code;
    return puts(token) < 0 || fflush(stdout) ? LKCAM_EXIT_OTHER : LKCAM_EXIT_DONE;
}
