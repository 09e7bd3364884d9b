// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The controls of a common USB camera. They keep what is set; no picture changes.
#include <ctype.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>

#include "fakecam/ioctls.h"

static const struct control {
    uint32_t id, type;
    const char *name;
    int32_t min, max, step, normal;
} controls[] = {
    {V4L2_CID_USER_CLASS, V4L2_CTRL_TYPE_CTRL_CLASS, "User Controls", 0, 0, 0, 0},
    {V4L2_CID_BRIGHTNESS, V4L2_CTRL_TYPE_INTEGER, "Brightness", -64, 64, 1, 0},
    {V4L2_CID_CONTRAST, V4L2_CTRL_TYPE_INTEGER, "Contrast", 0, 64, 1, 32},
    {V4L2_CID_POWER_LINE_FREQUENCY, V4L2_CTRL_TYPE_MENU, "Power Line Frequency", 0, 2, 1, 1},
    {V4L2_CID_CAMERA_CLASS, V4L2_CTRL_TYPE_CTRL_CLASS, "Camera Controls", 0, 0, 0, 0},
    {V4L2_CID_EXPOSURE_AUTO, V4L2_CTRL_TYPE_MENU, "Auto Exposure", 0, 3, 1, 3},
    {V4L2_CID_EXPOSURE_ABSOLUTE, V4L2_CTRL_TYPE_INTEGER, "Exposure Time, Absolute", 1, 5000, 1,
     157},
    {V4L2_CID_EXPOSURE_AUTO_PRIORITY, V4L2_CTRL_TYPE_BOOLEAN, "Exposure, Dynamic Framerate", 0, 1,
     1, 1},
};
enum { CONTROLS = sizeof controls / sizeof *controls };
_Static_assert(CONTROLS <= FAKECAM_CONTROLS_MAX, "their values have room");

static int find(uint32_t id)
{
    for (int i = 0; i < CONTROLS; i++)
        if (controls[i].id == id)
            return i;
    return -1;
}

// The walk over all of them: the first behind `id`, of either kind of walk.
static int find_next(uint32_t id)
{
    if (id & V4L2_CTRL_FLAG_NEXT_CTRL) {
        for (int i = 0; i < CONTROLS; i++)
            if (controls[i].id > (id & V4L2_CTRL_ID_MASK))
                return i;
        return -1;
    }
    return id & V4L2_CTRL_FLAG_NEXT_COMPOUND ? -1 : find(id);
}

static bool is_class(int i)
{
    return controls[i].type == V4L2_CTRL_TYPE_CTRL_CLASS;
}

static uint32_t flags_of(const struct fakecam_camera *c, int i)
{
    if (is_class(i))
        return V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_WRITE_ONLY;
    bool automatic =
        atomic_load(&c->controls[find(V4L2_CID_EXPOSURE_AUTO)]) != V4L2_EXPOSURE_MANUAL;
    return controls[i].id == V4L2_CID_EXPOSURE_ABSOLUTE && automatic ? V4L2_CTRL_FLAG_INACTIVE : 0;
}

static const char *menu_item(uint32_t id, uint32_t index)
{
    static const char *const power[] = {"Disabled", "50 Hz", "60 Hz"};
    if (id == V4L2_CID_POWER_LINE_FREQUENCY && index < 3)
        return power[index];
    if (id == V4L2_CID_EXPOSURE_AUTO)
        return index == V4L2_EXPOSURE_MANUAL              ? "Manual Mode"
               : index == V4L2_EXPOSURE_APERTURE_PRIORITY ? "Aperture Priority Mode"
                                                          : NULL;
    return NULL;
}

static int query(const struct fakecam_camera *c, struct v4l2_queryctrl *q)
{
    int i = find_next(q->id);
    if (i < 0)
        return -EINVAL;
    const struct control *k = &controls[i];
    *q = (struct v4l2_queryctrl){.id = k->id,
                                 .type = k->type,
                                 .minimum = k->min,
                                 .maximum = k->max,
                                 .step = k->step,
                                 .default_value = k->normal,
                                 .flags = flags_of(c, i)};
    snprintf((char *)q->name, sizeof q->name, "%s", k->name);
    return 0;
}

static int query_ext(const struct fakecam_camera *c, struct v4l2_query_ext_ctrl *q)
{
    int i = find_next(q->id);
    if (i < 0)
        return -EINVAL;
    const struct control *k = &controls[i];
    *q = (struct v4l2_query_ext_ctrl){.id = k->id,
                                      .type = k->type,
                                      .minimum = k->min,
                                      .maximum = k->max,
                                      .step = (uint64_t)k->step,
                                      .default_value = k->normal,
                                      .flags = flags_of(c, i),
                                      .elem_size = 4,
                                      .elems = 1};
    snprintf(q->name, sizeof q->name, "%s", k->name);
    return 0;
}

static int query_menu(struct v4l2_querymenu *q)
{
    const char *name = menu_item(q->id, q->index);
    if (!name)
        return -EINVAL;
    snprintf((char *)q->name, sizeof q->name, "%s", name);
    q->reserved = 0;
    return 0;
}

static int get(const struct fakecam_camera *c, uint32_t id, int32_t *value)
{
    int i = find(id);
    if (i < 0)
        return -EINVAL;
    if (is_class(i))
        return -EACCES;
    *value = atomic_load(&c->controls[i]);
    return 0;
}

// As the kernel's framework: numbers are clamped, choices refused.
static int check(uint32_t id, int32_t *value)
{
    int i = find(id);
    if (i < 0)
        return -EINVAL;
    if (is_class(i))
        return -EACCES;
    const struct control *k = &controls[i];
    if (k->type == V4L2_CTRL_TYPE_MENU && (*value < 0 || !menu_item(id, (uint32_t)*value)))
        return *value < k->min || *value > k->max ? -ERANGE : -EINVAL;
    if (k->type == V4L2_CTRL_TYPE_BOOLEAN)
        *value = *value != 0;
    *value = *value < k->min ? k->min : *value > k->max ? k->max : *value;
    return 0;
}

static int set(struct fakecam_camera *c, uint32_t id, int32_t *value)
{
    int err = check(id, value);
    if (!err)
        atomic_store(&c->controls[find(id)], *value);
    return err;
}

static int one_ext(struct fakecam_camera *c, uint32_t request, uint32_t which,
                   struct v4l2_ext_control *e)
{
    if (which == V4L2_CTRL_WHICH_DEF_VAL) {
        int i = find(e->id);
        if (i < 0 || request != VIDIOC_G_EXT_CTRLS)
            return -EINVAL;
        e->value = controls[i].normal;
        return 0;
    }
    if (which != V4L2_CTRL_WHICH_CUR_VAL && V4L2_CTRL_ID2WHICH(e->id) != which)
        return -EINVAL;
    int32_t value = e->value; // the struct is packed
    int err = request == VIDIOC_G_EXT_CTRLS   ? get(c, e->id, &value)
              : request == VIDIOC_S_EXT_CTRLS ? set(c, e->id, &value)
                                              : check(e->id, &value);
    e->value = value;
    return err;
}

static int extended(struct fakecam_camera *c, uint32_t request, struct v4l2_ext_controls *x)
{
    if (x->which == V4L2_CTRL_WHICH_REQUEST_VAL)
        return -EBADR;
    for (uint32_t i = 0; i < x->count; i++) {
        int err = one_ext(c, request, x->which, &x->controls[i]);
        x->error_idx = err && request != VIDIOC_TRY_EXT_CTRLS ? x->count : i;
        if (err)
            return err;
    }
    return 0;
}

int fakecam_control_ioctl(struct fakecam_camera *c, uint32_t request, void *arg)
{
    struct v4l2_control *one = arg;
    switch (request) {
    case VIDIOC_QUERYCTRL:
        return query(c, arg);
    case VIDIOC_QUERY_EXT_CTRL:
        return query_ext(c, arg);
    case VIDIOC_QUERYMENU:
        return query_menu(arg);
    case VIDIOC_G_CTRL:
        return get(c, one->id, &one->value);
    case VIDIOC_S_CTRL:
        return set(c, one->id, &one->value);
    case VIDIOC_G_EXT_CTRLS:
    case VIDIOC_S_EXT_CTRLS:
    case VIDIOC_TRY_EXT_CTRLS:
        return extended(c, request, arg);
    default:
        return -ENOTTY;
    }
}

// As v4l2-ctl makes it: what is no letter or digit becomes one underscore.
const char *fakecam_control_name(int i, char name[32])
{
    size_t len = 0;
    if (i >= CONTROLS)
        return NULL;
    for (const char *p = controls[i].name; *p; p++) {
        if (isalnum((unsigned char)*p))
            name[len++] = (char)tolower((unsigned char)*p);
        else if (len && name[len - 1] != '_')
            name[len++] = '_';
    }
    name[len] = '\0';
    return name;
}

void fakecam_controls_reset(struct fakecam_camera *c)
{
    for (int i = 0; i < CONTROLS; i++)
        atomic_store(&c->controls[i], controls[i].normal);
}
