// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Both paths to the encoder's 4:2:0, by libyuv. Knows neither source nor encoder. libyuv names
// packed RGB by the machine word, last byte first: its ARGB is bytes B, G, R, A, its RGB24 is B, G,
// R, and R, G, B is called RAW.
#include "media/convert.h"

#include <assert.h>
#include <errno.h>
#include <libyuv.h>
#include <stdlib.h>

#include "media/mjpeg.h"

enum lkcam_pixel_format lkcam_convert_target(enum lkcam_pixel_format from,
                                             enum lkcam_convert_path path)
{
    if (path == LKCAM_CONVERT_RGBA && from != LKCAM_PIXEL_NONE)
        return LKCAM_PIXEL_I420;
    switch (from) {
    case LKCAM_PIXEL_NV12:
    case LKCAM_PIXEL_YUYV:
    case LKCAM_PIXEL_UYVY:
        return LKCAM_PIXEL_NV12;
    case LKCAM_PIXEL_I420:
    case LKCAM_PIXEL_RGB24: // libyuv has no step from 24 bits to NV12
    case LKCAM_PIXEL_BGR24:
    case LKCAM_PIXEL_MJPEG: // turbojpeg writes planes
        return LKCAM_PIXEL_I420;
    case LKCAM_PIXEL_NONE:
        break;
    }
    return LKCAM_PIXEL_NONE;
}

static bool is_borrowed(enum lkcam_pixel_format from, enum lkcam_convert_path path)
{
    return path == LKCAM_CONVERT_I420 && (from == LKCAM_PIXEL_I420 || from == LKCAM_PIXEL_NV12);
}

int lkcam_convert_init(struct lkcam_convert *c, enum lkcam_pixel_format from,
                       enum lkcam_convert_path path, int width_px, int height_px)
{
    *c = (struct lkcam_convert){.path = path,
                                .to = lkcam_convert_target(from, path),
                                .width_px = width_px,
                                .height_px = height_px};
    if (c->to == LKCAM_PIXEL_NONE || width_px < 2 || height_px < 2 || width_px % 2 || height_px % 2)
        return -EINVAL;
    if (is_borrowed(from, path))
        return 0;

    bool mjpeg = from == LKCAM_PIXEL_MJPEG;
    size_t pixels = (size_t)width_px * (size_t)height_px;
    size_t picture = lkcam_pixel_bytes(c->to, width_px, height_px);
    // For MJPEG in one step: two planes of 4:2:2 chroma.
    size_t behind = path == LKCAM_CONVERT_RGBA ? pixels * 4 : mjpeg ? pixels : 0;
    c->buffer = malloc(picture + behind);
    if (mjpeg)
        c->mjpeg = lkcam_mjpeg_new();
    if (!c->buffer || (mjpeg && !c->mjpeg)) {
        lkcam_convert_deinit(c);
        return -ENOMEM;
    }
    c->rgba = path == LKCAM_CONVERT_RGBA ? c->buffer + picture : NULL;
    return 0;
}

void lkcam_convert_deinit(struct lkcam_convert *c)
{
    lkcam_mjpeg_free(&c->mjpeg);
    free(c->buffer);
    c->buffer = c->rgba = NULL;
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

// ---- In one step --------------------------------------------------------------------------------

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

static int convert_directly(struct lkcam_convert *c, const struct lkcam_frame *in)
{
    int width = c->width_px, height = c->height_px, half = width / 2, stride = in->stride_bytes[0];
    uint8_t *y = plane_at(c, 0), *u = plane_at(c, 1), *v = plane_at(c, 2);
    switch (in->format) {
    case LKCAM_PIXEL_YUYV:
        return YUY2ToNV12(in->plane[0], stride, y, width, u, width, width, height);
    case LKCAM_PIXEL_UYVY:
        return UYVYToNV12(in->plane[0], stride, y, width, u, width, width, height);
    case LKCAM_PIXEL_RGB24:
        return RAWToI420(in->plane[0], stride, y, width, u, half, v, half, width, height);
    case LKCAM_PIXEL_BGR24:
        return RGB24ToI420(in->plane[0], stride, y, width, u, half, v, half, width, height);
    case LKCAM_PIXEL_MJPEG:
        return decode_mjpeg(c, in);
    case LKCAM_PIXEL_NONE:
    case LKCAM_PIXEL_I420:
    case LKCAM_PIXEL_NV12:
        break;
    }
    assert(!"a format that is converted");
    return -EINVAL;
}

// ---- The reference ------------------------------------------------------------------------------

static int decode_mjpeg_to_rgba(struct lkcam_convert *c, const struct lkcam_frame *in)
{
    enum lkcam_mjpeg_chroma chroma;
    int err =
        lkcam_mjpeg_chroma(c->mjpeg, in->plane[0], in->bytes, c->width_px, c->height_px, &chroma);
    return err ? err
               : lkcam_mjpeg_decode_rgba(c->mjpeg, in->plane[0], in->bytes, c->rgba,
                                         c->width_px * 4, c->width_px, c->height_px);
}

static int convert_to_rgba(struct lkcam_convert *c, const struct lkcam_frame *in)
{
    int width = c->width_px, height = c->height_px, wide = width * 4;
    const uint8_t *const *p = in->plane;
    const int *stride = in->stride_bytes;
    switch (in->format) {
    case LKCAM_PIXEL_I420:
        return I420ToARGB(p[0], stride[0], p[1], stride[1], p[2], stride[2], c->rgba, wide, width,
                          height);
    case LKCAM_PIXEL_NV12:
        return NV12ToARGB(p[0], stride[0], p[1], stride[1], c->rgba, wide, width, height);
    case LKCAM_PIXEL_YUYV:
        return YUY2ToARGB(p[0], stride[0], c->rgba, wide, width, height);
    case LKCAM_PIXEL_UYVY:
        return UYVYToARGB(p[0], stride[0], c->rgba, wide, width, height);
    case LKCAM_PIXEL_RGB24:
        return RAWToARGB(p[0], stride[0], c->rgba, wide, width, height);
    case LKCAM_PIXEL_BGR24:
        return RGB24ToARGB(p[0], stride[0], c->rgba, wide, width, height);
    case LKCAM_PIXEL_MJPEG:
        return decode_mjpeg_to_rgba(c, in);
    case LKCAM_PIXEL_NONE:
        break;
    }
    assert(!"a format that is converted");
    return -EINVAL;
}

// The one step leaves MJPEG's YCbCr as it is, of the full range: so must this, to be compared.
static int convert_from_rgba(struct lkcam_convert *c, enum lkcam_pixel_format from)
{
    int width = c->width_px, height = c->height_px, half = width / 2;
    uint8_t *y = plane_at(c, 0), *u = plane_at(c, 1), *v = plane_at(c, 2);
    return (from == LKCAM_PIXEL_MJPEG ? ARGBToJ420 : ARGBToI420)(c->rgba, width * 4, y, width, u,
                                                                 half, v, half, width, height);
}

static int convert_by_rgba(struct lkcam_convert *c, const struct lkcam_frame *in)
{
    int err = convert_to_rgba(c, in);
    return err ? err : convert_from_rgba(c, in->format);
}

int lkcam_convert_frame(struct lkcam_convert *c, const struct lkcam_frame *in,
                        struct lkcam_picture *out, bool *borrowed)
{
    assert(in->width_px == c->width_px && in->height_px == c->height_px);
    assert(lkcam_convert_target(in->format, c->path) == c->to);
    *borrowed = is_borrowed(in->format, c->path);
    if (*borrowed) {
        point_into_frame(in, out);
        return 0;
    }
    point_into_buffer(c, out);
    return c->path == LKCAM_CONVERT_RGBA ? convert_by_rgba(c, in) : convert_directly(c, in);
}

// ---- The other way ------------------------------------------------------------------------------

void lkcam_convert_from_i420(const uint8_t *i420, int width_px, int height_px,
                             enum lkcam_pixel_format to, uint8_t *out)
{
    int half = width_px / 2, stride = width_px * lkcam_pixel_packed_bytes(to);
    const uint8_t *u = i420 + (ptrdiff_t)width_px * height_px,
                  *v = u + (ptrdiff_t)half * (height_px / 2);
    if (to == LKCAM_PIXEL_NV12) {
        I420ToNV12(i420, width_px, u, half, v, half, out, width_px,
                   out + (ptrdiff_t)width_px * height_px, width_px, width_px, height_px);
        return;
    }
    assert(stride); // a packed format
    (to == LKCAM_PIXEL_YUYV   ? I420ToYUY2
     : to == LKCAM_PIXEL_UYVY ? I420ToUYVY
     : to == LKCAM_PIXEL_RGB24
         ? I420ToRAW
         : I420ToRGB24)(i420, width_px, u, half, v, half, out, stride, width_px, height_px);
}
