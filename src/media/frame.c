// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Names and sizes of pixel formats. Knows nothing of who makes or takes the pictures.
#include "media/frame.h"

#include <strings.h>

static const struct {
    enum lkcam_pixel_format format;
    const char *name;
} names[] = {
    {LKCAM_PIXEL_I420, "I420"},
    {LKCAM_PIXEL_NV12, "NV12"},
    {LKCAM_PIXEL_YUYV, "YUYV"},
    {LKCAM_PIXEL_UYVY, "UYVY"},
    {LKCAM_PIXEL_RGB24, "RGB24"},
    {LKCAM_PIXEL_BGR24, "BGR24"},
    {LKCAM_PIXEL_MJPEG, "MJPEG"},
    // Read only: the other names that these formats go by.
    {LKCAM_PIXEL_I420, "YU12"},
    {LKCAM_PIXEL_RGB24, "RGB3"},
    {LKCAM_PIXEL_BGR24, "BGR3"},
    {LKCAM_PIXEL_MJPEG, "MJPG"},
};

const char *lkcam_pixel_name(enum lkcam_pixel_format f)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].format == f)
            return names[i].name;
    return "none";
}

enum lkcam_pixel_format lkcam_pixel_from_name(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(names[i].name, name))
            return names[i].format;
    return LKCAM_PIXEL_NONE;
}

int lkcam_pixel_packed_bytes(enum lkcam_pixel_format f)
{
    switch (f) {
    case LKCAM_PIXEL_YUYV:
    case LKCAM_PIXEL_UYVY:
        return 2;
    case LKCAM_PIXEL_RGB24:
    case LKCAM_PIXEL_BGR24:
        return 3;
    case LKCAM_PIXEL_I420:
    case LKCAM_PIXEL_NV12:
    case LKCAM_PIXEL_NONE:
    case LKCAM_PIXEL_MJPEG:
        return 0;
    }
    return 0;
}

int lkcam_pixel_planes(enum lkcam_pixel_format f)
{
    return f == LKCAM_PIXEL_I420 ? 3 : f == LKCAM_PIXEL_NV12 ? 2 : lkcam_pixel_packed_bytes(f) != 0;
}

size_t lkcam_pixel_bytes(enum lkcam_pixel_format f, int width_px, int height_px)
{
    size_t pixels = (size_t)width_px * (size_t)height_px;
    if (lkcam_pixel_planes(f) > 1)
        return pixels + pixels / 2;
    return pixels * (size_t)lkcam_pixel_packed_bytes(f);
}

void lkcam_frame_lay_out(struct lkcam_frame *f, enum lkcam_pixel_format format, int width_px,
                         int height_px, const uint8_t *bytes, int stride_bytes)
{
    int packed = lkcam_pixel_packed_bytes(format);
    bool nv12 = format == LKCAM_PIXEL_NV12;
    int stride = stride_bytes ? stride_bytes : width_px * (packed ? packed : 1);
    const uint8_t *second = bytes + (size_t)stride * (size_t)height_px;
    const uint8_t *third = second + (size_t)(stride / 2) * (size_t)(height_px / 2);

    f->format = format;
    f->width_px = width_px;
    f->height_px = height_px;
    f->plane[0] = bytes;
    f->plane[1] = packed ? NULL : second;
    f->plane[2] = packed || nv12 ? NULL : third;
    f->stride_bytes[0] = stride;
    f->stride_bytes[1] = packed ? 0 : nv12 ? stride : stride / 2;
    f->stride_bytes[2] = packed || nv12 ? 0 : stride / 2;
}
