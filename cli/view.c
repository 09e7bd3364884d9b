// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// lkcam view: a page for this machine's browser. It gets tokens that can watch and nothing else.
#include "commands.h"
#include "credentials.h"
#include "exit_code.h"
#include "options.h"
#include "say.h"
#include "serve/page.h"
#include "stop_signals.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define PORT_MAX 65535
// Ours: long enough to join with; the server renews the token of whoever is in the room.
#define TOKEN_VALID_S 600

struct view {
    const char *url, *room, *client;
    int port;
    unsigned viewers; /* page loads so far: every page is a viewer of its own */
    unsigned seed;
};

/* The page's thread. */
static char *make_session(void *ctx)
{
    struct view *v = ctx;
    char identity[LKCAM_CLI_NAME_MAX], token[LKCAM_CLI_TOKEN_MAX];
    snprintf(identity, sizeof(identity), "viewer-%08x-%u", v->seed, ++v->viewers);
    const struct lkcam_cli_wish wish = {
        .room = v->room, .identity = identity, .can_subscribe = 1, .valid_seconds = TOKEN_VALID_S};
    if (lkcam_cli_sign(&wish, token, sizeof(token)))
        return NULL;
    json_t *object = json_pack("{ssssss}", "url", v->url, "room", v->room, "token", token);
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return text;
}

static int read_flags(struct view *v, int argc, char **argv)
{
    const struct lkcam_cli_option table[] = {
        {"url", LKCAM_CLI_TEXT, &v->url, "server, as ws://host:7880 or wss://host", "URL",
         "LIVEKIT_URL"},
        {"room", LKCAM_CLI_TEXT, &v->room, "room to watch (lkcam)", "NAME", "LIVEKIT_ROOM"},
        {"port", LKCAM_CLI_NUMBER, &v->port, "port on 127.0.0.1 (any free one)", "N", .min = 1,
         .max = PORT_MAX},
        {"client", LKCAM_CLI_TEXT, &v->client,
         "LiveKit's browser client, livekit-client.umd.js (the installed one)", "FILE"},
        {0}};
    return lkcam_cli_options_read(table, "view",
                                  "Serves a page to this machine that shows the room's camera.\n"
                                  "Needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET.",
                                  argc, argv);
}

static int serve(struct view *v, const struct lkcam_cli_assets *assets)
{
    struct lkcam_cli_page page = {.assets = assets, .session = make_session, .ctx = v};
    sigset_t stop;
    int signal_number;
    lkcam_cli_stop_signals(&stop);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    int port = lkcam_cli_page_open(&page, (uint16_t)v->port);
    if (port < 0) {
        lkcam_cli_say("cannot serve on 127.0.0.1 port %d: %s", v->port, strerror(-port));
        return LKCAM_EXIT_OTHER;
    }
    printf("http://127.0.0.1:%d/%s/\n", port, page.key);
    fflush(stdout);
    sigwait(&stop, &signal_number);
    lkcam_cli_page_close(&page);
    return LKCAM_EXIT_DONE;
}

/* A key or secret that is missing is told now, not to the first visitor. */
static int try_signing(struct view *v)
{
    char *session = make_session(v);
    if (!session)
        return LKCAM_EXIT_TOKEN;
    free(session);
    return LKCAM_EXIT_DONE;
}

int lkcam_cli_view(int argc, char **argv)
{
    struct view v = {.room = "lkcam"};
    int over = read_flags(&v, argc, argv);
    if (over != LKCAM_CLI_GO_ON)
        return over;
    if (!v.url) {
        lkcam_cli_say("no server: set LIVEKIT_URL or give --url ws://host:7880");
        return LKCAM_EXIT_USAGE;
    }
    if (getrandom(&v.seed, sizeof(v.seed), 0) != sizeof(v.seed))
        return LKCAM_EXIT_OTHER;
    int code = try_signing(&v);
    if (code)
        return code;
    struct lkcam_cli_assets assets;
    code = lkcam_cli_assets_load(&assets, v.client) ? LKCAM_EXIT_OTHER : serve(&v, &assets);
    lkcam_cli_assets_free(&assets);
    return code;
}
