// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "fakecam/ioctls.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>

#include "fakecam/stream.h"

static int capabilities(const struct fakecam_camera *c, struct v4l2_capability *cap)
{
    uint32_t caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_EXT_PIX_FORMAT;
    *cap = (struct v4l2_capability){.driver = "fakecam",
                                    .version = 6 << 16 | 1 << 8,
                                    .capabilities = caps | V4L2_CAP_DEVICE_CAPS,
                                    .device_caps = caps};
    snprintf((char *)cap->card, sizeof cap->card, "%s", c->name);
    snprintf((char *)cap->bus_info, sizeof cap->bus_info, "%s", c->bus);
    return 0;
}

// One input, as every camera has.
static int input_ioctl(uint32_t request, void *arg)
{
    struct v4l2_input *in = arg;
    int *chosen = arg;
    if (request == VIDIOC_G_INPUT) {
        *chosen = 0;
        return 0;
    }
    if (request == VIDIOC_S_INPUT)
        return *chosen ? -EINVAL : 0;
    if (in->index)
        return -EINVAL;
    *in = (struct v4l2_input){.name = "Camera 1", .type = V4L2_INPUT_TYPE_CAMERA};
    return 0;
}

static int request_buffers(struct fakecam_handle *h, struct v4l2_requestbuffers *r)
{
    if (r->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || r->memory != V4L2_MEMORY_MMAP)
        return -EINVAL;
    *r = (struct v4l2_requestbuffers){
        .count = r->count,
        .type = r->type,
        .memory = r->memory,
        .capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP | V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS,
    };
    return fakecam_stream_allocate(h, &r->count);
}

static uint32_t flags_of(const struct fakecam_buffer *b)
{
    static const uint32_t of_state[] = {0, V4L2_BUF_FLAG_QUEUED, V4L2_BUF_FLAG_QUEUED,
                                        V4L2_BUF_FLAG_DONE};
    return V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | V4L2_BUF_FLAG_TSTAMP_SRC_EOF | of_state[b->state] |
           (b->damaged ? V4L2_BUF_FLAG_ERROR : 0);
}

static void fill_buffer(const struct fakecam_handle *h, uint32_t index, struct v4l2_buffer *out)
{
    const struct fakecam_buffer *b = &h->buffer[index];
    uint32_t bytes = (uint32_t)(h->clip->width_px * h->clip->height_px * 2);
    *out = (struct v4l2_buffer){
        .index = index,
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .bytesused = b->ready_us ? bytes : 0,
        .flags = flags_of(b),
        .field = V4L2_FIELD_NONE,
        .timestamp = {b->ready_us / 1000000, b->ready_us % 1000000},
        .sequence = b->sequence,
        .memory = V4L2_MEMORY_MMAP,
        .m.offset = (uint32_t)(index * h->buffer_bytes),
        .length = bytes,
    };
}

static int query_buffer(const struct fakecam_handle *h, struct v4l2_buffer *b)
{
    if (b->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || b->index >= h->count)
        return -EINVAL;
    fill_buffer(h, b->index, b);
    return 0;
}

static int queue_buffer(struct fakecam_handle *h, struct v4l2_buffer *b)
{
    if (b->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || b->memory != V4L2_MEMORY_MMAP)
        return -EINVAL;
    if (b->flags & V4L2_BUF_FLAG_REQUEST_FD)
        return -EBADR;
    int err = fakecam_stream_queue(h, b->index);
    if (!err)
        fill_buffer(h, b->index, b);
    return err;
}

int fakecam_ioctl_dequeue(struct fakecam_handle *h, void *arg)
{
    int index = fakecam_stream_dequeue(h);
    if (index < 0)
        return index;
    fill_buffer(h, (uint32_t)index, arg);
    return 0;
}

static int switch_stream(struct fakecam_handle *h, int fd, uint32_t request, const int *type)
{
    if (*type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
        return -EINVAL;
    return request == VIDIOC_STREAMON ? fakecam_stream_on(h) : fakecam_stream_off(h, fd);
}

int fakecam_ioctl(struct fakecam_handle *h, int fd, uint32_t request, void *arg)
{
    if (fakecam_handle_gone(h))
        return -ENODEV;
    switch (request) {
    case VIDIOC_QUERYCAP:
        return capabilities(h->camera, arg);
    case VIDIOC_ENUMINPUT:
    case VIDIOC_G_INPUT:
    case VIDIOC_S_INPUT:
        return input_ioctl(request, arg);
    case VIDIOC_REQBUFS:
        return request_buffers(h, arg);
    case VIDIOC_QUERYBUF:
        return query_buffer(h, arg);
    case VIDIOC_QBUF:
        return queue_buffer(h, arg);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        return switch_stream(h, fd, request, arg);
    default:
        break;
    }
    int err = fakecam_mode_ioctl(h, request, arg);
    return err == -ENOTTY ? fakecam_control_ioctl(h->camera, request, arg) : err;
}
