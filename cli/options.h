// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Long options from a table: the environment first, then the command line, which beats it.
// Knows kinds of values; knows no flag by name.
#ifndef LKCAM_CLI_OPTIONS_H
#define LKCAM_CLI_OPTIONS_H

enum lkcam_cli_kind {
    LKCAM_CLI_FLAG,    /* int: 1 when given */
    LKCAM_CLI_TEXT,    /* const char *: not empty, borrowed from argv or the environment */
    LKCAM_CLI_LIST,    /* struct lkcam_cli_list: a TEXT each time it is given */
    LKCAM_CLI_NUMBER,  /* int within min and max */
    LKCAM_CLI_SIZE,    /* int[2]: width and height */
    LKCAM_CLI_BITRATE, /* int: bit/s */
    LKCAM_CLI_CHOICE   /* int: index into choices */
};

#define LKCAM_CLI_LIST_MAX 64

/** Given on the command line it replaces the one text of the environment. */
struct lkcam_cli_list {
    const char *items[LKCAM_CLI_LIST_MAX];
    int count;
    int given; /* private: the command line has begun to fill it */
};

/** The default is what `value` points at before the call. */
struct lkcam_cli_option {
    const char *name; /* without the dashes; NULL ends a table */
    enum lkcam_cli_kind kind;
    void *value;
    const char *help;
    const char *argument; /* shown in the help; NULL: none */
    const char *env;      /* NULL: flag only */
    long min, max;
    const char *const *choices; /* ended by NULL */
};

enum { LKCAM_CLI_GO_ON = -1 };

/**
 * Read the environment and the command line into the table's values.
 * What is wrong is said in one line; --help is answered on standard output.
 * @return LKCAM_CLI_GO_ON, or the exit code with which the command is over.
 */
int lkcam_cli_options_read(const struct lkcam_cli_option *table, const char *command,
                           const char *purpose, int argc, char **argv);

#endif
