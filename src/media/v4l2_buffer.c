// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Both interfaces' buffers. The single-planar one is seen as one plane of the multi-planar, in
// `call` alone.
#include "media/v4l2_buffer.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/mman.h>

#include "media/v4l2_sys.h"

struct buffer {
    struct v4l2_buffer v;
    struct v4l2_plane plane[3];
};

static int call(const struct lkcam_v4l2_buffers *b, unsigned long request, uint32_t index,
                struct buffer *out)
{
    bool multi = b->type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
    *out = (struct buffer){.v = {.index = index, .type = b->type, .memory = V4L2_MEMORY_MMAP}};
    if (multi) {
        out->v.m.planes = out->plane;
        out->v.length = (uint32_t)b->planes;
    }
    int err = lkcam_v4l2_ioctl(b->fd, request, &out->v);
    if (!multi) {
        out->plane[0].m.mem_offset = out->v.m.offset;
        out->plane[0].length = out->v.length;
        out->plane[0].bytesused = out->v.bytesused;
    }
    return err;
}

// A second try, because a buffer that a driver refuses once would be missing for ever.
int lkcam_v4l2_queue(const struct lkcam_v4l2_buffers *b, uint32_t index)
{
    struct buffer v;
    int err = call(b, VIDIOC_QBUF, index, &v);
    return err && err != -ENODEV ? call(b, VIDIOC_QBUF, index, &v) : err;
}

// A driver may put a header before a plane's data; bytesused counts it.
static void point(const struct lkcam_v4l2_buffers *b, const struct buffer *v,
                  struct lkcam_v4l2_full *out)
{
    for (int i = 0; i < b->planes; i++) {
        const struct v4l2_plane *plane = &v->plane[i];
        bool inside = plane->bytesused <= b->buffer[out->index].len[i] &&
                      plane->data_offset < plane->bytesused;
        out->bytes[i] = inside ? plane->bytesused - plane->data_offset : 0;
        out->p[i] = b->buffer[out->index].p[i] + (inside ? plane->data_offset : 0);
    }
}

// Nonsense has not happened yet, so that nobody trusts it.
static lkcam_us time_of(const struct timeval *t)
{
    if (t->tv_sec < 0 || t->tv_sec > INT32_MAX || t->tv_usec < 0 || t->tv_usec > 999999)
        return LKCAM_NEVER;
    return LKCAM_SECONDS(t->tv_sec) + t->tv_usec;
}

int lkcam_v4l2_dequeue(const struct lkcam_v4l2_buffers *b, struct lkcam_v4l2_full *out)
{
    struct buffer v;
    int err = call(b, VIDIOC_DQBUF, 0, &v);
    if (err)
        return err == -EAGAIN ? 0 : err;
    if (v.v.index >= b->count)
        return -EIO;
    out->index = v.v.index;
    out->sequence = v.v.sequence;
    out->flags = v.v.flags;
    out->stamped = time_of(&v.v.timestamp);
    point(b, &v, out);
    return 1;
}

static int map_one(struct lkcam_v4l2_buffers *b, uint32_t index,
                   const struct lkcam_v4l2_layout *layout)
{
    struct buffer v;
    int err = call(b, VIDIOC_QUERYBUF, index, &v);
    for (int i = 0; i < b->planes && !err; i++) {
        const struct v4l2_plane *plane = &v.plane[i];
        if (plane->length < layout->frame_bytes[i])
            return -EPROTO; // smaller than its own stride and height say
        void *p = lkcam_v4l2_sys->mmap(plane->length, b->fd, (long)plane->m.mem_offset);
        if (p == MAP_FAILED)
            return -errno;
        b->buffer[index].p[i] = p;
        b->buffer[index].len[i] = plane->length;
    }
    return err ? err : lkcam_v4l2_queue(b, index);
}

int lkcam_v4l2_map(struct lkcam_v4l2_buffers *b, int fd, uint32_t type,
                   const struct lkcam_v4l2_layout *layout, uint32_t wanted)
{
    struct v4l2_requestbuffers r = {.count = wanted, .type = type, .memory = V4L2_MEMORY_MMAP};
    *b = (struct lkcam_v4l2_buffers){.fd = fd, .type = type, .planes = layout->planes};
    int err = lkcam_v4l2_ioctl(fd, VIDIOC_REQBUFS, &r);
    if (err)
        return err;
    if (r.count < 2)
        return -ENOMEM;
    b->count = r.count < LKCAM_V4L2_BUFFERS_MAX ? r.count : LKCAM_V4L2_BUFFERS_MAX;
    for (uint32_t i = 0; i < b->count && !err; i++)
        err = map_one(b, i, layout);
    return err;
}

void lkcam_v4l2_unmap(struct lkcam_v4l2_buffers *b)
{
    for (uint32_t i = 0; i < b->count; i++)
        for (int plane = 0; plane < b->planes; plane++)
            if (b->buffer[i].p[plane])
                lkcam_v4l2_sys->munmap(b->buffer[i].p[plane], b->buffer[i].len[plane]);
    memset(b, 0, sizeof *b);
}
