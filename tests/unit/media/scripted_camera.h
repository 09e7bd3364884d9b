// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A camera that does what a script says, to stand under the V4L2 files. For one test program.
#ifndef LKCAM_TESTS_SCRIPTED_CAMERA_H
#define LKCAM_TESTS_SCRIPTED_CAMERA_H

#include <errno.h>
#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "media/v4l2_sys.h"

enum { FD = 40, BUFFERS = 3, STEPS = 64 };

// What one DQBUF brings: a frame, or an error.
struct step {
    int error;
    uint32_t sequence, flags, bytesused; // bytesused 0: the whole picture
    bool empty;                          // really none
    struct timeval at;
};

static struct {
    const char *path, *card;
    uint32_t caps, fourcc;
    uint32_t width, height, stride, length; // 0: as asked for
    int open_error, fmt_error, reqbufs_error, streamon_error, qbuf_errors;
    int busy_opens; // so many find it held
    bool gone;
    struct step step[STEPS];
    int steps, next;
    uint32_t fifo[BUFFERS];
    int queued, qbuf_calls;
    uint8_t *memory[BUFFERS];
    size_t mapped_len[BUFFERS];
    int open_now, mapped_now, opened, streaming;
    struct v4l2_fract interval; // what S_PARM makes of it; 0: as asked for
    struct v4l2_pix_format pix;
} cam;

static int no(int error)
{
    errno = error;
    return -1;
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
    uint32_t index = (uint32_t)(offset / 4096);
    assert_true(index < BUFFERS);
    cam.memory[index] = malloc(len);
    memset(cam.memory[index], (int)index + 1, len);
    cam.mapped_len[index] = len;
    cam.mapped_now++;
    return cam.memory[index];
}

static int fake_munmap(void *p, size_t len)
{
    for (int i = 0; i < BUFFERS; i++)
        if (cam.memory[i] == p) {
            assert_int_equal(cam.mapped_len[i], len);
            cam.memory[i] = NULL;
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
    e->pixelformat = cam.fourcc;
    return e->index ? no(EINVAL) : 0;
}

static int s_fmt(struct v4l2_format *f)
{
    if (cam.fmt_error)
        return no(cam.fmt_error);
    struct v4l2_pix_format *p = &f->fmt.pix;
    p->width = cam.width ? cam.width : p->width;
    p->height = cam.height ? cam.height : p->height;
    p->bytesperline = cam.stride ? cam.stride : p->width * 2;
    p->sizeimage = p->bytesperline * p->height;
    cam.pix = *p;
    return 0;
}

static int querybuf(struct v4l2_buffer *b)
{
    b->length = cam.length ? cam.length : cam.pix.sizeimage;
    b->m.offset = b->index * 4096;
    return 0;
}

static int qbuf(const struct v4l2_buffer *b)
{
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

static int dqbuf(struct v4l2_buffer *b)
{
    if (cam.next == cam.steps || cam.queued == 0)
        return no(EAGAIN);
    const struct step *s = &cam.step[cam.next++];
    if (s->error)
        return no(s->error);
    b->index = cam.fifo[0];
    memmove(cam.fifo, cam.fifo + 1, (size_t)(--cam.queued) * sizeof *cam.fifo);
    b->sequence = s->sequence;
    b->flags = s->flags;
    b->bytesused = s->bytesused ? s->bytesused : s->empty ? 0 : cam.pix.sizeimage;
    b->timestamp = s->at;
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
        if (cam.interval.denominator)
            ((struct v4l2_streamparm *)arg)->parm.capture.timeperframe = cam.interval;
        return 0;
    case VIDIOC_REQBUFS:
        return cam.reqbufs_error ? no(cam.reqbufs_error) : 0;
    case VIDIOC_QUERYBUF:
        return querybuf(arg);
    case VIDIOC_QBUF:
        return qbuf(arg);
    case VIDIOC_DQBUF:
        return dqbuf(arg);
    case VIDIOC_STREAMON:
        cam.streaming = !cam.streamon_error;
        return cam.streamon_error ? no(cam.streamon_error) : 0;
    case VIDIOC_STREAMOFF:
        cam.streaming = 0;
        return 0;
    default:
        return no(EINVAL); // enumerates neither sizes nor rates
    }
}

static const struct lkcam_v4l2_sys fake = {fake_open, fake_close, fake_ioctl, fake_mmap,
                                           fake_munmap};

#endif
