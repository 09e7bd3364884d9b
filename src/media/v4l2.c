// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A camera as a source: opening, streaming by mapped buffers, always the newest frame. Device
// names: v4l2_find; the choice of a mode: v4l2_mode. Reads CLOCK_MONOTONIC in one place, for
// drivers whose stamps are no use.
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/log.h"
#include "media/holder.h"
#include "media/source.h"
#include "media/v4l2_find.h"
#include "media/v4l2_mode.h"
#include "media/v4l2_sys.h"

// Ours: one being filled, one full, one with us. Each further one could only hold an older picture.
#define BUFFERS_WANTED 3
#define BUFFERS_MAX 8
// A driver has at most BUFFERS_MAX full buffers; one that fills them as quickly as we give them
// back is broken.
#define DRAIN_MAX 32

struct camera {
    struct lkcam_source base;
    int fd;
    char path[LKCAM_V4L2_PATH];
    bool streaming;
    int stride_bytes;
    size_t frame_bytes; // of a raw format, with padding
    uint32_t count;
    struct {
        uint8_t *p;
        size_t len;
    } buffer[BUFFERS_MAX];
    bool seen;
    uint32_t last_sequence;
    uint64_t sequence; // the same, without the wrap
};

// ---- Streaming ----------------------------------------------------------------------------------

static int camera_fd(const struct lkcam_source *s)
{
    return ((const struct camera *)s)->fd;
}

static struct v4l2_buffer buffer_at(uint32_t index)
{
    return (struct v4l2_buffer){
        .index = index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
}

// A second try, because a buffer that a driver refuses once would be missing for ever.
static int queue(struct camera *c, uint32_t index)
{
    struct v4l2_buffer b = buffer_at(index);
    int err = lkcam_v4l2_ioctl(c->fd, VIDIOC_QBUF, &b);
    if (err && err != -ENODEV) {
        b = buffer_at(index);
        err = lkcam_v4l2_ioctl(c->fd, VIDIOC_QBUF, &b);
    }
    return err;
}

// The one reading of the clock: for a driver that stamps by another clock or not at all, dequeuing
// is the capture.
static lkcam_us dequeue_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return LKCAM_SECONDS(t.tv_sec) + t.tv_nsec / 1000;
}

static void fill_time(const struct v4l2_buffer *b, struct lkcam_frame *out)
{
    bool monotonic = (b->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) == V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    lkcam_us stamped = LKCAM_SECONDS(b->timestamp.tv_sec) + b->timestamp.tv_usec;
    lkcam_us now = dequeue_time();
    // A driver may date a frame by its schedule, later than its delivery (vivid: 55 ms). Nobody
    // has seen a frame before it was there.
    bool trusted = monotonic && stamped <= now;
    out->captured = trusted ? stamped : now;
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

static bool is_damaged(const struct camera *c, const struct v4l2_buffer *b)
{
    if (b->flags & V4L2_BUF_FLAG_ERROR || b->bytesused == 0 ||
        b->bytesused > c->buffer[b->index].len)
        return true;
    return c->base.mode.format != LKCAM_PIXEL_MJPEG && b->bytesused < c->frame_bytes;
}

static void fill_frame(const struct camera *c, const struct v4l2_buffer *b, struct lkcam_frame *out)
{
    const struct lkcam_source_mode *m = &c->base.mode;
    *out = (struct lkcam_frame){
        .bytes = b->bytesused, .sequence = c->sequence, .token = (int)b->index};
    if (m->format == LKCAM_PIXEL_MJPEG) {
        out->format = m->format;
        out->width_px = m->width_px;
        out->height_px = m->height_px;
        out->plane[0] = c->buffer[b->index].p;
    } else {
        lkcam_frame_lay_out(out, m->format, m->width_px, m->height_px, c->buffer[b->index].p,
                            c->stride_bytes);
    }
    fill_time(b, out);
}

// One full buffer. @return 1, 0 = none, -errno.
static int dequeue(struct camera *c, struct v4l2_buffer *b)
{
    *b = buffer_at(0);
    int err = lkcam_v4l2_ioctl(c->fd, VIDIOC_DQBUF, b);
    if (err)
        return err == -EAGAIN ? 0 : err;
    if (b->index >= c->count)
        return -EIO;
    count_sequence(c, b->sequence);
    return 1;
}

static int camera_take_latest(struct lkcam_source *s, struct lkcam_frame *out)
{
    struct camera *c = (struct camera *)s;
    struct v4l2_buffer b;
    bool have = false;
    for (int i = 0; i < DRAIN_MAX; i++) {
        int got = dequeue(c, &b);
        if (got < 0)
            return got;
        if (!got)
            break;
        bool damaged = is_damaged(c, &b);
        int err = damaged ? queue(c, b.index) : have ? queue(c, (uint32_t)out->token) : 0;
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
    assert(f->token >= 0 && (uint32_t)f->token < c->count);
    return queue(c, (uint32_t)f->token);
}

static void shut(struct camera *c)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    if (c->streaming)
        lkcam_v4l2_ioctl(c->fd, VIDIOC_STREAMOFF, &type);
    for (uint32_t i = 0; i < c->count; i++)
        if (c->buffer[i].p)
            lkcam_v4l2_sys->munmap(c->buffer[i].p, c->buffer[i].len);
    if (c->fd >= 0)
        lkcam_v4l2_sys->close(c->fd);
    memset(c->buffer, 0, sizeof c->buffer);
    c->streaming = false;
    c->count = 0;
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

__attribute__((format(printf, 3, 4))) static int fail(struct lkcam_source_error *why, int err,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    return err;
}

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
        return fail(
            why, -EACCES,
            "%s: permission denied; add the user to group video: sudo usermod -aG video $USER, "
            "then log in again",
            c->path);
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTDIR:
        return fail(why, -ENODEV, "%s: there is no such camera; plug it in, or see /dev/v4l/by-id",
                    c->path);
    default:
        return fail(why, -ENODEV, "%s: cannot be opened: %s", c->path, strerror(errno));
    }
}

static int check_device(struct camera *c, struct lkcam_source_error *why)
{
    char card[33];
    enum lkcam_v4l2_kind kind = lkcam_v4l2_identify(c->fd, card);
    if (kind == LKCAM_V4L2_MULTIPLANAR)
        return fail(
            why, -ENOTSUP,
            "%s (%s): the driver has the multi-planar interface only, which is not read; use a "
            "USB camera or another node of the device",
            c->path, card);
    if (kind == LKCAM_V4L2_NO_CAMERA)
        return fail(why, -ENOTTY, "%s%s%s%s: not a capture device; another /dev/video node may be",
                    c->path, *card ? " (" : "", card, *card ? ")" : "");
    snprintf(c->base.label, sizeof c->base.label, "%s (%.50s)", card, c->path);
    return 0;
}

static int choose_mode(struct camera *c, const struct lkcam_source_mode *want,
                       struct lkcam_source_error *why)
{
    struct lkcam_source_mode modes[LKCAM_V4L2_MODES_MAX];
    size_t count = lkcam_v4l2_modes(c->fd, want, modes, LKCAM_V4L2_MODES_MAX);
    int best = lkcam_v4l2_choose(modes, count, want);
    if (best >= 0) {
        c->base.mode = modes[best];
        return 0;
    }
    if (count)
        return fail(why, -ENOTSUP, "%s: has no %s; name no format and the best is taken",
                    c->base.label, lkcam_pixel_name(want->format));
    return fail(why, -ENOTSUP, "%s: has no format that is read (NV12, I420, YUYV, UYVY, MJPEG)",
                c->base.label);
}

static bool is_packed(enum lkcam_pixel_format f)
{
    return f == LKCAM_PIXEL_YUYV || f == LKCAM_PIXEL_UYVY;
}

// The driver answers what it made of it; rows may be padded, and some drivers give no stride at
// all.
static int set_format(struct camera *c, struct lkcam_source_error *why)
{
    struct lkcam_source_mode *m = &c->base.mode;
    struct v4l2_format f = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    f.fmt.pix.width = (uint32_t)m->width_px;
    f.fmt.pix.height = (uint32_t)m->height_px;
    f.fmt.pix.pixelformat = lkcam_v4l2_fourcc(m->format);
    f.fmt.pix.field = V4L2_FIELD_ANY;
    int err = lkcam_v4l2_ioctl(c->fd, VIDIOC_S_FMT, &f);
    if (err == -EBUSY)
        return err;
    const struct v4l2_pix_format *got = &f.fmt.pix;
    m->format = lkcam_v4l2_format(got->pixelformat);
    if (err || m->format == LKCAM_PIXEL_NONE || got->width < 16 || got->height < 16 ||
        got->width > 16384 || got->height > 16384 || got->width % 2 || got->height % 2 ||
        got->bytesperline > 65536)
        return fail(why, -ENOTSUP,
                    "%s: the driver refuses %dx%d, which it has listed; ask for another size",
                    c->base.label, m->width_px, m->height_px);
    m->width_px = (int)got->width;
    m->height_px = (int)got->height;
    int least = m->width_px * (is_packed(m->format) ? 2 : 1);
    c->stride_bytes = (int)got->bytesperline > least ? (int)got->bytesperline : least;
    size_t rows = (size_t)m->height_px;
    c->frame_bytes = (size_t)c->stride_bytes * (is_packed(m->format) ? rows : rows + rows / 2);
    return 0;
}

// A driver without rates keeps the one it has: what the frames' own times say is followed anyway.
static void set_rate(struct camera *c)
{
    struct lkcam_source_mode *m = &c->base.mode;
    struct v4l2_streamparm p = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    p.parm.capture.timeperframe = (struct v4l2_fract){(uint32_t)m->fps_den, (uint32_t)m->fps_num};
    const struct v4l2_fract *got = &p.parm.capture.timeperframe;
    if (lkcam_v4l2_ioctl(c->fd, VIDIOC_S_PARM, &p) || !got->numerator || !got->denominator ||
        got->numerator > INT32_MAX || got->denominator > INT32_MAX)
        return;
    m->fps_num = (int)got->denominator;
    m->fps_den = (int)got->numerator;
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

static int map_buffer(struct camera *c, uint32_t index)
{
    struct v4l2_buffer b = buffer_at(index);
    int err = lkcam_v4l2_ioctl(c->fd, VIDIOC_QUERYBUF, &b);
    if (err)
        return err;
    if (c->base.mode.format != LKCAM_PIXEL_MJPEG && b.length < c->frame_bytes)
        return -EPROTO; // smaller than its own stride and height say
    void *p = lkcam_v4l2_sys->mmap(b.length, c->fd, (long)b.m.offset);
    if (p == MAP_FAILED)
        return -errno;
    c->buffer[index].p = p;
    c->buffer[index].len = b.length;
    return queue(c, index);
}

static int map_buffers(struct camera *c)
{
    struct v4l2_requestbuffers r = {
        .count = BUFFERS_WANTED, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    int err = lkcam_v4l2_ioctl(c->fd, VIDIOC_REQBUFS, &r);
    if (err)
        return err;
    if (r.count < 2)
        return -ENOMEM;
    c->count = r.count < BUFFERS_MAX ? r.count : BUFFERS_MAX;
    for (uint32_t i = 0; i < c->count && !err; i++)
        err = map_buffer(c, i);
    return err;
}

static int start(struct camera *c, struct lkcam_source_error *why)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    int err = map_buffers(c);
    if (!err)
        err = lkcam_v4l2_ioctl(c->fd, VIDIOC_STREAMON, &type);
    c->streaming = !err;
    switch (err) {
    case 0:
    case -EBUSY:
        return err;
    case -ENODEV:
        return fail(why, err, "%s: unplugged while it was being opened; plug it in again",
                    c->base.label);
    case -ENOSPC: // uvcvideo: the bus has no bandwidth left
        return fail(
            why, err,
            "%s: the USB bus has no bandwidth left; plug it into another port or ask for a smaller "
            "size",
            c->base.label);
    default:
        return fail(why, err, "%s: streaming cannot be started: %s; unplug it and plug it in again",
                    c->base.label, strerror(-err));
    }
}

// Once through. -EBUSY comes back without a text: who is in the way is looked up by the caller.
static int open_once(struct camera *c, const struct lkcam_source_mode *want,
                     struct lkcam_source_error *why)
{
    int err = open_device(c, why);
    if (!err)
        err = check_device(c, why);
    if (!err)
        err = choose_mode(c, want, why);
    if (!err)
        err = set_format(c, why);
    if (err)
        return err;
    set_rate(c);
    return start(c, why);
}

static int explain_busy(const struct camera *c, const struct lkcam_holder *h, bool known,
                        struct lkcam_source_error *why)
{
    if (known)
        return fail(why, -EBUSY,
                    "%s: in use by %s (process %d); close it, or take the camera from it with "
                    "--take-camera",
                    c->path, h->program, (int)h->pid);
    return fail(why, -EBUSY,
                "%s: in use by a program of another user; find it with sudo fuser %s and close it",
                c->path, c->path);
}

static int end_holder(const struct camera *c, const struct lkcam_holder *h, bool take_camera,
                      struct lkcam_source_error *why)
{
    if (!take_camera && !h->is_lkcam)
        return explain_busy(c, h, true, why);
    lkcam_log(LKCAM_LOG_WARNING, "%s: taken from %s (process %d)", c->path, h->program,
              (int)h->pid);
    int err = lkcam_holder_end(c->path, h);
    if (err)
        return fail(why, -EBUSY,
                    "%s: in use by %s (process %d), which cannot be ended (%s); end it by hand",
                    c->path, h->program, (int)h->pid, strerror(-err));
    return 0;
}

// The camera was busy. A holder that is not seen belongs to another user, or has let go since:
// both are told apart by a second try.
static int open_held(struct camera *c, const struct lkcam_v4l2_config *cfg,
                     struct lkcam_source_error *why)
{
    struct lkcam_holder h;
    shut(c);
    bool known = lkcam_holder_find(c->path, &h) == 1;
    int err = known ? end_holder(c, &h, cfg->take_camera, why) : 0;
    if (err)
        return err;
    err = open_once(c, &cfg->want, why);
    if (err != -EBUSY)
        return err;
    if (!known)
        return explain_busy(c, &h, false, why);
    return fail(why, err,
                "%s: still in use after its holder was ended; unplug it and plug it in again",
                c->path);
}

static int check_want(const struct lkcam_source_mode *w, struct lkcam_source_error *why)
{
    if (w->width_px < 16 || w->height_px < 16 || w->width_px > 7680 || w->height_px > 7680)
        return fail(
            why, -EINVAL,
            "a camera picture cannot be %dx%d; ask for 16x16 to 7680x7680, 1280x720 for instance",
            w->width_px, w->height_px);
    if (w->fps_num < 1 || w->fps_den < 1)
        return fail(why, -EINVAL, "a camera cannot run at %d/%d frames a second; ask for 30",
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
                   ? fail(why, -ENODEV, "%s: no camera of this name; /dev/v4l/by-id lists names",
                          cfg->device)
                   : fail(why, -ENODEV, "no camera found; plug one in");
    err = open_once(c, &cfg->want, why);
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
        return fail(why, -ENOMEM, "not enough memory for a camera");
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
