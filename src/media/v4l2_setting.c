// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/v4l2_setting.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "media/v4l2_control.h"
#include "media/v4l2_sys.h"

#define NAME_MAX_BYTES 31 // of a driver's name, without the NUL

// V4L2_CID_EXPOSURE_AUTO_PRIORITY; Linux 5.15 changed what the drivers call it.
static const char *const dark_names[] = {"exposure_dynamic_framerate", "exposure_auto_priority"};

static bool is_dark(const char *name)
{
    return !strcmp(name, dark_names[0]) || !strcmp(name, dark_names[1]);
}

// ---- By name ------------------------------------------------------------------------------------

static int least(int a, int b)
{
    return a < b ? a : b;
}

// Letters to add, drop or change until one name is the other; one row of the usual table.
static int distance(const char *a, const char *b)
{
    int row[NAME_MAX_BYTES + 1];
    int len = (int)strlen(b);
    for (int k = 0; k <= len; k++)
        row[k] = k;
    for (int i = 0; a[i]; i++) {
        int diagonal = row[0];
        row[0] = i + 1;
        for (int k = 0; k < len; k++) {
            int change = diagonal + (a[i] != b[k]);
            diagonal = row[k + 1];
            row[k + 1] = least(change, 1 + least(row[k], row[k + 1]));
        }
    }
    return row[len];
}

static int remoteness(const char *word, const char *name)
{
    if (strlen(word) >= 3 && (strstr(name, word) || strstr(word, name)))
        return 1;
    return distance(word, name);
}

// @return 0, or -ENOENT with the name that was probably meant in `out`, "" where none is near.
static int find(int fd, const char *name, struct lkcam_device_control *out)
{
    struct lkcam_v4l2_walk walk = {0};
    struct lkcam_device_control c;
    int nearest = least((int)strlen(name), NAME_MAX_BYTES) / 3 + 2;
    if (is_dark(name) && lkcam_v4l2_control_query(fd, V4L2_CID_EXPOSURE_AUTO_PRIORITY, out))
        return 0;
    out->name[0] = '\0';
    for (int i = 0; i < LKCAM_V4L2_CONTROLS_MAX && lkcam_v4l2_control_next(fd, &walk, &c); i++) {
        if (!strcmp(c.name, name)) {
            *out = c;
            return 0;
        }
        int far = remoteness(name, c.name);
        if (far < nearest) {
            nearest = far;
            memcpy(out->name, c.name, sizeof c.name);
        }
    }
    return -ENOENT;
}

static int find_or_say(int fd, const char *label, const char *name,
                       struct lkcam_device_control *out, struct lkcam_source_error *why)
{
    int err = find(fd, name, out);
    if (!err)
        return 0;
    if (!*out->name)
        return lkcam_source_fail(
            why, err, "%s: has no control %.40s; 'lkcam devices' lists those it has", label, name);
    return lkcam_source_fail(why, err, "%s: has no control %.40s; did you mean %s?", label, name,
                             out->name);
}

// ---- To the driver ------------------------------------------------------------------------------

// Not -EBUSY: the camera itself is ours, and nobody is to be driven from it.
static int grabbed(const char *label, const struct lkcam_device_control *c,
                   struct lkcam_source_error *why)
{
    return lkcam_source_fail(
        why, -EACCES, "%s: control %s is taken by another program; close that, or leave it out",
        label, c->name);
}

static int check_settable(const char *label, const struct lkcam_device_control *c,
                          struct lkcam_source_error *why)
{
    if (c->flags & LKCAM_CONTROL_READ_ONLY)
        return lkcam_source_fail(why, -EACCES, "%s: control %s can only be read; leave it out",
                                 label, c->name);
    if (c->flags & LKCAM_CONTROL_GRABBED)
        return grabbed(label, c, why);
    if (c->flags & LKCAM_CONTROL_INACTIVE)
        return lkcam_source_fail(
            why, -EACCES,
            "%s: control %s is ruled out by another one (an automatic mode, for most); set "
            "that one before it",
            label, c->name);
    return 0;
}

// What the driver made of a number comes back in `v`.
static int write_value(int fd, const struct lkcam_device_control *c, struct lkcam_v4l2_value *v)
{
    struct v4l2_ext_control e = {.id = c->id};
    struct v4l2_ext_controls all = {.count = 1, .controls = &e};
    if (c->type == LKCAM_CONTROL_STRING) {
        e.size = (uint32_t)strlen(v->text) + 1;
        e.string = (char *)v->text;
    } else if (c->type == LKCAM_CONTROL_INTEGER64) {
        e.value64 = v->number;
    } else {
        e.value = (int32_t)(uint32_t)v->number;
    }
    int err = lkcam_v4l2_ioctl(fd, VIDIOC_S_EXT_CTRLS, &all);
    if (err || c->type == LKCAM_CONTROL_STRING)
        return err;
    if (c->type == LKCAM_CONTROL_INTEGER64)
        v->number = e.value64;
    else
        v->number = c->type == LKCAM_CONTROL_BITMASK ? (int64_t)(uint32_t)e.value : e.value;
    return 0;
}

static int refused(const char *label, const struct lkcam_control *want,
                   const struct lkcam_device_control *c, int err, struct lkcam_source_error *why)
{
    char range[160];
    if (err == -ENODEV)
        return lkcam_source_fail(
            why, err, "%s: unplugged while it was being opened; plug it in again", label);
    if (err == -EBUSY)
        return grabbed(label, c, why);
    lkcam_v4l2_value_range(c, range, sizeof range);
    return lkcam_source_fail(why, -EIO, "%s: the driver refuses %s=%.40s (%s); it takes %s", label,
                             c->name, want->value ? want->value : "", strerror(-err), range);
}

static int set_one(int fd, const char *label, const struct lkcam_control *want,
                   struct lkcam_source_error *why)
{
    struct lkcam_device_control c;
    struct lkcam_menu_item items[LKCAM_V4L2_MENU_MAX];
    struct lkcam_v4l2_value v;
    char range[160];
    int err = find_or_say(fd, label, want->name, &c, why);
    if (!err)
        err = check_settable(label, &c, why);
    if (err)
        return err;
    c.items = items;
    c.item_count = lkcam_v4l2_control_menu(fd, &c, items, LKCAM_V4L2_MENU_MAX);
    err = lkcam_v4l2_value_read(&c, want->value, &v);
    if (err) {
        lkcam_v4l2_value_range(&c, range, sizeof range);
        return lkcam_source_fail(why, err, "%s: control %s cannot be '%.40s'; it takes %s", label,
                                 c.name, want->value ? want->value : "", range);
    }
    int64_t wanted = v.number;
    err = write_value(fd, &c, &v);
    if (err)
        return refused(label, want, &c, err, why);
    if (v.number != wanted && c.type != LKCAM_CONTROL_BUTTON)
        lkcam_log(LKCAM_LOG_INFO, "%s: control %s: asked for %" PRId64 ", it has become %" PRId64,
                  label, c.name, wanted, v.number);
    return 0;
}

// In poor light it would halve the rate, and with it the freshness of each picture.
static void keep_the_rate(int fd, const char *label)
{
    struct lkcam_device_control c;
    struct lkcam_v4l2_value off = {0, NULL};
    if (!lkcam_v4l2_control_query(fd, V4L2_CID_EXPOSURE_AUTO_PRIORITY, &c) ||
        c.type != LKCAM_CONTROL_BOOLEAN ||
        c.flags & (LKCAM_CONTROL_READ_ONLY | LKCAM_CONTROL_INACTIVE | LKCAM_CONTROL_GRABBED))
        return;
    int err = write_value(fd, &c, &off);
    if (err)
        lkcam_log(LKCAM_LOG_INFO, "%s: control %s cannot be switched off: %s", label, c.name,
                  strerror(-err));
}

int lkcam_v4l2_set(int fd, const char *label, const struct lkcam_control *controls, size_t count,
                   struct lkcam_source_error *why)
{
    bool named = false;
    for (size_t i = 0; i < count; i++)
        named = named || is_dark(controls[i].name);
    for (size_t i = 0; i < count; i++) {
        int err = set_one(fd, label, &controls[i], why);
        if (err)
            return err;
    }
    // Last, for an automatic mode among them may have made way for it.
    if (!named)
        keep_the_rate(fd, label);
    return 0;
}
