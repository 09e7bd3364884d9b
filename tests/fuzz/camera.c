// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A driver that answers whatever it likes, under the six system calls: listed as a device, or
// opened with controls to set and read from. The input is what to do, a control with its value, and
// the driver's answers, one after the other; when they are used up it is unplugged, or begins
// again.
#include <errno.h>
#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/bytes.h"
#include "fuzz.h"
#include "media/source.h"
#include "media/v4l2_device.h"
#include "media/v4l2_sys.h"

// Ours: what a driver can make of the bounds in src/media/v4l2_*.c.
#define CALLS_MAX 60000
#define MAPPED_MAX ((size_t)1 << 16)
#define DEVICE "/dev/video251"

enum { DEVICES = 1, ENDLESS = 2, MJPEG = 4, NAMED = 8 }; // bits of what to do
enum { REFUSE = 0x10, RAW = 0x20 };                      // bits of an answer

static struct {
    const uint8_t *bytes;
    size_t len, at;
    bool endless;
    unsigned calls;
    int open, mapped;
} driver;

static uint8_t answer(void)
{
    if (driver.at >= driver.len) {
        if (!driver.endless || !driver.len)
            return 0;
        driver.at = 0;
    }
    return driver.bytes[driver.at++];
}

static uint32_t answer_u16(void)
{
    uint32_t high = answer();
    return high << 8 | answer();
}

static int no(int error)
{
    errno = error;
    return -1;
}

static int fake_open(const char *path, int flags)
{
    if (strcmp(path, DEVICE))
        return no(ENOENT);
    driver.open++;
    return 40;
}

static int fake_close(int fd)
{
    driver.open--;
    return 0;
}

static void *fake_mmap(size_t len, int fd, long offset)
{
    if (!len || len > MAPPED_MAX)
        return no(EINVAL) ? MAP_FAILED : NULL;
    driver.mapped++;
    return calloc(1, len);
}

static int fake_munmap(void *p, size_t len)
{
    driver.mapped--;
    free(p);
    return 0;
}

static uint32_t fourcc(void)
{
    static const uint32_t known[] = {V4L2_PIX_FMT_YUYV,   V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_MJPEG,
                                     V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_UYVY, V4L2_PIX_FMT_GREY,
                                     V4L2_PIX_FMT_RGB24,  V4L2_PIX_FMT_NV12M};
    return known[answer() % 8];
}

static struct v4l2_fract fraction(void)
{
    uint32_t numerator = answer();
    return (struct v4l2_fract){numerator, answer()};
}

static void describe_control(struct v4l2_query_ext_ctrl *q)
{
    uint32_t id = q->id & ~(uint32_t)V4L2_CTRL_FLAG_NEXT_CTRL;
    q->id = q->id == id ? id : id + answer();
    q->type = answer() % 10;
    q->flags = answer_u16() & answer_u16();
    q->minimum = (int8_t)answer();
    q->maximum = (int64_t)answer_u16() << answer() % 48;
    q->step = answer();
    memcpy(q->name, "Brightness", 11);
    q->name[answer() % 32] = (char)answer();
}

static void give_value(struct v4l2_ext_control *e)
{
    if (e->size && e->string)
        memset(e->string, answer(), answer() % e->size + 1);
    else
        e->value64 = (int64_t)answer_u16() << answer() % 48;
}

static void give_format(struct v4l2_pix_format *p)
{
    uint8_t how = answer();
    p->width = how & 1 ? answer_u16() : p->width;
    p->height = how & 2 ? answer_u16() : p->height;
    p->pixelformat = how & 4 ? fourcc() : p->pixelformat;
    p->bytesperline = how & 8 ? answer_u16() : p->width * 2;
}

static void give_buffer(struct v4l2_buffer *b)
{
    uint8_t how = answer();
    b->index = how & 1 ? answer() : b->index;
    b->bytesused = how & 2 ? answer_u16() : 64 * 48 * 2;
    b->length = how & 4 ? answer_u16() : 64 * 48 * 2;
    b->sequence = answer();
    b->flags = how & 8 ? answer_u16() : V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
}

// What a driver could have meant; raw answers say the rest.
static void answer_well(unsigned long request, void *arg)
{
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *c = arg;
        memset(c->card, answer(), 1 + answer() % sizeof c->card);
        c->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return;
    }
    case VIDIOC_ENUM_FMT:
        ((struct v4l2_fmtdesc *)arg)->pixelformat = fourcc();
        return;
    case VIDIOC_ENUM_FRAMESIZES: {
        struct v4l2_frmsizeenum *e = arg;
        e->type = answer() % 4;
        e->stepwise.min_width = answer_u16(); // the same place as a discrete width
        e->stepwise.max_width = answer_u16(); // height
        e->stepwise.step_width = answer();
        e->stepwise.min_height = answer();
        e->stepwise.max_height = answer_u16();
        e->stepwise.step_height = answer();
        return;
    }
    case VIDIOC_ENUM_FRAMEINTERVALS: {
        struct v4l2_frmivalenum *e = arg;
        e->type = answer() % 4;
        e->stepwise.min = fraction(); // the same place as a discrete one
        e->stepwise.max = fraction();
        return;
    }
    case VIDIOC_S_FMT:
        give_format(&((struct v4l2_format *)arg)->fmt.pix);
        return;
    case VIDIOC_S_PARM:
        ((struct v4l2_streamparm *)arg)->parm.capture.timeperframe = fraction();
        return;
    case VIDIOC_REQBUFS:
        ((struct v4l2_requestbuffers *)arg)->count = answer() % 16;
        return;
    case VIDIOC_QUERYBUF:
    case VIDIOC_DQBUF:
        give_buffer(arg);
        return;
    case VIDIOC_QUERY_EXT_CTRL:
        describe_control(arg);
        return;
    case VIDIOC_QUERYMENU: {
        struct v4l2_querymenu *m = arg;
        memset(m->name, answer(), sizeof m->name);
        return;
    }
    case VIDIOC_G_EXT_CTRLS:
    case VIDIOC_S_EXT_CTRLS:
        give_value(((struct v4l2_ext_controls *)arg)->controls);
        return;
    default:
        return;
    }
}

// The kernel hands back the caller's own pointers: there are some in the controls and none else
// that matter.
static void answer_raw(unsigned long request, void *arg)
{
    size_t size = _IOC_SIZE(request), at = answer_u16() % size, count = answer() % (size - at + 1);
    if (!(_IOC_DIR(request) & _IOC_READ) || request == VIDIOC_G_EXT_CTRLS ||
        request == VIDIOC_S_EXT_CTRLS)
        return;
    for (size_t i = 0; i < count; i++)
        ((uint8_t *)arg)[at + i] = answer();
}

static int fake_ioctl(int fd, unsigned long request, void *arg)
{
    static const int errors[] = {EINVAL, EBUSY, EIO, ENODEV, ENOSPC, EACCES, ENOTTY, EAGAIN};
    fuzz_check(++driver.calls < CALLS_MAX);
    if (!driver.endless && driver.at >= driver.len)
        return no(ENODEV);
    uint8_t how = answer();
    if (how & REFUSE)
        return no(errors[how % 8]);
    answer_well(request, arg);
    if (how & RAW)
        answer_raw(request, arg);
    return 0;
}

static const struct lkcam_v4l2_sys hostile = {fake_open, fake_close, fake_ioctl, fake_mmap,
                                              fake_munmap};

static bool is_clean(const char *text, size_t cap)
{
    size_t len = strnlen(text, cap);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return len < cap;
}

static void check_format(const struct lkcam_device_format *f)
{
    fuzz_check(is_clean(f->fourcc, sizeof f->fourcc));
    fuzz_check(is_clean(f->description, sizeof f->description));
    for (size_t i = 0; i < f->size_count; i++) {
        const struct lkcam_device_size *s = &f->sizes[i];
        fuzz_check(s->width > 0 && s->width <= s->max_width && s->height > 0 &&
                   s->height <= s->max_height);
        fuzz_check(!s->rate_range || s->rate_count == 2);
        for (size_t k = 0; k < s->rate_count; k++)
            fuzz_check(s->rates[k].num > 0 && s->rates[k].den > 0);
    }
}

static void check_device(void *ctx, const struct lkcam_device *d)
{
    fuzz_check(!strcmp(d->path, DEVICE) && is_clean(d->card, sizeof d->card) &&
               is_clean(d->bus, sizeof d->bus));
    for (size_t i = 0; i < d->format_count; i++)
        check_format(&d->formats[i]);
    for (size_t i = 0; i < d->control_count; i++) {
        const struct lkcam_device_control *c = &d->controls[i];
        fuzz_check(*c->name && is_clean(c->name, sizeof c->name) &&
                   is_clean(c->title, sizeof c->title) && is_clean(c->text, sizeof c->text));
        for (size_t k = 0; k < c->item_count; k++)
            fuzz_check(is_clean(c->items[k].name, sizeof c->items[k].name));
    }
}

// Every byte that a frame promises is there.
static void touch(const struct lkcam_frame *f)
{
    volatile uint8_t sum = 0;
    fuzz_check(f->captured >= 0);
    if (f->format == LKCAM_PIXEL_MJPEG) {
        fuzz_check(f->bytes > 0);
        sum ^= f->plane[0][0] ^ f->plane[0][f->bytes - 1];
        return;
    }
    for (int i = 0; i < 3 && f->plane[i]; i++) {
        int rows = i ? f->height_px / 2 : f->height_px;
        sum ^= f->plane[i][0] ^ f->plane[i][(size_t)(rows - 1) * (size_t)f->stride_bytes[i]];
    }
}

static void open_and_read(const struct lkcam_v4l2_config *cfg)
{
    struct lkcam_source *s = NULL;
    struct lkcam_source_error why;
    struct lkcam_frame f;
    int err = lkcam_v4l2_open(&s, cfg, &why);
    fuzz_check(err ? !s && *why.text && !strpbrk(why.text, "\r\n") : s && !*why.text);
    for (int i = 0; s && i < 4; i++) {
        int got = s->ops->take_latest(s, &f);
        if (got < 0)
            break;
        if (got > 0) {
            touch(&f);
            s->ops->give_back(s, &f);
        }
    }
    lkcam_source_close(&s);
}

static const char *read_text(struct lkcam_reader *r, char *out, size_t cap)
{
    size_t len = lkcam_read_u8(r) % cap;
    const uint8_t *p = lkcam_read_bytes(r, len);
    memcpy(out, p ? p : (const uint8_t *)"", p ? len : 0);
    out[p ? len : 0] = '\0';
    for (char *c = out; *c; c++)
        *c = *c == '\n' || *c == '\r' ? ' ' : *c;
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_reader r = lkcam_reader_over(data, size);
    char name[40], value[40];
    unsigned what = lkcam_read_u8(&r);
    struct lkcam_control control = {"brightness", read_text(&r, value, sizeof value)};
    if (what & NAMED)
        control.name = read_text(&r, name, sizeof name);
    struct lkcam_v4l2_config cfg = {
        .device = DEVICE,
        .want = {what & MJPEG ? LKCAM_PIXEL_MJPEG : LKCAM_PIXEL_NONE, 64, 48, 30, 1},
        .controls = &control,
        .control_count = 1};

    size_t left = lkcam_read_left(&r);
    memset(&driver, 0, sizeof driver);
    driver.bytes = data + (size - left);
    driver.len = left;
    driver.endless = what & ENDLESS;
    lkcam_v4l2_sys = &hostile;
    if (what & DEVICES)
        fuzz_check(lkcam_v4l2_devices(check_device, NULL) <= 1);
    else
        open_and_read(&cfg);
    fuzz_check(driver.open == 0 && driver.mapped == 0);
    return 0;
}
