// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/v4l2_device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/holder.h"
#include "media/v4l2_control.h"
#include "media/v4l2_find.h"
#include "media/v4l2_mode.h"
#include "media/v4l2_node.h"
#include "media/v4l2_sys.h"
#include "media/v4l2_text.h"

// Ours: vivid has 83 formats, and 42 rates over 6 sizes for each; a broken driver would list for
// ever. What does not fit is left out.
enum {
    DEVICES_MAX = 256, // VIDEO_NUM_DEVICES in the kernel's v4l2-dev.c
    FORMATS_MAX = 128,
    SIZES_OF_FORMAT_MAX = 128,
    SIZES_MAX = 2048,
    RATES_OF_SIZE_MAX = 64,
    RATES_MAX = 8192,
    ITEMS_MAX = 2048,
    CALLS_MAX = 16384 // for formats, sizes and rates
};

// One device at a time.
struct listing {
    int fd;
    uint32_t buffer_type;
    struct lkcam_device device;
    char path[32], problem[160];
    char name_text[LKCAM_V4L2_NAMES_MAX][LKCAM_V4L2_NAME_BYTES];
    const char *names[LKCAM_V4L2_NAMES_MAX];
    struct lkcam_device_format formats[FORMATS_MAX];
    struct lkcam_device_size sizes[SIZES_MAX];
    struct lkcam_rate rates[RATES_MAX];
    struct lkcam_device_control controls[LKCAM_V4L2_CONTROLS_MAX];
    struct lkcam_menu_item items[ITEMS_MAX];
    size_t size_count, rate_count, item_count;
    int calls;
};

static int ask(struct listing *l, unsigned long request, void *arg)
{
    return l->calls++ < CALLS_MAX ? lkcam_v4l2_ioctl(l->fd, request, arg) : -EINVAL;
}

// ---- Formats, sizes, rates ----------------------------------------------------------------------

// An interval turned over. Nonsense would divide by zero further on.
static void add_rate(struct listing *l, struct lkcam_device_size *s, struct v4l2_fract interval)
{
    if (l->rate_count == RATES_MAX || !interval.numerator || !interval.denominator ||
        interval.numerator > INT32_MAX || interval.denominator > INT32_MAX)
        return;
    if (!s->rate_count)
        s->rates = &l->rates[l->rate_count];
    l->rates[l->rate_count++] =
        (struct lkcam_rate){(int)interval.denominator, (int)interval.numerator};
    s->rate_count++;
}

static void add_rate_range(struct listing *l, struct lkcam_device_size *s,
                           const struct v4l2_frmival_stepwise *range)
{
    add_rate(l, s, range->max);
    add_rate(l, s, range->min);
    s->rate_range = s->rate_count == 2;
}

static void list_rates(struct listing *l, struct lkcam_device_size *s, uint32_t fourcc)
{
    for (uint32_t i = 0; i < RATES_OF_SIZE_MAX && l->rate_count < RATES_MAX; i++) {
        struct v4l2_frmivalenum e = {.index = i,
                                     .pixel_format = fourcc,
                                     .width = (uint32_t)s->max_width,
                                     .height = (uint32_t)s->max_height};
        if (ask(l, VIDIOC_ENUM_FRAMEINTERVALS, &e))
            return;
        if (e.type != V4L2_FRMIVAL_TYPE_DISCRETE) {
            if (i == 0)
                add_rate_range(l, s, &e.stepwise);
            return;
        }
        add_rate(l, s, e.discrete);
    }
}

static struct lkcam_device_size size_of(const struct v4l2_frmsizeenum *e)
{
    if (e->type == V4L2_FRMSIZE_TYPE_DISCRETE)
        return (struct lkcam_device_size){.width = (int)e->discrete.width,
                                          .height = (int)e->discrete.height,
                                          .max_width = (int)e->discrete.width,
                                          .max_height = (int)e->discrete.height};
    const struct v4l2_frmsize_stepwise *s = &e->stepwise;
    return (struct lkcam_device_size){
        .width = (int)s->min_width,
        .height = (int)s->min_height,
        .max_width = (int)s->max_width,
        .max_height = (int)s->max_height,
        .step_width = s->step_width ? (int)s->step_width : 1,
        .step_height = s->step_height ? (int)s->step_height : 1,
    };
}

static bool is_possible(const struct lkcam_device_size *s)
{
    enum { SIDE_MAX = 65536 };
    return s->width > 0 && s->height > 0 && s->width <= s->max_width &&
           s->height <= s->max_height && s->max_width <= SIDE_MAX && s->max_height <= SIDE_MAX &&
           s->step_width >= 0 && s->step_height >= 0;
}

static void list_sizes(struct listing *l, struct lkcam_device_format *f, uint32_t fourcc)
{
    f->sizes = &l->sizes[l->size_count];
    for (uint32_t i = 0; i < SIZES_OF_FORMAT_MAX && l->size_count < SIZES_MAX; i++) {
        struct v4l2_frmsizeenum e = {.index = i, .pixel_format = fourcc};
        if (ask(l, VIDIOC_ENUM_FRAMESIZES, &e))
            return;
        struct lkcam_device_size *s = &l->sizes[l->size_count];
        *s = size_of(&e);
        if (is_possible(s)) {
            list_rates(l, s, fourcc);
            l->size_count++;
            f->size_count++;
        }
        if (e.type != V4L2_FRMSIZE_TYPE_DISCRETE)
            return;
    }
}

static const char *name_of(const struct v4l2_fmtdesc *e)
{
    enum lkcam_pixel_format format = lkcam_v4l2_format(e->pixelformat);
    if (format == LKCAM_PIXEL_NONE || e->flags & V4L2_FMT_FLAG_EMULATED)
        return NULL;
    return lkcam_pixel_name(format);
}

static void list_formats(struct listing *l)
{
    for (uint32_t i = 0; i < FORMATS_MAX; i++) {
        struct v4l2_fmtdesc e = {.index = i, .type = l->buffer_type};
        if (ask(l, VIDIOC_ENUM_FMT, &e))
            break;
        struct lkcam_device_format *f = &l->formats[l->device.format_count++];
        *f = (struct lkcam_device_format){.name = name_of(&e)};
        lkcam_v4l2_fourcc_text(f->fourcc, e.pixelformat);
        lkcam_v4l2_text(f->description, sizeof f->description, e.description, sizeof e.description);
        list_sizes(l, f, e.pixelformat);
    }
    l->device.formats = l->formats;
}

// ---- Controls -----------------------------------------------------------------------------------

static void list_controls(struct listing *l)
{
    struct lkcam_v4l2_walk walk = {0};
    size_t count = 0;
    while (count < LKCAM_V4L2_CONTROLS_MAX) {
        struct lkcam_device_control *c = &l->controls[count];
        if (!lkcam_v4l2_control_next(l->fd, &walk, c))
            break;
        lkcam_v4l2_control_read(l->fd, c);
        c->items = &l->items[l->item_count];
        c->item_count =
            lkcam_v4l2_control_menu(l->fd, c, &l->items[l->item_count], ITEMS_MAX - l->item_count);
        l->item_count += c->item_count;
        count++;
    }
    l->device.controls = l->controls;
    l->device.control_count = count;
}

// ---- One device ---------------------------------------------------------------------------------

static void identify(struct listing *l)
{
    struct v4l2_capability cap = {0};
    struct lkcam_device *d = &l->device;
    if (lkcam_v4l2_ioctl(l->fd, VIDIOC_QUERYCAP, &cap))
        return;
    lkcam_v4l2_text(d->card, sizeof d->card, cap.card, sizeof cap.card);
    lkcam_v4l2_text(d->driver, sizeof d->driver, cap.driver, sizeof cap.driver);
    lkcam_v4l2_text(d->bus, sizeof d->bus, cap.bus_info, sizeof cap.bus_info);
}

// @return whether it is a camera.
static bool look_inside(struct listing *l)
{
    char card[33];
    l->buffer_type = lkcam_v4l2_identify(l->fd, card);
    if (!l->buffer_type)
        return false;
    identify(l);
    list_formats(l);
    list_controls(l);
    return true;
}

// A camera that is there and cannot be opened. @return whether it is worth a line.
static bool look_from_outside(struct listing *l, int number, int error)
{
    if (error == ENOENT || error == ENODEV || error == ENXIO || !lkcam_v4l2_node_is_first(number))
        return false;
    lkcam_v4l2_node_card(number, l->device.card);
    if (error == EACCES || error == EPERM)
        snprintf(l->problem, sizeof l->problem,
                 "permission denied; add the user to group video: sudo usermod -aG video $USER, "
                 "then log in again");
    else if (error == EBUSY)
        snprintf(l->problem, sizeof l->problem, "in use; close the program that has it");
    else
        snprintf(l->problem, sizeof l->problem, "cannot be opened: %s", strerror(error));
    l->device.problem = l->problem;
    return true;
}

static void add_surroundings(struct listing *l)
{
    struct lkcam_holder h;
    struct lkcam_device *d = &l->device;
    d->path = l->path;
    d->names = l->names;
    d->name_count = lkcam_v4l2_names(l->path, l->name_text);
    for (size_t i = 0; i < d->name_count; i++)
        l->names[i] = l->name_text[i];
    if (lkcam_holder_find(l->path, &h) != 1)
        return;
    d->holder_pid = (int)h.pid;
    lkcam_v4l2_text(d->holder, sizeof d->holder, h.program, sizeof h.program);
}

// @return whether there is a camera.
static bool look_at(struct listing *l, int number)
{
    l->device = (struct lkcam_device){.path = l->path};
    l->size_count = l->rate_count = l->item_count = 0;
    l->calls = 0;
    snprintf(l->path, sizeof l->path, "/dev/video%d", number);
    l->fd = lkcam_v4l2_sys->open(l->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    bool found = l->fd < 0 ? look_from_outside(l, number, errno) : look_inside(l);
    if (l->fd >= 0)
        lkcam_v4l2_sys->close(l->fd);
    if (found)
        add_surroundings(l);
    return found;
}

int lkcam_v4l2_devices(void (*device)(void *ctx, const struct lkcam_device *d), void *ctx)
{
    int count = 0;
    struct listing *l = calloc(1, sizeof *l);
    if (!l)
        return -ENOMEM;
    for (int i = 0; i < DEVICES_MAX; i++)
        if (look_at(l, i)) {
            device(ctx, &l->device);
            count++;
        }
    free(l);
    return count;
}
