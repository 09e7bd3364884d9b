// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "options.h"

#include "exit_code.h"
#include "say.h"
#include "suggest.h"
#include "values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 40

static int set_text(const struct lkcam_cli_option *o, const char *text)
{
    if (!*text)
        return -EINVAL;
    *(const char **)o->value = text;
    return 0;
}

static int add_text(const struct lkcam_cli_option *o, const char *text, int given)
{
    struct lkcam_cli_list *list = o->value;
    if (given && !list->given)
        list->count = 0;
    list->given = given;
    if (!*text)
        return -EINVAL;
    if (list->count == LKCAM_CLI_LIST_MAX)
        return -E2BIG;
    list->items[list->count++] = text;
    return 0;
}

static int set_choice(const struct lkcam_cli_option *o, const char *text)
{
    for (int i = 0; o->choices[i]; i++) {
        if (!strcmp(o->choices[i], text)) {
            *(int *)o->value = i;
            return 0;
        }
    }
    return -EINVAL;
}

/* `given`: on the command line. */
static int set(const struct lkcam_cli_option *o, const char *text, int given)
{
    switch (o->kind) {
    case LKCAM_CLI_FLAG:
        *(int *)o->value = 1;
        return 0;
    case LKCAM_CLI_TEXT:
        return set_text(o, text);
    case LKCAM_CLI_LIST:
        return add_text(o, text, given);
    case LKCAM_CLI_NUMBER:
        return lkcam_cli_read_number(text, o->min, o->max, o->value);
    case LKCAM_CLI_SIZE:
        return lkcam_cli_read_size(text, o->value);
    case LKCAM_CLI_BITRATE:
        return lkcam_cli_read_bitrate(text, o->value);
    case LKCAM_CLI_CHOICE:
        return set_choice(o, text);
    }
    return -EINVAL;
}

static void expected(const struct lkcam_cli_option *o, char *out, size_t len)
{
    size_t at = 0;
    switch (o->kind) {
    case LKCAM_CLI_NUMBER:
        snprintf(out, len, "a whole number from %ld to %ld", o->min, o->max);
        return;
    case LKCAM_CLI_SIZE:
        snprintf(out, len, "a size like 1280x720, each side from 64 to 7680");
        return;
    case LKCAM_CLI_BITRATE:
        snprintf(out, len, "a bitrate like 3M or 2500k, from 50k to 100M");
        return;
    case LKCAM_CLI_CHOICE:
        at = (size_t)snprintf(out, len, "one of");
        for (int i = 0; o->choices[i] && at < len; i++)
            at += (size_t)snprintf(out + at, len - at, "%s%s", i ? ", " : " ", o->choices[i]);
        return;
    case LKCAM_CLI_LIST:
        snprintf(out, len, "a value, at most %d times", LKCAM_CLI_LIST_MAX);
        return;
    case LKCAM_CLI_FLAG:
    case LKCAM_CLI_TEXT:
        snprintf(out, len, "a value");
        return;
    }
}

/* `label` is "--fps" or the name of a variable. */
static int take(const struct lkcam_cli_option *o, const char *label, const char *text, int given)
{
    if (!set(o, text, given))
        return LKCAM_CLI_GO_ON;
    char wanted[256];
    expected(o, wanted, sizeof(wanted));
    lkcam_cli_say("%s '%s': must be %s", label, text, wanted);
    return LKCAM_EXIT_USAGE;
}

static int read_environment(const struct lkcam_cli_option *table)
{
    for (; table->name; table++) {
        const char *text = table->env ? getenv(table->env) : NULL;
        if (!text || !*text)
            continue;
        int over = take(table, table->env, text, 0);
        if (over != LKCAM_CLI_GO_ON)
            return over;
    }
    return LKCAM_CLI_GO_ON;
}

static int unknown(const struct lkcam_cli_option *table, const char *command, const char *flag,
                   size_t len)
{
    const char *names[OPTIONS_MAX + 1] = {0};
    for (int i = 0; table[i].name && i < OPTIONS_MAX; i++)
        names[i] = table[i].name;
    char word[64];
    snprintf(word, sizeof(word), "%.*s", (int)len, flag);
    const char *near = lkcam_cli_nearest(word, names);
    // Only the name is repeated: what follows "=" may be a secret, as in --token=...
    if (near)
        lkcam_cli_say("unknown flag --%s; did you mean --%s?", word, near);
    else
        lkcam_cli_say("unknown flag --%s; 'lkcam %s --help' lists them", word, command);
    return LKCAM_EXIT_USAGE;
}

static const struct lkcam_cli_option *find(const struct lkcam_cli_option *table, const char *flag,
                                           size_t len)
{
    for (; table->name; table++)
        if (strlen(table->name) == len && !memcmp(table->name, flag, len))
            return table;
    return NULL;
}

/* One flag, with its value behind "=" or in the next argument. */
static int read_flag(const struct lkcam_cli_option *table, const char *command, char ***argv,
                     char **end)
{
    const char *flag = **argv + 2;
    size_t len = strcspn(flag, "=");
    const struct lkcam_cli_option *o = find(table, flag, len);
    if (!o)
        return unknown(table, command, flag, len);
    const char *text = flag[len] ? flag + len + 1 : NULL;
    if (o->kind == LKCAM_CLI_FLAG && text) {
        lkcam_cli_say("--%s takes no value", o->name);
        return LKCAM_EXIT_USAGE;
    }
    if (o->kind != LKCAM_CLI_FLAG && !text) {
        if (*argv + 1 == end || !strncmp((*argv)[1], "--", 2)) {
            lkcam_cli_say("--%s needs a value: --%s %s", o->name, o->name, o->argument);
            return LKCAM_EXIT_USAGE;
        }
        text = *++*argv;
    }
    char label[64];
    snprintf(label, sizeof(label), "--%s", o->name);
    return take(o, label, text, 1);
}

static int print_help(const struct lkcam_cli_option *table, const char *command,
                      const char *purpose)
{
    printf("usage: lkcam %s [FLAGS]\n%s\n\nflags:\n", command, purpose);
    for (; table->name; table++) {
        char left[64];
        snprintf(left, sizeof(left), "--%s%s%s", table->name, table->argument ? " " : "",
                 table->argument ? table->argument : "");
        printf("  %-34s %s", left, table->help);
        if (table->env)
            printf(" [%s]", table->env);
        printf("\n");
    }
    printf("  %-34s this text\n", "--help");
    return LKCAM_EXIT_DONE;
}

int lkcam_cli_options_read(const struct lkcam_cli_option *table, const char *command,
                           const char *purpose, int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return print_help(table, command, purpose);
    int over = read_environment(table);
    char **end = argv + argc;
    for (; over == LKCAM_CLI_GO_ON && argv < end; argv++) {
        if (strncmp(*argv, "--", 2) || !(*argv)[2]) {
            // Cut short: a token given here by mistake is not repeated.
            lkcam_cli_say("'%.16s' is no flag; 'lkcam %s --help' lists them", *argv, command);
            return LKCAM_EXIT_USAGE;
        }
        over = read_flag(table, command, &argv, end);
    }
    return over;
}
