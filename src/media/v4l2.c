// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A camera as a source: opening, streaming, always the newest frame. Device names: v4l2_find; the
// choice of a mode: v4l2_mode; telling it to the driver: v4l2_format; buffers: v4l2_buffer. Reads
// CLOCK_MONOTONIC in one place, for drivers whose stamps are no use.
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "media/holder.h"
#include "media/source.h"
#include "media/v4l2_buffer.h"
#include "media/v4l2_find.h"
#include "media/v4l2_format.h"
#include "media/v4l2_mode.h"
#include "media/v4l2_setting.h"
#include "media/v4l2_sys.h"

// Ours: one being filled, one full, one with us. Each further one could only hold an older picture.
#define BUFFERS_WANTED 3
// A driver has at most LKCAM_V4L2_BUFFERS_MAX full buffers; one that fills them as quickly as we
// give them back is broken.
#define DRAIN_MAX 32

struct camera {
    struct lkcam_source base;
    int fd;
    char path[LKCAM_V4L2_PATH];
    uint32_t type; // of its buffers: which of V4L2's interfaces it has
    bool streaming;
    struct lkcam_v4l2_layout layout;
    struct lkcam_v4l2_buffers buffers;
    bool seen;
    uint32_t last_sequence;
    uint64_t sequence; // the same, without the wrap
};

// ---- Streaming ----------------------------------------------------------------------------------

static int camera_fd(const struct lkcam_source *s)
{
    return ((const struct camera *)s)->fd;
}

// The one reading of the clock: for a driver that stamps by another clock or not at all, dequeuing
// is the capture.
static lkcam_us dequeue_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return LKCAM_SECONDS(t.tv_sec) + t.tv_nsec / 1000;
}

static void fill_time(const struct lkcam_v4l2_full *b, struct lkcam_frame *out)
{
    bool monotonic = (b->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) == V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    lkcam_us now = dequeue_time();
    // A driver may date a frame by its schedule, later than its delivery (vivid: 55 ms). Nobody
    // has seen a frame before it was there.
    bool trusted = monotonic && b->stamped <= now;
    out->captured = trusted ? b->stamped : now;
    out->start_of_exposure =
        trusted && (b->flags & V4L2_BUF_FLAG_TSTAMP_SRC_MASK) == V4L2_BUF_FLAG_TSTAMP_SRC_SOE;
}

static void count_sequence(struct camera *c, uint32_t sequence)
{
    uint32_t step = sequence - c->last_sequence;
    if (c->seen && step > 1 && step < 1u << 31)
        c->base.counters.lost += step - 1;
    c->sequence = c->seen ? c->sequence + step : sequence;
    c->last_sequence = sequence;
    c->seen = true;
}

static bool is_damaged(const struct camera *c, const struct lkcam_v4l2_full *b)
{
    bool whole = !(b->flags & V4L2_BUF_FLAG_ERROR);
    for (int i = 0; i < c->layout.planes; i++)
        whole = whole && b->bytes[i] && b->bytes[i] >= c->layout.frame_bytes[i];
    return !whole;
}

static void fill_frame(const struct camera *c, const struct lkcam_v4l2_full *b,
                       struct lkcam_frame *out)
{
    const struct lkcam_source_mode *m = &c->base.mode;
    *out = (struct lkcam_frame){.format = m->format,
                                .width_px = m->width_px,
                                .height_px = m->height_px,
                                .bytes = b->bytes[0],
                                .sequence = c->sequence,
                                .token = (int)b->index};
    for (int i = 0; i < c->layout.planes; i++) {
        out->plane[i] = b->p[i];
        out->stride_bytes[i] = c->layout.stride_bytes[i];
    }
    if (c->layout.planes == 1 && m->format != LKCAM_PIXEL_MJPEG)
        lkcam_frame_lay_out(out, m->format, m->width_px, m->height_px, b->p[0],
                            c->layout.stride_bytes[0]);
    fill_time(b, out);
}

static int camera_take_latest(struct lkcam_source *s, struct lkcam_frame *out)
{
    struct camera *c = (struct camera *)s;
    struct lkcam_v4l2_full b;
    bool have = false;
    for (int i = 0; i < DRAIN_MAX; i++) {
        int got = lkcam_v4l2_dequeue(&c->buffers, &b);
        if (got < 0)
            return got;
        if (!got)
            break;
        count_sequence(c, b.sequence);
        bool damaged = is_damaged(c, &b);
        int err = damaged ? lkcam_v4l2_queue(&c->buffers, b.index)
                  : have  ? lkcam_v4l2_queue(&c->buffers, (uint32_t)out->token)
                          : 0;
        if (err)
            return err;
        s->counters.damaged += damaged;
        s->counters.stale += !damaged && have;
        if (!damaged)
            fill_frame(c, &b, out);
        have = have || !damaged;
    }
    s->counters.taken += have;
    return have;
}

static int camera_give_back(struct lkcam_source *s, const struct lkcam_frame *f)
{
    struct camera *c = (struct camera *)s;
    assert(f->token >= 0);
    return lkcam_v4l2_queue(&c->buffers, (uint32_t)f->token);
}

static void shut(struct camera *c)
{
    if (c->streaming)
        lkcam_v4l2_ioctl(c->fd, VIDIOC_STREAMOFF, &c->type);
    lkcam_v4l2_unmap(&c->buffers);
    if (c->fd >= 0)
        lkcam_v4l2_sys->close(c->fd);
    c->streaming = false;
    c->fd = -1;
}

static void camera_close(struct lkcam_source *s)
{
    shut((struct camera *)s);
    free(s);
}

static const struct lkcam_source_ops ops = {camera_fd, camera_take_latest, camera_give_back,
                                            camera_close};

// ---- Opening ------------------------------------------------------------------------------------

static int open_device(struct camera *c, struct lkcam_source_error *why)
{
    c->fd = lkcam_v4l2_sys->open(c->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (c->fd >= 0)
        return 0;
    switch (errno) {
    case EBUSY:
        return -EBUSY;
    case EACCES:
    case EPERM:
        return lkcam_source_fail(
            why, -EACCES,
            "%s: permission denied; add the user to group video: sudo usermod -aG video $USER, "
            "then log in again",
            c->path);
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTDIR:
        return lkcam_source_fail(why, -ENODEV,
                                 "%s: there is no such camera; plug it in, or see /dev/v4l/by-id",
                                 c->path);
    default:
        return lkcam_source_fail(why, -ENODEV, "%s: cannot be opened: %s", c->path,
                                 strerror(errno));
    }
}

static int check_device(struct camera *c, struct lkcam_source_error *why)
{
    char card[33];
    c->type = lkcam_v4l2_identify(c->fd, card);
    if (!c->type)
        return lkcam_source_fail(why, -ENOTTY,
                                 "%s%s%s%s: not a capture device; another /dev/video node may be",
                                 c->path, *card ? " (" : "", card, *card ? ")" : "");
    snprintf(c->base.label, sizeof c->base.label, "%s (%.50s)", card, c->path);
    return 0;
}

static int choose_mode(struct camera *c, const struct lkcam_source_mode *want,
                       struct lkcam_v4l2_mode *out, struct lkcam_source_error *why)
{
    struct lkcam_v4l2_mode modes[LKCAM_V4L2_MODES_MAX];
    size_t count = lkcam_v4l2_modes(c->fd, c->type, want, modes, LKCAM_V4L2_MODES_MAX);
    int best = lkcam_v4l2_choose(modes, count, want);
    if (best >= 0) {
        *out = modes[best];
        return 0;
    }
    if (count)
        return lkcam_source_fail(why, -ENOTSUP,
                                 "%s: has no %s; name no format and the best is taken",
                                 c->base.label, lkcam_pixel_name(want->format));
    return lkcam_source_fail(
        why, -ENOTSUP,
        "%s: has no format that is read (NV12, I420, YUYV, UYVY, RGB24, BGR24, MJPEG)",
        c->base.label);
}

static int set_mode(struct camera *c, struct lkcam_v4l2_mode *m, struct lkcam_source_error *why)
{
    int width = m->mode.width_px, height = m->mode.height_px;
    int err = lkcam_v4l2_set_format(c->fd, c->type, m, &c->layout);
    if (err == -EBUSY)
        return err;
    if (err)
        return lkcam_source_fail(
            why, err, "%s: the driver refuses %dx%d, which it has listed; ask for another size",
            c->base.label, width, height);
    c->base.mode = m->mode;
    c->base.color = c->layout.color;
    lkcam_v4l2_set_rate(c->fd, c->type, &c->base.mode);
    return 0;
}

static void say_difference(const struct camera *c, const struct lkcam_source_mode *want)
{
    const struct lkcam_source_mode *m = &c->base.mode;
    bool same_rate = (int64_t)m->fps_num * want->fps_den == (int64_t)want->fps_num * m->fps_den;
    if (m->width_px != want->width_px || m->height_px != want->height_px || !same_rate)
        lkcam_log(
            LKCAM_LOG_INFO,
            "%s: asked for %dx%d at %.4g frames a second, the nearest it has is %dx%d at %.4g (%s)",
            c->base.label, want->width_px, want->height_px, (double)want->fps_num / want->fps_den,
            m->width_px, m->height_px, (double)m->fps_num / m->fps_den,
            lkcam_pixel_name(m->format));
}

static int start(struct camera *c, struct lkcam_source_error *why)
{
    int err = lkcam_v4l2_map(&c->buffers, c->fd, c->type, &c->layout, BUFFERS_WANTED);
    if (!err)
        err = lkcam_v4l2_ioctl(c->fd, VIDIOC_STREAMON, &c->type);
    c->streaming = !err;
    switch (err) {
    case 0:
    case -EBUSY:
        return err;
    case -ENODEV:
        return lkcam_source_fail(
            why, err, "%s: unplugged while it was being opened; plug it in again", c->base.label);
    case -ENOSPC: // uvcvideo: the bus has no bandwidth left
        return lkcam_source_fail(
            why, err,
            "%s: the USB bus has no bandwidth left; plug it into another port or ask for a smaller "
            "size",
            c->base.label);
    default:
        return lkcam_source_fail(
            why, err, "%s: streaming cannot be started: %s; unplug it and plug it in again",
            c->base.label, strerror(-err));
    }
}

// Once through. -EBUSY comes back without a text: who is in the way is looked up by the caller.
static int open_once(struct camera *c, const struct lkcam_v4l2_config *cfg,
                     struct lkcam_source_error *why)
{
    struct lkcam_v4l2_mode m;
    int err = open_device(c, why);
    if (!err)
        err = check_device(c, why);
    if (!err)
        err = choose_mode(c, &cfg->want, &m, why);
    if (!err)
        err = set_mode(c, &m, why);
    // Here, because some drivers reset their controls with the format.
    if (!err)
        err = lkcam_v4l2_set(c->fd, c->base.label, cfg->controls, cfg->control_count, why);
    return err ? err : start(c, why);
}

// No other process of ours holds it. Two cameras of one connection may have been given one device
// under two names.
static int explain_unseen(struct camera *c, struct lkcam_source_error *why)
{
    shut(c);
    if (lkcam_holder_is_self(c->path))
        return lkcam_source_fail(
            why, -EBUSY,
            "%s: in use by another camera of this program; give each camera its own device",
            c->path);
    return lkcam_source_fail(
        why, -EBUSY,
        "%s: in use by a program of another user; find it with sudo fuser %s and close it", c->path,
        c->path);
}

static int end_holder(const struct camera *c, const struct lkcam_holder *h, bool take_camera,
                      struct lkcam_source_error *why)
{
    if (!take_camera && !h->is_lkcam)
        return lkcam_source_fail(
            why, -EBUSY,
            "%s: in use by %s (process %d); close it, or take the camera from it with "
            "--take-camera",
            c->path, h->program, (int)h->pid);
    lkcam_log(LKCAM_LOG_WARNING, "%s: taken from %s (process %d)", c->path, h->program,
              (int)h->pid);
    int err = lkcam_holder_end(c->path, h);
    if (err)
        return lkcam_source_fail(
            why, -EBUSY,
            "%s: in use by %s (process %d), which cannot be ended (%s); end it by hand", c->path,
            h->program, (int)h->pid, strerror(-err));
    return 0;
}

// The camera was busy. A holder that is not seen is ourselves, belongs to another user, or has let
// go since: a second try tells.
static int open_held(struct camera *c, const struct lkcam_v4l2_config *cfg,
                     struct lkcam_source_error *why)
{
    struct lkcam_holder h;
    shut(c);
    bool known = lkcam_holder_find(c->path, &h) == 1;
    int err = known ? end_holder(c, &h, cfg->take_camera, why) : 0;
    if (err)
        return err;
    err = open_once(c, cfg, why);
    if (err != -EBUSY)
        return err;
    if (!known)
        return explain_unseen(c, why);
    return lkcam_source_fail(
        why, err, "%s: still in use after its holder was ended; unplug it and plug it in again",
        c->path);
}

static int check_want(const struct lkcam_source_mode *w, struct lkcam_source_error *why)
{
    if (w->width_px < 16 || w->height_px < 16 || w->width_px > 7680 || w->height_px > 7680)
        return lkcam_source_fail(
            why, -EINVAL,
            "a camera picture cannot be %dx%d; ask for 16x16 to 7680x7680, 1280x720 for instance",
            w->width_px, w->height_px);
    if (w->fps_num < 1 || w->fps_den < 1)
        return lkcam_source_fail(why, -EINVAL,
                                 "a camera cannot run at %d/%d frames a second; ask for 30",
                                 w->fps_num, w->fps_den);
    return 0;
}

static int open_in(struct camera *c, const struct lkcam_v4l2_config *cfg,
                   struct lkcam_source_error *why)
{
    int err = check_want(&cfg->want, why);
    if (err)
        return err;
    // -EACCES is told by the opening below.
    if (lkcam_v4l2_find(cfg->device, c->path, sizeof c->path) == -ENODEV)
        return cfg->device
                   ? lkcam_source_fail(why, -ENODEV,
                                       "%s: no camera of this name; /dev/v4l/by-id lists names",
                                       cfg->device)
                   : lkcam_source_fail(why, -ENODEV, "no camera found; plug one in");
    err = open_once(c, cfg, why);
    if (err == -EBUSY)
        err = open_held(c, cfg, why);
    if (!err)
        say_difference(c, &cfg->want);
    return err;
}

int lkcam_v4l2_open(struct lkcam_source **out, const struct lkcam_v4l2_config *cfg,
                    struct lkcam_source_error *why)
{
    why->text[0] = '\0';
    struct camera *c = calloc(1, sizeof *c);
    if (!c)
        return lkcam_source_fail(why, -ENOMEM, "not enough memory for a camera");
    c->base.ops = &ops;
    c->fd = -1;
    int err = open_in(c, cfg, why);
    if (err) {
        camera_close(&c->base);
        return err;
    }
    *out = &c->base;
    return 0;
}
