// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A camera that does what a script says, to stand under the V4L2 files. For one test program.
#ifndef LKCAM_TESTS_SCRIPTED_CAMERA_H
#define LKCAM_TESTS_SCRIPTED_CAMERA_H

#include <errno.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "media/source.h"
#include "media/v4l2_sys.h"

enum { FD = 40, BUFFERS = 3, PLANES = 3, STEPS = 64, CONTROLS = 16 };

struct scripted_control {
    uint32_t id, type, flags;
    const char *name;
    int64_t min, max, def, value;
    const char *items[4]; // of a menu; NULL: a hole
    int64_t numbers[4];   // of an integer menu
    char text[64];        // of a string
    int error;            // of its setting
    uint32_t wakes;       // the control that is no longer inactive once this one is set
    int64_t rounds_to;    // what setting makes of any value; 0: as it was set
    uint32_t dims;
};

// What one DQBUF brings: a frame, or an error.
struct step {
    int error;
    uint32_t sequence, flags, bytesused; // of the last plane; 0: the whole picture
    bool empty;                          // really none
    uint32_t header; // multi-planar: bytes before each plane's data, which bytesused counts
    struct timeval at;
};

static struct {
    const char *path, *card;
    uint32_t caps, fourcc;
    uint32_t width, height, stride, length; // 0: as asked for; of the first plane
    uint32_t colorspace, encoding, quantization;
    uint32_t planes, plane_stride[PLANES]; // multi-planar: as told, sizeimage with them
    int open_error, fmt_error, reqbufs_error, streamon_error, qbuf_errors;
    int busy_opens; // so many find it held
    bool gone;
    struct step step[STEPS];
    int steps, next;
    uint32_t fifo[BUFFERS];
    int queued, qbuf_calls;
    uint8_t *memory[BUFFERS], *memory_of[BUFFERS][PLANES]; // memory: of the first plane
    size_t mapped_len[BUFFERS][PLANES];
    int open_now, mapped_now, opened, streaming;
    struct v4l2_fract interval;                // what S_PARM makes of it; 0: as asked for
    uint32_t size[PLANES];                     // of a picture in each plane
    struct scripted_control control[CONTROLS]; // in the order of their numbers
    int controls;
    char journal[512]; // "fmt Brightness=5 on ": what came in which order
} cam;

static bool is_multi(void)
{
    return cam.caps & V4L2_CAP_VIDEO_CAPTURE_MPLANE;
}

// Each call has to name the interface that the camera has.
static int check_type(uint32_t type)
{
    assert_int_equal(type,
                     is_multi() ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE);
    return 0;
}

static int no(int error)
{
    errno = error;
    return -1;
}

static void note(const char *format, ...)
{
    size_t len = strlen(cam.journal);
    va_list args;
    va_start(args, format);
    vsnprintf(cam.journal + len, sizeof cam.journal - len, format, args);
    va_end(args);
}

static int fake_open(const char *path, int flags)
{
    if (strcmp(path, cam.path))
        return no(ENOENT);
    if (cam.open_error)
        return no(cam.open_error);
    if (cam.busy_opens > 0) {
        cam.busy_opens--;
        return no(EBUSY);
    }
    cam.open_now++;
    cam.opened++;
    return FD;
}

static int fake_close(int fd)
{
    assert_int_equal(fd, FD);
    cam.open_now--;
    cam.queued = 0;
    return 0;
}

static void *fake_mmap(size_t len, int fd, long offset)
{
    uint32_t index = (uint32_t)(offset / 4096) / PLANES, plane = (uint32_t)(offset / 4096) % PLANES;
    assert_true(index < BUFFERS && plane < (is_multi() ? cam.planes : 1));
    uint8_t *p = malloc(len);
    memset(p, (int)index + 1, len);
    cam.memory_of[index][plane] = p;
    cam.memory[index] = cam.memory_of[index][0];
    cam.mapped_len[index][plane] = len;
    cam.mapped_now++;
    return p;
}

static int fake_munmap(void *p, size_t len)
{
    for (int i = 0; i < BUFFERS * PLANES; i++)
        if (cam.memory_of[i / PLANES][i % PLANES] == p) {
            assert_int_equal(cam.mapped_len[i / PLANES][i % PLANES], len);
            cam.memory_of[i / PLANES][i % PLANES] = NULL;
            cam.mapped_now--;
            free(p);
            return 0;
        }
    fail_msg("unmapped what was not mapped");
    return -1;
}

static int querycap(struct v4l2_capability *c)
{
    if (!cam.caps)
        return no(ENOTTY);
    snprintf((char *)c->card, sizeof c->card, "%s", cam.card);
    c->capabilities = V4L2_CAP_DEVICE_CAPS | V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    c->device_caps = cam.caps;
    return 0;
}

static int enum_fmt(struct v4l2_fmtdesc *e)
{
    check_type(e->type);
    e->pixelformat = cam.fourcc;
    return e->index ? no(EINVAL) : 0;
}

static int s_fmt_multi(struct v4l2_pix_format_mplane *p)
{
    assert_int_equal(p->pixelformat, cam.fourcc);
    p->width = cam.width ? cam.width : p->width;
    p->height = cam.height ? cam.height : p->height;
    p->num_planes = (uint8_t)cam.planes;
    p->colorspace = cam.colorspace;
    p->ycbcr_enc = (uint8_t)cam.encoding;
    p->quantization = (uint8_t)cam.quantization;
    for (uint32_t i = 0; i < cam.planes && i < PLANES; i++) {
        p->plane_fmt[i].bytesperline = cam.plane_stride[i];
        p->plane_fmt[i].sizeimage = cam.size[i];
    }
    return 0;
}

static int s_fmt(struct v4l2_format *f)
{
    check_type(f->type);
    if (cam.fmt_error)
        return no(cam.fmt_error);
    note("fmt ");
    if (is_multi())
        return s_fmt_multi(&f->fmt.pix_mp);
    struct v4l2_pix_format *p = &f->fmt.pix;
    assert_int_equal(p->pixelformat, cam.fourcc);
    p->width = cam.width ? cam.width : p->width;
    p->height = cam.height ? cam.height : p->height;
    p->bytesperline = cam.stride ? cam.stride : p->width * 2;
    p->colorspace = cam.colorspace;
    p->ycbcr_enc = cam.encoding;
    p->quantization = cam.quantization;
    p->sizeimage = cam.size[0] = p->bytesperline * p->height;
    return 0;
}

static uint32_t length_of(uint32_t plane)
{
    return plane == 0 && cam.length ? cam.length : cam.size[plane];
}

static int querybuf(struct v4l2_buffer *b)
{
    check_type(b->type);
    if (!is_multi()) {
        b->length = length_of(0);
        b->m.offset = b->index * PLANES * 4096;
        return 0;
    }
    assert_int_equal(b->length, cam.planes);
    for (uint32_t i = 0; i < cam.planes; i++) {
        b->m.planes[i].length = length_of(i);
        b->m.planes[i].m.mem_offset = (b->index * PLANES + i) * 4096;
    }
    return 0;
}

static int qbuf(const struct v4l2_buffer *b)
{
    check_type(b->type);
    if (is_multi())
        assert_true(b->m.planes && b->length == cam.planes);
    cam.qbuf_calls++;
    if (cam.qbuf_errors > 0) {
        cam.qbuf_errors--;
        return no(EINVAL);
    }
    for (int i = 0; i < cam.queued; i++)
        assert_int_not_equal(cam.fifo[i], b->index); // given back twice
    assert_true(cam.queued < BUFFERS);
    cam.fifo[cam.queued++] = b->index;
    return 0;
}

static void fill_planes(struct v4l2_buffer *b, const struct step *s)
{
    assert_int_equal(b->length, cam.planes);
    for (uint32_t i = 0; i < cam.planes; i++) {
        bool last = i == cam.planes - 1;
        b->m.planes[i].data_offset = s->header;
        b->m.planes[i].bytesused = s->empty               ? 0
                                   : last && s->bytesused ? s->bytesused
                                                          : s->header + cam.size[i];
    }
}

static int dqbuf(struct v4l2_buffer *b)
{
    check_type(b->type);
    if (cam.next == cam.steps || cam.queued == 0)
        return no(EAGAIN);
    const struct step *s = &cam.step[cam.next++];
    if (s->error)
        return no(s->error);
    b->index = cam.fifo[0];
    memmove(cam.fifo, cam.fifo + 1, (size_t)(--cam.queued) * sizeof *cam.fifo);
    b->sequence = s->sequence;
    b->flags = s->flags;
    if (is_multi())
        fill_planes(b, s);
    else
        b->bytesused = s->bytesused ? s->bytesused : s->empty ? 0 : cam.size[0];
    b->timestamp = s->at;
    return 0;
}

// ---- Controls -----------------------------------------------------------------------------------

static struct scripted_control *control_at(uint32_t id)
{
    uint32_t next = id & V4L2_CTRL_FLAG_NEXT_CTRL, number = id & ~next;
    for (int i = 0; i < cam.controls; i++)
        if (next ? cam.control[i].id > number : cam.control[i].id == number)
            return &cam.control[i];
    return NULL;
}

static int query_ext_ctrl(struct v4l2_query_ext_ctrl *q)
{
    const struct scripted_control *c = control_at(q->id);
    if (!c)
        return no(EINVAL);
    *q = (struct v4l2_query_ext_ctrl){.id = c->id,
                                      .type = c->type,
                                      .flags = c->flags,
                                      .minimum = c->min,
                                      .maximum = c->max,
                                      .step = 1,
                                      .default_value = c->def,
                                      .nr_of_dims = c->dims};
    snprintf(q->name, sizeof q->name, "%s", c->name);
    return 0;
}

static int querymenu(struct v4l2_querymenu *m)
{
    const struct scripted_control *c = control_at(m->id);
    if (!c || m->index > 3 || (!c->items[m->index] && !c->numbers[m->index]))
        return no(EINVAL);
    if (c->type == V4L2_CTRL_TYPE_INTEGER_MENU)
        m->value = c->numbers[m->index];
    else
        snprintf((char *)m->name, sizeof m->name, "%s", c->items[m->index]);
    return 0;
}

static int g_ext_ctrls(struct v4l2_ext_controls *all)
{
    struct v4l2_ext_control *e = all->controls;
    const struct scripted_control *c = control_at(e->id);
    assert_int_equal(all->count, 1);
    if (!c)
        return no(EINVAL);
    if (c->type == V4L2_CTRL_TYPE_STRING)
        snprintf(e->string, e->size, "%s", c->text);
    else if (c->type == V4L2_CTRL_TYPE_INTEGER64)
        e->value64 = c->value;
    else
        e->value = (int32_t)c->value;
    return 0;
}

static void store(struct scripted_control *c, struct v4l2_ext_control *e)
{
    if (c->type == V4L2_CTRL_TYPE_STRING) {
        assert_int_equal(e->size, strlen(e->string) + 1);
        snprintf(c->text, sizeof c->text, "%s", e->string);
        note("%s=%s ", c->name, c->text);
        return;
    }
    bool wide = c->type == V4L2_CTRL_TYPE_INTEGER64;
    c->value = c->rounds_to ? c->rounds_to : wide ? e->value64 : e->value;
    note("%s=%lld ", c->name, wide ? (long long)e->value64 : (long long)e->value);
    if (wide)
        e->value64 = c->value;
    else
        e->value = (int32_t)c->value;
}

static int s_ext_ctrls(struct v4l2_ext_controls *all)
{
    struct scripted_control *c = control_at(all->controls->id);
    assert_int_equal(all->count, 1);
    if (!c || c->error)
        return no(c ? c->error : EINVAL);
    store(c, all->controls);
    struct scripted_control *other = c->wakes ? control_at(c->wakes) : NULL;
    if (other)
        other->flags &= ~(uint32_t)V4L2_CTRL_FLAG_INACTIVE;
    return 0;
}

static int fake_ioctl(int fd, unsigned long request, void *arg)
{
    assert_int_equal(fd, FD);
    if (cam.gone)
        return no(ENODEV);
    switch (request) {
    case VIDIOC_QUERYCAP:
        return querycap(arg);
    case VIDIOC_ENUM_FMT:
        return enum_fmt(arg);
    case VIDIOC_S_FMT:
        return s_fmt(arg);
    case VIDIOC_S_PARM:
        check_type(((struct v4l2_streamparm *)arg)->type);
        if (cam.interval.denominator)
            ((struct v4l2_streamparm *)arg)->parm.capture.timeperframe = cam.interval;
        return 0;
    case VIDIOC_REQBUFS:
        check_type(((struct v4l2_requestbuffers *)arg)->type);
        return cam.reqbufs_error ? no(cam.reqbufs_error) : 0;
    case VIDIOC_QUERYBUF:
        return querybuf(arg);
    case VIDIOC_QBUF:
        return qbuf(arg);
    case VIDIOC_DQBUF:
        return dqbuf(arg);
    case VIDIOC_QUERY_EXT_CTRL:
        return query_ext_ctrl(arg);
    case VIDIOC_QUERYMENU:
        return querymenu(arg);
    case VIDIOC_G_EXT_CTRLS:
        return g_ext_ctrls(arg);
    case VIDIOC_S_EXT_CTRLS:
        return s_ext_ctrls(arg);
    case VIDIOC_STREAMON:
        check_type(*(const uint32_t *)arg);
        note("on ");
        cam.streaming = !cam.streamon_error;
        return cam.streamon_error ? no(cam.streamon_error) : 0;
    case VIDIOC_STREAMOFF:
        check_type(*(const uint32_t *)arg);
        cam.streaming = 0;
        return 0;
    default:
        return no(EINVAL); // enumerates neither sizes nor rates
    }
}

static const struct lkcam_v4l2_sys fake = {fake_open, fake_close, fake_ioctl, fake_mmap,
                                           fake_munmap};

// ---- What a test begins and ends with -----------------------------------------------------------

#define MONOTONIC V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC

static inline void frame(uint32_t sequence, uint32_t flags)
{
    cam.step[cam.steps++] =
        (struct step){.sequence = sequence, .flags = flags | MONOTONIC, .at = {100, sequence * 10}};
}

static inline void event(int error)
{
    cam.step[cam.steps++] = (struct step){.error = error};
}

static inline int camera_setup(void **state)
{
    memset(&cam, 0, sizeof cam);
    cam.path = "/dev/video0";
    cam.card = "Fake Camera 9";
    cam.caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    cam.fourcc = V4L2_PIX_FMT_YUYV;
    lkcam_v4l2_sys = &fake;
    return 0;
}

static inline int camera_teardown(void **state)
{
    assert_int_equal(cam.open_now, 0);
    assert_int_equal(cam.mapped_now, 0);
    assert_int_equal(cam.streaming, 0);
    return 0;
}

static struct lkcam_source_error why;

static inline int open_named(struct lkcam_source **s, const char *device)
{
    struct lkcam_v4l2_config cfg = {.device = device, .want = {LKCAM_PIXEL_NONE, 64, 48, 30, 1}};
    return lkcam_v4l2_open(s, &cfg, &why);
}

static inline struct lkcam_source *open_camera(void)
{
    struct lkcam_source *s = NULL;
    assert_int_equal(open_named(&s, "/dev/video0"), 0);
    return s;
}

#endif
