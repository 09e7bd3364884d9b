// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One step from a source's format to the encoder's 4:2:0, by libyuv. Knows neither source nor
// encoder.
#include "media/convert.h"

#include <assert.h>
#include <errno.h>
#include <libyuv.h>
#include <stdlib.h>

#include "media/mjpeg.h"

enum lkcam_pixel_format lkcam_convert_target(enum lkcam_pixel_format from)
{
    switch (from) {
    case LKCAM_PIXEL_NV12:
    case LKCAM_PIXEL_YUYV:
    case LKCAM_PIXEL_UYVY:
        return LKCAM_PIXEL_NV12;
    case LKCAM_PIXEL_I420:
    case LKCAM_PIXEL_MJPEG: // turbojpeg writes planes
        return LKCAM_PIXEL_I420;
    case LKCAM_PIXEL_NONE:
        break;
    }
    return LKCAM_PIXEL_NONE;
}

static bool is_borrowed(enum lkcam_pixel_format from)
{
    return from == LKCAM_PIXEL_I420 || from == LKCAM_PIXEL_NV12;
}

int lkcam_convert_init(struct lkcam_convert *c, enum lkcam_pixel_format from, int width_px,
                       int height_px)
{
    *c = (struct lkcam_convert){
        .to = lkcam_convert_target(from), .width_px = width_px, .height_px = height_px};
    if (c->to == LKCAM_PIXEL_NONE || width_px < 2 || height_px < 2 || width_px % 2 || height_px % 2)
        return -EINVAL;
    if (is_borrowed(from))
        return 0;

    // Behind the picture, for MJPEG: two planes of 4:2:2 chroma.
    size_t picture = lkcam_pixel_bytes(c->to, width_px, height_px);
    size_t chroma = from == LKCAM_PIXEL_MJPEG ? (size_t)width_px * (size_t)height_px : 0;
    c->buffer = malloc(picture + chroma);
    if (from == LKCAM_PIXEL_MJPEG)
        c->mjpeg = lkcam_mjpeg_new();
    if (c->buffer && (c->mjpeg || from != LKCAM_PIXEL_MJPEG))
        return 0;
    lkcam_convert_deinit(c);
    return -ENOMEM;
}

void lkcam_convert_deinit(struct lkcam_convert *c)
{
    lkcam_mjpeg_free(&c->mjpeg);
    free(c->buffer);
    c->buffer = NULL;
}

static uint8_t *plane_at(const struct lkcam_convert *c, int index)
{
    size_t luma = (size_t)c->width_px * (size_t)c->height_px;
    return c->buffer + (index == 0 ? 0 : index == 1 ? luma : luma + luma / 4);
}

static void point_into_buffer(const struct lkcam_convert *c, struct lkcam_picture *out)
{
    bool nv12 = c->to == LKCAM_PIXEL_NV12;
    *out = (struct lkcam_picture){
        .format = c->to,
        .width_px = c->width_px,
        .height_px = c->height_px,
        .plane = {plane_at(c, 0), plane_at(c, 1), nv12 ? NULL : plane_at(c, 2)},
        .stride_bytes = {c->width_px, nv12 ? c->width_px : c->width_px / 2,
                         nv12 ? 0 : c->width_px / 2},
    };
}

static void point_into_frame(const struct lkcam_frame *in, struct lkcam_picture *out)
{
    *out = (struct lkcam_picture){
        .format = in->format, .width_px = in->width_px, .height_px = in->height_px};
    for (int i = 0; i < 3; i++) {
        out->plane[i] = in->plane[i];
        out->stride_bytes[i] = in->stride_bytes[i];
    }
}

static int decode_mjpeg(struct lkcam_convert *c, const struct lkcam_frame *in)
{
    int width = c->width_px, height = c->height_px, half = width / 2;
    enum lkcam_mjpeg_chroma chroma;
    int err = lkcam_mjpeg_chroma(c->mjpeg, in->plane[0], in->bytes, width, height, &chroma);
    if (err)
        return err;

    uint8_t *u = plane_at(c, 1), *v = plane_at(c, 2);
    uint8_t *wide_u = c->buffer + lkcam_pixel_bytes(c->to, width, height),
            *wide_v = wide_u + half * height;
    bool whole = chroma == LKCAM_MJPEG_420;
    uint8_t *planes[3] = {plane_at(c, 0), whole ? u : wide_u, whole ? v : wide_v};
    err = lkcam_mjpeg_decode(c->mjpeg, in->plane[0], in->bytes, planes, (int[3]){width, half, half},
                             width, height);
    if (err || whole)
        return err;
    ScalePlane(wide_u, half, half, height, u, half, half, height / 2, kFilterBox);
    ScalePlane(wide_v, half, half, height, v, half, half, height / 2, kFilterBox);
    return 0;
}

int lkcam_convert_frame(struct lkcam_convert *c, const struct lkcam_frame *in,
                        struct lkcam_picture *out, bool *borrowed)
{
    assert(in->width_px == c->width_px && in->height_px == c->height_px);
    assert(lkcam_convert_target(in->format) == c->to);
    int width = c->width_px, height = c->height_px;
    *borrowed = is_borrowed(in->format);
    if (*borrowed) {
        point_into_frame(in, out);
        return 0;
    }
    point_into_buffer(c, out);
    if (in->format == LKCAM_PIXEL_MJPEG)
        return decode_mjpeg(c, in);
    if (in->format == LKCAM_PIXEL_YUYV)
        YUY2ToNV12(in->plane[0], in->stride_bytes[0], plane_at(c, 0), width, plane_at(c, 1), width,
                   width, height);
    else
        UYVYToNV12(in->plane[0], in->stride_bytes[0], plane_at(c, 0), width, plane_at(c, 1), width,
                   width, height);
    return 0;
}

void lkcam_convert_from_i420(const uint8_t *i420, int width_px, int height_px,
                             enum lkcam_pixel_format to, uint8_t *out)
{
    int half = width_px / 2;
    const uint8_t *u = i420 + (ptrdiff_t)width_px * height_px,
                  *v = u + (ptrdiff_t)half * (height_px / 2);
    if (to == LKCAM_PIXEL_NV12)
        I420ToNV12(i420, width_px, u, half, v, half, out, width_px,
                   out + (ptrdiff_t)width_px * height_px, width_px, width_px, height_px);
    else if (to == LKCAM_PIXEL_YUYV)
        I420ToYUY2(i420, width_px, u, half, v, half, out, width_px * 2, width_px, height_px);
    else if (to == LKCAM_PIXEL_UYVY)
        I420ToUYVY(i420, width_px, u, half, v, half, out, width_px * 2, width_px, height_px);
    else
        assert(!"a raw format other than I420");
}
