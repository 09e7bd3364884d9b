// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// S_FMT and S_PARM: a driver answers what it made of a wish. Rows may be padded, and some drivers
// give no stride at all.
#include "media/v4l2_format.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <stdbool.h>

#include "media/v4l2_sys.h"

#define STRIDE_MAX 65536

// A format as either interface tells it.
struct told {
    uint32_t fourcc, width, height, planes;
    uint32_t colorspace, encoding, quantization; // enum v4l2_colorspace and so on
    uint32_t stride_bytes[3];
};

static int ask_single(int fd, const struct lkcam_v4l2_mode *m, struct told *t)
{
    struct v4l2_format f = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    struct v4l2_pix_format *p = &f.fmt.pix;
    p->width = (uint32_t)m->mode.width_px;
    p->height = (uint32_t)m->mode.height_px;
    p->pixelformat = m->fourcc;
    p->field = V4L2_FIELD_ANY;
    int err = lkcam_v4l2_ioctl(fd, VIDIOC_S_FMT, &f);
    *t = (struct told){p->pixelformat, p->width,     p->height,       1,
                       p->colorspace,  p->ycbcr_enc, p->quantization, {p->bytesperline}};
    return err;
}

static int ask_multi(int fd, const struct lkcam_v4l2_mode *m, struct told *t)
{
    struct v4l2_format f = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    struct v4l2_pix_format_mplane *p = &f.fmt.pix_mp;
    p->width = (uint32_t)m->mode.width_px;
    p->height = (uint32_t)m->mode.height_px;
    p->pixelformat = m->fourcc;
    p->field = V4L2_FIELD_ANY;
    int err = lkcam_v4l2_ioctl(fd, VIDIOC_S_FMT, &f);
    *t = (struct told){p->pixelformat, p->width,     p->height,       p->num_planes,
                       p->colorspace,  p->ycbcr_enc, p->quantization, {0}};
    for (int i = 0; i < 3; i++)
        t->stride_bytes[i] = p->plane_fmt[i].bytesperline;
    return err;
}

static bool is_readable(const struct told *t)
{
    enum lkcam_pixel_format format = lkcam_v4l2_format(t->fourcc);
    if (format == LKCAM_PIXEL_NONE || t->width < 16 || t->height < 16 || t->width > 16384 ||
        t->height > 16384 || t->width % 2 || t->height % 2)
        return false;
    if (t->planes != 1 && (int)t->planes != lkcam_pixel_planes(format))
        return false;
    for (uint32_t i = 0; i < t->planes; i++)
        if (t->stride_bytes[i] > STRIDE_MAX)
            return false;
    return true;
}

static int stride_of(const struct told *t, int plane, int least)
{
    int told = (int)t->stride_bytes[plane];
    return told > least ? told : least;
}

static enum lkcam_matrix matrix_of(const struct told *t)
{
    uint32_t encoding = t->encoding;
    if (encoding == V4L2_YCBCR_ENC_DEFAULT && t->colorspace != V4L2_COLORSPACE_DEFAULT)
        encoding = V4L2_MAP_YCBCR_ENC_DEFAULT(t->colorspace);
    return encoding == V4L2_YCBCR_ENC_601 || encoding == V4L2_YCBCR_ENC_XV601 ? LKCAM_MATRIX_BT601
           : encoding == V4L2_YCBCR_ENC_709 || encoding == V4L2_YCBCR_ENC_XV709
               ? LKCAM_MATRIX_BT709
               : LKCAM_MATRIX_UNKNOWN;
}

static bool is_full_range(const struct told *t)
{
    if (t->quantization == V4L2_QUANTIZATION_DEFAULT)
        return t->colorspace == V4L2_COLORSPACE_JPEG;
    return t->quantization == V4L2_QUANTIZATION_FULL_RANGE;
}

// JPEG has a colour of its own (JFIF), whatever a driver says; of RGB the conversion makes BT.601.
static struct lkcam_color color_of(const struct told *t)
{
    enum lkcam_pixel_format format = lkcam_v4l2_format(t->fourcc);
    if (format == LKCAM_PIXEL_MJPEG)
        return (struct lkcam_color){LKCAM_MATRIX_BT601, .full_range = true};
    if (format == LKCAM_PIXEL_RGB24 || format == LKCAM_PIXEL_BGR24)
        return (struct lkcam_color){LKCAM_MATRIX_BT601, .full_range = false};
    return (struct lkcam_color){matrix_of(t), is_full_range(t)};
}

static void lay_out(const struct told *t, struct lkcam_v4l2_layout *out)
{
    enum lkcam_pixel_format format = lkcam_v4l2_format(t->fourcc);
    int width = (int)t->width, packed = lkcam_pixel_packed_bytes(format);
    size_t rows = t->height;
    *out = (struct lkcam_v4l2_layout){.planes = (int)t->planes, .color = color_of(t)};
    if (format == LKCAM_PIXEL_MJPEG)
        return;
    out->stride_bytes[0] = stride_of(t, 0, width * (packed ? packed : 1));
    out->frame_bytes[0] = (size_t)out->stride_bytes[0] * rows;
    if (out->planes == 1 && !packed)
        out->frame_bytes[0] += out->frame_bytes[0] / 2; // the chroma lies behind
    for (int i = 1; i < out->planes; i++) {
        out->stride_bytes[i] = stride_of(t, i, format == LKCAM_PIXEL_NV12 ? width : width / 2);
        out->frame_bytes[i] = (size_t)out->stride_bytes[i] * (rows / 2);
    }
}

int lkcam_v4l2_set_format(int fd, uint32_t type, struct lkcam_v4l2_mode *m,
                          struct lkcam_v4l2_layout *out)
{
    struct told t;
    int err = (type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE ? ask_multi : ask_single)(fd, m, &t);
    if (err == -EBUSY)
        return err;
    if (err || !is_readable(&t))
        return -ENOTSUP;
    m->fourcc = t.fourcc;
    m->mode.format = lkcam_v4l2_format(t.fourcc);
    m->mode.width_px = (int)t.width;
    m->mode.height_px = (int)t.height;
    lay_out(&t, out);
    return 0;
}

void lkcam_v4l2_set_rate(int fd, uint32_t type, struct lkcam_source_mode *m)
{
    struct v4l2_streamparm p = {.type = type};
    p.parm.capture.timeperframe = (struct v4l2_fract){(uint32_t)m->fps_den, (uint32_t)m->fps_num};
    const struct v4l2_fract *got = &p.parm.capture.timeperframe;
    if (lkcam_v4l2_ioctl(fd, VIDIOC_S_PARM, &p) ||
        !lkcam_v4l2_is_interval(got->numerator, got->denominator))
        return;
    m->fps_num = (int)got->denominator;
    m->fps_den = (int)got->numerator;
}
