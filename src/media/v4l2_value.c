// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Values in words against what a control takes. Knows no driver.
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/v4l2_setting.h"

// strtoll alone would take spaces and a plus sign.
static int read_number(const char *text, int64_t *out)
{
    char *end;
    const char *digits = text + (*text == '-');
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    if (!strchr("0123456789", *digits) || !*digits)
        return -EINVAL;
    errno = 0;
    *out = strtoll(text, &end, hex ? 16 : 10);
    if (errno)
        return -ERANGE;
    return *end ? -EINVAL : 0;
}

static int read_within(const char *text, int64_t min, int64_t max, int64_t *out)
{
    int64_t n;
    int err = read_number(text, &n);
    if (err)
        return err;
    if (n < min || n > max)
        return -ERANGE;
    *out = n;
    return 0;
}

static int read_boolean(const char *text, int64_t *out)
{
    static const char *const words[][2] = {{"0", "false"}, {"1", "true"}};
    for (int i = 0; i < 2; i++)
        if (!strcmp(text, words[i][0]) || !strcasecmp(text, words[i][1])) {
            *out = i;
            return 0;
        }
    return -EINVAL;
}

static int read_item(const struct lkcam_device_control *c, const char *text, int64_t *out)
{
    int64_t number;
    int err = read_number(text, &number);
    for (size_t i = 0; i < c->item_count; i++) {
        const struct lkcam_menu_item *item = &c->items[i];
        if (err ? c->type == LKCAM_CONTROL_MENU && !strcasecmp(text, item->name)
                : number == item->index) {
            *out = item->index;
            return 0;
        }
    }
    return err ? -EINVAL : -ERANGE;
}

static int read_mask(const struct lkcam_device_control *c, const char *text, int64_t *out)
{
    int64_t n;
    int err = read_within(text, 0, UINT32_MAX, &n);
    if (err)
        return err;
    if (n & ~c->max)
        return -ERANGE;
    *out = n;
    return 0;
}

int lkcam_v4l2_value_read(const struct lkcam_device_control *c, const char *text,
                          struct lkcam_v4l2_value *out)
{
    *out = (struct lkcam_v4l2_value){0, text};
    if (c->type == LKCAM_CONTROL_BUTTON)
        return 0;
    if (!text)
        return -EINVAL;
    switch (c->type) {
    case LKCAM_CONTROL_INTEGER:
    case LKCAM_CONTROL_INTEGER64:
        return read_within(text, c->min, c->max, &out->number);
    case LKCAM_CONTROL_BOOLEAN:
        return read_boolean(text, &out->number);
    case LKCAM_CONTROL_MENU:
    case LKCAM_CONTROL_INTEGER_MENU:
        return read_item(c, text, &out->number);
    case LKCAM_CONTROL_BITMASK:
        return read_mask(c, text, &out->number);
    case LKCAM_CONTROL_STRING:
        return (int64_t)strlen(text) < c->min || (int64_t)strlen(text) > c->max ? -ERANGE : 0;
    case LKCAM_CONTROL_BUTTON:
        break;
    }
    return 0;
}

static void list_items(const struct lkcam_device_control *c, char *out, size_t cap)
{
    enum { DOTS = sizeof ", ..." };
    size_t at = 0;
    *out = '\0';
    for (size_t i = 0; i < c->item_count; i++) {
        char item[64];
        const struct lkcam_menu_item *m = &c->items[i];
        if (c->type == LKCAM_CONTROL_MENU)
            snprintf(item, sizeof item, "%s%d %s", i ? ", " : "", m->index, m->name);
        else
            snprintf(item, sizeof item, "%s%d (%" PRId64 ")", i ? ", " : "", m->index, m->value);
        if (at + strlen(item) + DOTS > cap) {
            snprintf(out + at, cap - at, ", ...");
            return;
        }
        at += (size_t)snprintf(out + at, cap - at, "%s", item);
    }
}

void lkcam_v4l2_value_range(const struct lkcam_device_control *c, char *out, size_t cap)
{
    char items[128];
    switch (c->type) {
    case LKCAM_CONTROL_INTEGER:
    case LKCAM_CONTROL_INTEGER64:
        snprintf(out, cap, "a whole number from %" PRId64 " to %" PRId64, c->min, c->max);
        return;
    case LKCAM_CONTROL_BOOLEAN:
        snprintf(out, cap, "0 or 1 (false or true)");
        return;
    case LKCAM_CONTROL_MENU:
    case LKCAM_CONTROL_INTEGER_MENU:
        list_items(c, items, sizeof items);
        snprintf(out, cap, "one of %s", items);
        return;
    case LKCAM_CONTROL_BITMASK:
        snprintf(out, cap, "a number with no bits but those of 0x%" PRIx64, (uint64_t)c->max);
        return;
    case LKCAM_CONTROL_STRING:
        snprintf(out, cap, "a text of %" PRId64 " to %" PRId64 " bytes", c->min, c->max);
        return;
    case LKCAM_CONTROL_BUTTON:
        snprintf(out, cap, "no value");
        return;
    }
}
