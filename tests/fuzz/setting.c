// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// NAME=VALUE as the command line takes it, and the value against a control of each type.
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "media/v4l2_setting.h"
#include "values.h"

static const struct lkcam_menu_item items[] = {{0, "Disabled", 7}, {2, "60 Hz", -1}};

static const struct lkcam_device_control controls[] = {
    {.type = LKCAM_CONTROL_INTEGER, .min = -64, .max = 64},
    {.type = LKCAM_CONTROL_INTEGER64, .min = INT64_MIN, .max = INT64_MAX},
    {.type = LKCAM_CONTROL_BOOLEAN, .max = 1},
    {.type = LKCAM_CONTROL_MENU, .max = 2, .items = items, .item_count = 2},
    {.type = LKCAM_CONTROL_INTEGER_MENU, .max = 2, .items = items, .item_count = 2},
    {.type = LKCAM_CONTROL_BUTTON},
    {.type = LKCAM_CONTROL_BITMASK, .max = 0x80002000},
    {.type = LKCAM_CONTROL_STRING, .min = 1, .max = 8},
};

static void check_value(const struct lkcam_device_control *c, const char *text)
{
    struct lkcam_v4l2_value v;
    char range[40];
    int err = lkcam_v4l2_value_read(c, text, &v);
    fuzz_check(err == 0 || err == -EINVAL || err == -ERANGE);
    lkcam_v4l2_value_range(c, range, sizeof range);
    fuzz_check(*range && strlen(range) < sizeof range);
    if (err || c->type == LKCAM_CONTROL_BUTTON)
        return;
    if (c->type == LKCAM_CONTROL_STRING)
        fuzz_check(v.text == text && strlen(text) >= 1 && strlen(text) <= 8);
    else
        fuzz_check(v.number >= c->min && v.number <= c->max);
    fuzz_check(c->type != LKCAM_CONTROL_BITMASK || !(v.number & ~c->max));
    fuzz_check(!c->item_count || v.number != 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[512];
    struct lkcam_cli_setting s;

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (lkcam_cli_read_setting(text, &s))
        return 0;
    fuzz_check(*s.name && !strchr(s.name, '=') && strlen(s.name) < sizeof s.name);
    fuzz_check(!strncmp(text, s.name, strlen(s.name)));
    fuzz_check(!s.value || s.value == text + strlen(s.name) + 1);
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        check_value(&controls[i], s.value);
    return 0;
}
