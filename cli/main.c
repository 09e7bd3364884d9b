// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Picks the command. Knows their names; knows nothing of their flags.
#include "commands.h"
#include "exit_code.h"
#include "say.h"
#include "suggest.h"

#include <lkcam/lkcam.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

static const struct command commands[] = {
    {"publish", lkcam_cli_publish, "publish a camera into a room (what runs without a command)"},
    {"devices", lkcam_cli_devices, "list this machine's cameras and what they can do"},
    {"token", lkcam_cli_token, "print an access token, signed on this machine"},
    {"view", lkcam_cli_view, "serve a page to this machine that shows the room's camera"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int print_help(void)
{
    printf("lkcam publishes a camera into a LiveKit room with the lowest latency.\n\n"
           "usage: lkcam [COMMAND] [FLAGS]\n\ncommands:\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-9s %s\n", commands[i].name, commands[i].help);
    printf("\n'lkcam COMMAND --help' lists the flags of a command; 'lkcam --version' tells the "
           "version.\n"
           "exit: 0 done, 1 other, 2 usage, 3 token, 4 camera, 5 server\n");
    return LKCAM_EXIT_DONE;
}

static int unknown(const char *name)
{
    const char *names[COMMANDS + 1] = {0};
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *near = lkcam_cli_nearest(name, names);
    if (near)
        lkcam_cli_say("unknown command '%s'; did you mean '%s'?", name, near);
    else
        lkcam_cli_say("unknown command '%s'; 'lkcam --help' lists them", name);
    return LKCAM_EXIT_USAGE;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2)
        return lkcam_cli_publish(0, NULL);
    const char *name = argv[1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h"))
        return print_help();
    if (!strcmp(name, "--version")) {
        printf("lkcam %s\n", lkcam_version());
        return LKCAM_EXIT_DONE;
    }
    if (name[0] == '-')
        return lkcam_cli_publish(argc - 1, argv + 1);
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(name, commands[i].name))
            return commands[i].run(argc - 2, argv + 2);
    return unknown(name);
}

int main(int argc, char **argv)
{
    // x264 asks for huge pages: 2 MB more resident memory, no time gained (docs/design/path.md).
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    // Whoever reads our output may go away; publishing goes on.
    signal(SIGPIPE, SIG_IGN);
    return dispatch(argc, argv);
}
