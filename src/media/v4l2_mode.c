// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Enumerates a camera's modes and chooses one: the choice is arithmetic over the list. Knows no
// stream.
#include "media/v4l2_mode.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <stdlib.h>

#include "media/v4l2_sys.h"

// Ours: no driver lists as many (vivid has more than 64 formats); a broken one would list for ever.
enum { FORMATS_MAX = 256, SIZES_MAX = 128, INTERVALS_MAX = 64, CALLS_MAX = 8192 };

// In the order of what they cost on the way to the encoder (docs/design/convert.md). Planes in
// memory of their own before the same in one: they cost alike, and each says where it begins, where
// in one block a driver may leave a gap before the chroma and not tell.
static const struct {
    enum lkcam_pixel_format format;
    uint32_t fourcc;
} formats[] = {
    {LKCAM_PIXEL_NV12, V4L2_PIX_FMT_NV12M},   {LKCAM_PIXEL_NV12, V4L2_PIX_FMT_NV12},
    {LKCAM_PIXEL_I420, V4L2_PIX_FMT_YUV420M}, {LKCAM_PIXEL_I420, V4L2_PIX_FMT_YUV420},
    {LKCAM_PIXEL_YUYV, V4L2_PIX_FMT_YUYV},    {LKCAM_PIXEL_UYVY, V4L2_PIX_FMT_UYVY},
    {LKCAM_PIXEL_RGB24, V4L2_PIX_FMT_RGB24},  {LKCAM_PIXEL_BGR24, V4L2_PIX_FMT_BGR24},
    {LKCAM_PIXEL_MJPEG, V4L2_PIX_FMT_MJPEG},  {LKCAM_PIXEL_MJPEG, V4L2_PIX_FMT_JPEG},
};
enum { FORMATS = sizeof formats / sizeof *formats };

enum lkcam_pixel_format lkcam_v4l2_format(uint32_t fourcc)
{
    for (int i = 0; i < FORMATS; i++)
        if (formats[i].fourcc == fourcc)
            return formats[i].format;
    return LKCAM_PIXEL_NONE;
}

// Ours: quicker no camera is, and slower it is as good as unplugged (pub/camera.c).
bool lkcam_v4l2_is_interval(uint32_t numerator, uint32_t denominator)
{
    return numerator && denominator && numerator <= INT32_MAX && denominator <= INT32_MAX &&
           (uint64_t)numerator * 1000 >= denominator && numerator <= (uint64_t)denominator * 10;
}

int lkcam_v4l2_nearest_step(int want, int min, int max, int step)
{
    if (want <= min || max <= min)
        return min;
    if (step < 1)
        step = 1;
    int last = min + (max - min) / step * step;
    if (want >= last)
        return last;
    return min + (want - min + step / 2) / step * step;
}

// ---- The list -----------------------------------------------------------------------------------

struct list {
    const struct lkcam_source_mode *want;
    struct lkcam_v4l2_mode *modes;
    size_t count, cap;
    int fd, calls;
};

static int ask(struct list *l, unsigned long request, void *arg)
{
    return l->calls++ < CALLS_MAX ? lkcam_v4l2_ioctl(l->fd, request, arg) : -EINVAL;
}

// The converter wants even sides; a rate of nonsense would divide by zero further on.
static void add(struct list *l, uint32_t fourcc, int width, int height, struct v4l2_fract interval)
{
    if (l->count == l->cap || width < 16 || height < 16 || width % 2 || height % 2 ||
        !lkcam_v4l2_is_interval(interval.numerator, interval.denominator))
        return;
    l->modes[l->count++] = (struct lkcam_v4l2_mode){
        {lkcam_v4l2_format(fourcc), width, height, (int)interval.denominator,
         (int)interval.numerator},
        fourcc,
    };
}

static struct v4l2_fract wanted_interval(const struct list *l)
{
    return (struct v4l2_fract){(uint32_t)l->want->fps_den, (uint32_t)l->want->fps_num};
}

static bool shorter(struct v4l2_fract a, struct v4l2_fract b)
{
    return (uint64_t)a.numerator * b.denominator < (uint64_t)b.numerator * a.denominator;
}

// Within a range the wanted interval is had, or the end that is nearer. Steps are left to the
// driver's own rounding.
static struct v4l2_fract nearest_interval(const struct list *l,
                                          const struct v4l2_frmival_stepwise *range)
{
    struct v4l2_fract want = wanted_interval(l);
    if (shorter(want, range->min))
        return range->min;
    return shorter(range->max, want) ? range->max : want;
}

static void add_size(struct list *l, uint32_t fourcc, int width, int height)
{
    for (uint32_t i = 0; i < INTERVALS_MAX; i++) {
        struct v4l2_frmivalenum e = {.index = i,
                                     .pixel_format = fourcc,
                                     .width = (uint32_t)width,
                                     .height = (uint32_t)height};
        if (ask(l, VIDIOC_ENUM_FRAMEINTERVALS, &e)) {
            if (i == 0)
                add(l, fourcc, width, height, wanted_interval(l));
            return;
        }
        if (e.type != V4L2_FRMIVAL_TYPE_DISCRETE) {
            add(l, fourcc, width, height, nearest_interval(l, &e.stepwise));
            return;
        }
        add(l, fourcc, width, height, e.discrete);
    }
}

// Steps that would lead to odd sides are doubled.
static int nearest_side(int want, uint32_t min, uint32_t max, uint32_t step)
{
    if (min > 16384 || max > 1u << 30 || step > 16384)
        return 0;
    int even_min = (int)(min + min % 2), even_step = (int)(step % 2 ? step * 2 : step);
    return lkcam_v4l2_nearest_step(want, even_min, (int)max, even_step);
}

static void add_format(struct list *l, uint32_t fourcc)
{
    for (uint32_t i = 0; i < SIZES_MAX; i++) {
        struct v4l2_frmsizeenum e = {.index = i, .pixel_format = fourcc};
        if (ask(l, VIDIOC_ENUM_FRAMESIZES, &e)) {
            if (i == 0)
                add_size(l, fourcc, l->want->width_px, l->want->height_px);
            return;
        }
        if (e.type != V4L2_FRMSIZE_TYPE_DISCRETE) {
            const struct v4l2_frmsize_stepwise *s = &e.stepwise;
            add_size(
                l, fourcc,
                nearest_side(l->want->width_px, s->min_width, s->max_width, s->step_width),
                nearest_side(l->want->height_px, s->min_height, s->max_height, s->step_height));
            return;
        }
        if (e.discrete.width <= 16384 && e.discrete.height <= 16384)
            add_size(l, fourcc, (int)e.discrete.width, (int)e.discrete.height);
    }
}

size_t lkcam_v4l2_modes(int fd, uint32_t type, const struct lkcam_source_mode *want,
                        struct lkcam_v4l2_mode *out, size_t cap)
{
    struct list l = {want, out, 0, cap, fd, 0};
    for (uint32_t i = 0; i < FORMATS_MAX; i++) {
        struct v4l2_fmtdesc e = {.index = i, .type = type};
        if (ask(&l, VIDIOC_ENUM_FMT, &e))
            break;
        // libv4l marks formats that it would emulate in software: converting those is our own work.
        if (lkcam_v4l2_format(e.pixelformat) != LKCAM_PIXEL_NONE &&
            !(e.flags & V4L2_FMT_FLAG_EMULATED))
            add_format(&l, e.pixelformat);
    }
    return l.count;
}

// ---- The choice ---------------------------------------------------------------------------------

static int64_t fps_milli(const struct lkcam_source_mode *m)
{
    return (int64_t)m->fps_num * 1000 / m->fps_den;
}

static int64_t size_distance(const struct lkcam_source_mode *m,
                             const struct lkcam_source_mode *want)
{
    return llabs((int64_t)m->width_px - want->width_px) +
           llabs((int64_t)m->height_px - want->height_px);
}

// 29.97 reaches 30.
static int64_t shortfall(const struct lkcam_source_mode *m, const struct lkcam_source_mode *want)
{
    int64_t wanted = fps_milli(want), has = fps_milli(m);
    return has * 100 >= wanted * 99 ? 0 : wanted - has;
}

static int cost(uint32_t fourcc)
{
    for (int i = 0; i < FORMATS; i++)
        if (formats[i].fourcc == fourcc)
            return i;
    return FORMATS;
}

static bool better(const struct lkcam_v4l2_mode *x, const struct lkcam_v4l2_mode *y,
                   const struct lkcam_source_mode *want)
{
    const struct lkcam_source_mode *a = &x->mode, *b = &y->mode;
    int64_t keys[][2] = {
        {size_distance(a, want), size_distance(b, want)},
        {shortfall(a, want), shortfall(b, want)},
        {a->format == LKCAM_PIXEL_MJPEG, b->format == LKCAM_PIXEL_MJPEG},
        {fps_milli(a), fps_milli(b)},
        {cost(x->fourcc), cost(y->fourcc)},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1];
    return false;
}

int lkcam_v4l2_choose(const struct lkcam_v4l2_mode *modes, size_t count,
                      const struct lkcam_source_mode *want)
{
    int best = -1;
    for (size_t i = 0; i < count; i++) {
        if (want->format != LKCAM_PIXEL_NONE && modes[i].mode.format != want->format)
            continue;
        if (best < 0 || better(&modes[i], &modes[best], want))
            best = (int)i;
    }
    return best;
}
