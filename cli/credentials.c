// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "credentials.h"

#include "exit_code.h"
#include "say.h"

#include <errno.h>
#include <lkcam/lkcam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SPACE " \t\r\n"

static const char *variable(const char *name)
{
    const char *text = getenv(name);
    return text && *text ? text : NULL;
}

void lkcam_cli_own_identity(char out[LKCAM_CLI_NAME_MAX])
{
    char host[64] = "";
    if (gethostname(host, sizeof(host) - 1) || !*host)
        snprintf(host, sizeof(host), "camera");
    snprintf(out, LKCAM_CLI_NAME_MAX, "lkcam-%s", host);
}

static const char *missing_variable(void)
{
    if (!variable("LIVEKIT_API_KEY"))
        return "LIVEKIT_API_KEY";
    return variable("LIVEKIT_API_SECRET") ? NULL : "LIVEKIT_API_SECRET";
}

int lkcam_cli_sign(const struct lkcam_cli_wish *wish, char *out, size_t len)
{
    const char *missing = missing_variable();
    if (missing) {
        lkcam_cli_say("cannot sign a token: %s is not set in the environment", missing);
        return LKCAM_EXIT_TOKEN;
    }
    char identity[LKCAM_CLI_NAME_MAX];
    lkcam_cli_own_identity(identity);
    struct lkcam_grant grant;
    lkcam_grant_default(&grant);
    grant.api_key = variable("LIVEKIT_API_KEY");
    grant.api_secret = variable("LIVEKIT_API_SECRET");
    grant.room = wish->room;
    grant.identity = wish->identity ? wish->identity : identity;
    grant.can_publish = wish->can_publish;
    grant.can_subscribe = wish->can_subscribe;
    grant.now_unix = time(NULL);
    grant.valid_seconds = wish->valid_seconds;
    int n = lkcam_token_mint(&grant, out, len);
    if (n >= 0)
        return LKCAM_EXIT_DONE;
    lkcam_cli_say("cannot sign a token: %s", n == -ENOSPC ? "it would be too long" : strerror(-n));
    return LKCAM_EXIT_TOKEN;
}

/* A token is one word; what surrounds it in a file or a variable is not part of it. */
static void trim(char *text)
{
    size_t lead = strspn(text, SPACE);
    size_t len = strlen(text + lead);
    while (len && strchr(SPACE, text[lead + len - 1]))
        len--;
    memmove(text, text + lead, len);
    text[len] = '\0';
}

static int read_file(const char *path, char *out, size_t len)
{
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(out, 1, len - 1, f) : 0;
    int err = !f || ferror(f) ? errno : 0;
    if (f)
        fclose(f);
    if (err || n == len - 1) {
        lkcam_cli_say("cannot read the token file %s: %s", path,
                      err ? strerror(err) : "too long for a token");
        return LKCAM_EXIT_TOKEN;
    }
    out[n] = '\0';
    return LKCAM_EXIT_DONE;
}

static int read_variable(const char *text, char *out, size_t len)
{
    if (strlen(text) >= len) {
        lkcam_cli_say("LIVEKIT_TOKEN is too long for a token");
        return LKCAM_EXIT_TOKEN;
    }
    memcpy(out, text, strlen(text) + 1);
    return LKCAM_EXIT_DONE;
}

static int look_at(const char *from, const char *token)
{
    char why[256] = "";
    if (!*token) {
        lkcam_cli_say("the token in %s is empty", from);
        return LKCAM_EXIT_TOKEN;
    }
    if (!lkcam_token_check(token, time(NULL), why, sizeof(why)))
        return LKCAM_EXIT_DONE;
    lkcam_cli_say("the token in %s does not work: %s", from, why);
    return LKCAM_EXIT_TOKEN;
}

const char *lkcam_cli_token_at_hand(const char *file)
{
    return file ? "--token-file" : variable("LIVEKIT_TOKEN") ? "LIVEKIT_TOKEN" : NULL;
}

int lkcam_cli_find_token(const char *file, const struct lkcam_cli_wish *wish, char *out, size_t len)
{
    const char *given = variable("LIVEKIT_TOKEN");
    if (!lkcam_cli_token_at_hand(file)) {
        if (!missing_variable())
            return lkcam_cli_sign(wish, out, len);
        lkcam_cli_say("no token: set LIVEKIT_TOKEN, LIVEKIT_TOKEN_URL, or LIVEKIT_API_KEY and "
                      "LIVEKIT_API_SECRET, or give --token-file FILE");
        return LKCAM_EXIT_TOKEN;
    }
    int code = file ? read_file(file, out, len) : read_variable(given, out, len);
    if (code)
        return code;
    trim(out);
    return look_at(file ? file : "LIVEKIT_TOKEN", out);
}
