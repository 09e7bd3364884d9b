// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// YUYV in the sizes of the camera's clips, at 30 or 60 frames a second.
#include <errno.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>

#include "fakecam/ioctls.h"
#include "fakecam/stream.h"

static const int rates[] = {30, 60};
enum { RATES = sizeof rates / sizeof *rates };

static int nearest_clip(const struct fakecam_camera *c, uint32_t width, uint32_t height)
{
    int best = 0;
    int64_t least = INT64_MAX;
    for (int i = 0; i < c->clip_count; i++) {
        int64_t off = llabs((int64_t)width - c->clips[i].width_px) +
                      llabs((int64_t)height - c->clips[i].height_px);
        if (off < least) {
            least = off;
            best = i;
        }
    }
    return best;
}

static void fill_format(const struct fakecam_camera *c, const struct fakecam_clip *clip,
                        struct v4l2_format *f)
{
    uint32_t type = f->type, width = (uint32_t)clip->width_px, height = (uint32_t)clip->height_px;
    memset(f, 0, sizeof *f);
    f->type = type;
    f->fmt.pix = (struct v4l2_pix_format){
        .width = width,
        .height = height,
        .pixelformat = V4L2_PIX_FMT_YUYV,
        .field = V4L2_FIELD_NONE,
        .bytesperline = width * 2,
        .sizeimage = width * height * 2,
        .colorspace = c->colorspace,
        .quantization = c->quantization,
    };
}

static int format_ioctl(struct fakecam_handle *h, uint32_t request, struct v4l2_format *f)
{
    struct fakecam_camera *c = h->camera;
    if (f->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
        return -EINVAL;
    int clip = request == VIDIOC_G_FMT ? atomic_load(&c->clip)
                                       : nearest_clip(c, f->fmt.pix.width, f->fmt.pix.height);
    if (request == VIDIOC_S_FMT) {
        if (fakecam_stream_has_buffers(h))
            return -EBUSY;
        atomic_store(&c->clip, clip);
    }
    fill_format(c, &c->clips[clip], f);
    return 0;
}

static int nearest_rate(const struct v4l2_fract *interval)
{
    if (!interval->numerator || !interval->denominator)
        return FAKECAM_FPS_DEFAULT;
    double fps = (double)interval->denominator / interval->numerator;
    return fps - rates[0] < rates[1] - fps ? rates[0] : rates[1];
}

static int rate_ioctl(struct fakecam_handle *h, uint32_t request, struct v4l2_streamparm *p)
{
    struct fakecam_camera *c = h->camera;
    if (p->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
        return -EINVAL;
    if (request == VIDIOC_S_PARM) {
        if (fakecam_stream_taken(h) || h->streaming)
            return -EBUSY;
        atomic_store(&c->fps, nearest_rate(&p->parm.capture.timeperframe));
    }
    memset(&p->parm, 0, sizeof p->parm);
    p->parm.capture = (struct v4l2_captureparm){
        .capability = V4L2_CAP_TIMEPERFRAME,
        .timeperframe = {1, (uint32_t)atomic_load(&c->fps)},
    };
    return 0;
}

static int list_format(struct v4l2_fmtdesc *d)
{
    if (d->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || d->index > 0)
        return -EINVAL;
    *d = (struct v4l2_fmtdesc){
        .type = d->type, .description = "YUYV 4:2:2", .pixelformat = V4L2_PIX_FMT_YUYV};
    return 0;
}

static int list_size(const struct fakecam_camera *c, struct v4l2_frmsizeenum *e)
{
    if (e->pixel_format != V4L2_PIX_FMT_YUYV || e->index >= (uint32_t)c->clip_count)
        return -EINVAL;
    const struct fakecam_clip *clip = &c->clips[e->index];
    *e = (struct v4l2_frmsizeenum){
        .index = e->index,
        .pixel_format = e->pixel_format,
        .type = V4L2_FRMSIZE_TYPE_DISCRETE,
        .discrete = {(uint32_t)clip->width_px, (uint32_t)clip->height_px},
    };
    return 0;
}

static int list_rate(const struct fakecam_camera *c, struct v4l2_frmivalenum *e)
{
    const struct fakecam_clip *clip = &c->clips[nearest_clip(c, e->width, e->height)];
    if (e->pixel_format != V4L2_PIX_FMT_YUYV || e->index >= RATES ||
        e->width != (uint32_t)clip->width_px || e->height != (uint32_t)clip->height_px)
        return -EINVAL;
    *e = (struct v4l2_frmivalenum){
        .index = e->index,
        .pixel_format = e->pixel_format,
        .width = e->width,
        .height = e->height,
        .type = V4L2_FRMIVAL_TYPE_DISCRETE,
        .discrete = {1, (uint32_t)rates[e->index]},
    };
    return 0;
}

int fakecam_mode_ioctl(struct fakecam_handle *h, uint32_t request, void *arg)
{
    switch (request) {
    case VIDIOC_ENUM_FMT:
        return list_format(arg);
    case VIDIOC_ENUM_FRAMESIZES:
        return list_size(h->camera, arg);
    case VIDIOC_ENUM_FRAMEINTERVALS:
        return list_rate(h->camera, arg);
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT:
        return format_ioctl(h, request, arg);
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM:
        return rate_ioctl(h, request, arg);
    default:
        return -ENOTTY;
    }
}
