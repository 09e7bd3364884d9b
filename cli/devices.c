// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// lkcam devices: the cameras of this machine.
#include "devices.h"

#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "say.h"

#include <stdio.h>
#include <string.h>

const struct lkcam_cli_flag_word lkcam_cli_control_flags[] = {
    {LKCAM_CONTROL_READ_ONLY, "read-only"},
    {LKCAM_CONTROL_WRITE_ONLY, "write-only"},
    {LKCAM_CONTROL_INACTIVE, "inactive"},
    {LKCAM_CONTROL_GRABBED, "grabbed"},
    {0, NULL},
};

const char *lkcam_cli_control_type(enum lkcam_control_type t)
{
    switch (t) {
    case LKCAM_CONTROL_INTEGER:
        return "int";
    case LKCAM_CONTROL_INTEGER64:
        return "int64";
    case LKCAM_CONTROL_BOOLEAN:
        return "bool";
    case LKCAM_CONTROL_MENU:
        return "menu";
    case LKCAM_CONTROL_INTEGER_MENU:
        return "intmenu";
    case LKCAM_CONTROL_BUTTON:
        return "button";
    case LKCAM_CONTROL_BITMASK:
        return "bitmask";
    case LKCAM_CONTROL_STRING:
        return "str";
    }
    return "?";
}

static void print_one(void *ctx, const struct lkcam_device *d)
{
    int *shown = ctx;
    if ((*shown)++)
        printf("\n");
    lkcam_cli_device_print(d);
}

static void collect_one(void *ctx, const struct lkcam_device *d)
{
    json_array_append_new(ctx, lkcam_cli_device_json(d));
}

static int failed(int err)
{
    lkcam_cli_say("cannot list the cameras: %s", strerror(-err));
    return LKCAM_EXIT_OTHER;
}

static int print_text(void)
{
    int shown = 0;
    int count = lkcam_devices(print_one, &shown);
    if (count < 0)
        return failed(count);
    if (!count) {
        lkcam_cli_say("no camera found; plug one in");
        return LKCAM_EXIT_CAMERA;
    }
    return fflush(stdout) ? LKCAM_EXIT_OTHER : LKCAM_EXIT_DONE;
}

static int print_json(void)
{
    json_t *all = json_array();
    int count = lkcam_devices(collect_one, all);
    if (count < 0) {
        json_decref(all);
        return failed(count);
    }
    if (!count)
        lkcam_cli_say("no camera found; plug one in");
    int err = json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    json_decref(all);
    return err || puts("") < 0 || fflush(stdout) ? LKCAM_EXIT_OTHER : LKCAM_EXIT_DONE;
}

int lkcam_cli_devices(int argc, char **argv)
{
    int json = 0;
    const struct lkcam_cli_option table[] = {
        {"json", LKCAM_CLI_FLAG, &json, "as JSON (docs/devices.md); [] without a camera"}, {0}};
    int over = lkcam_cli_options_read(
        table, "devices",
        "Lists this machine's cameras: what --device, --format, --size, --fps and --control take,\n"
        "and who has a camera open.",
        argc, argv);
    if (over != LKCAM_CLI_GO_ON)
        return over;
    return json ? print_json() : print_text();
}
