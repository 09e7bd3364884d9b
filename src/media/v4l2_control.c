// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/v4l2_control.h"

#include <linux/videodev2.h>

#include "media/v4l2_sys.h"
#include "media/v4l2_text.h"

// With the ones that are passed over: classes, arrays, disabled ones.
#define STEPS_MAX 1024
// Ours: longer strings are not read.
#define STRING_MAX 1024

static const struct {
    uint32_t v4l2;
    enum lkcam_control_type ours;
} types[] = {
    {V4L2_CTRL_TYPE_INTEGER, LKCAM_CONTROL_INTEGER},
    {V4L2_CTRL_TYPE_INTEGER64, LKCAM_CONTROL_INTEGER64},
    {V4L2_CTRL_TYPE_BOOLEAN, LKCAM_CONTROL_BOOLEAN},
    {V4L2_CTRL_TYPE_MENU, LKCAM_CONTROL_MENU},
    {V4L2_CTRL_TYPE_INTEGER_MENU, LKCAM_CONTROL_INTEGER_MENU},
    {V4L2_CTRL_TYPE_BUTTON, LKCAM_CONTROL_BUTTON},
    {V4L2_CTRL_TYPE_BITMASK, LKCAM_CONTROL_BITMASK},
    {V4L2_CTRL_TYPE_STRING, LKCAM_CONTROL_STRING},
};

static const struct {
    uint32_t v4l2;
    unsigned ours;
} flags[] = {
    {V4L2_CTRL_FLAG_READ_ONLY, LKCAM_CONTROL_READ_ONLY},
    {V4L2_CTRL_FLAG_WRITE_ONLY, LKCAM_CONTROL_WRITE_ONLY},
    {V4L2_CTRL_FLAG_INACTIVE, LKCAM_CONTROL_INACTIVE},
    {V4L2_CTRL_FLAG_GRABBED, LKCAM_CONTROL_GRABBED},
};

static bool set_type(struct lkcam_device_control *c, uint32_t type)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].v4l2 == type) {
            c->type = types[i].ours;
            return true;
        }
    return false;
}

// A mask has 32 bits and no sign.
static void set_range(struct lkcam_device_control *c, const struct v4l2_query_ext_ctrl *q)
{
    bool mask = c->type == LKCAM_CONTROL_BITMASK;
    c->min = mask ? 0 : q->minimum;
    c->max = mask ? (uint32_t)q->maximum : q->maximum;
    c->step = q->step > INT64_MAX ? INT64_MAX : (int64_t)q->step;
    c->default_value = mask ? (uint32_t)q->default_value : q->default_value;
}

static bool describe(const struct v4l2_query_ext_ctrl *q, struct lkcam_device_control *out)
{
    *out = (struct lkcam_device_control){.id = q->id};
    if (q->flags & V4L2_CTRL_FLAG_DISABLED || q->nr_of_dims || !set_type(out, q->type))
        return false;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (q->flags & flags[i].v4l2)
            out->flags |= flags[i].ours;
    set_range(out, q);
    lkcam_v4l2_text(out->title, sizeof out->title, q->name, sizeof q->name);
    lkcam_v4l2_spell(out->name, sizeof out->name, out->title);
    return *out->name;
}

bool lkcam_v4l2_control_next(int fd, struct lkcam_v4l2_walk *w, struct lkcam_device_control *out)
{
    while (w->steps++ < STEPS_MAX) {
        struct v4l2_query_ext_ctrl q = {.id = w->id | V4L2_CTRL_FLAG_NEXT_CTRL};
        // A driver that does not go on would be asked the same for ever.
        if (lkcam_v4l2_ioctl(fd, VIDIOC_QUERY_EXT_CTRL, &q) || q.id <= w->id ||
            q.id & V4L2_CTRL_FLAG_NEXT_CTRL)
            return false;
        w->id = q.id;
        if (describe(&q, out))
            return true;
    }
    return false;
}

bool lkcam_v4l2_control_query(int fd, uint32_t id, struct lkcam_device_control *out)
{
    struct v4l2_query_ext_ctrl q = {.id = id};
    return !lkcam_v4l2_ioctl(fd, VIDIOC_QUERY_EXT_CTRL, &q) && q.id == id && describe(&q, out);
}

size_t lkcam_v4l2_control_menu(int fd, const struct lkcam_device_control *c,
                               struct lkcam_menu_item *out, size_t cap)
{
    size_t count = 0;
    bool numbers = c->type == LKCAM_CONTROL_INTEGER_MENU;
    if (!numbers && c->type != LKCAM_CONTROL_MENU)
        return 0;
    int64_t first = c->min < 0 ? 0 : c->min, last = c->max < INT32_MAX ? c->max : INT32_MAX;
    for (int64_t i = first; i <= last && i - first < LKCAM_V4L2_MENU_MAX && count < cap; i++) {
        struct v4l2_querymenu m = {.id = c->id, .index = (uint32_t)i};
        if (lkcam_v4l2_ioctl(fd, VIDIOC_QUERYMENU, &m))
            continue;
        out[count] = (struct lkcam_menu_item){.index = (int)i};
        if (numbers)
            out[count].value = m.value;
        else
            lkcam_v4l2_text(out[count].name, sizeof out[count].name, m.name, sizeof m.name);
        count++;
    }
    return count;
}

void lkcam_v4l2_control_read(int fd, struct lkcam_device_control *c)
{
    char text[STRING_MAX] = "";
    struct v4l2_ext_control e = {.id = c->id};
    struct v4l2_ext_controls all = {.count = 1, .controls = &e};
    if (c->flags & LKCAM_CONTROL_WRITE_ONLY || c->type == LKCAM_CONTROL_BUTTON)
        return;
    if (c->type == LKCAM_CONTROL_STRING) {
        e.size = sizeof text;
        e.string = text;
    }
    c->readable = !lkcam_v4l2_ioctl(fd, VIDIOC_G_EXT_CTRLS, &all);
    if (!c->readable)
        return;
    if (c->type == LKCAM_CONTROL_STRING)
        lkcam_v4l2_text(c->text, sizeof c->text, text, sizeof text);
    else if (c->type == LKCAM_CONTROL_INTEGER64)
        c->value = e.value64;
    else
        c->value = c->type == LKCAM_CONTROL_BITMASK ? (int64_t)(uint32_t)e.value : e.value;
}
