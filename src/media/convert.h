// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// From a source's format to the encoder's 4:2:0: in one step, or by the reference path through
// RGBA. The one home of libyuv; MJPEG is decoded by media/mjpeg.
#ifndef LKCAM_MEDIA_CONVERT_H
#define LKCAM_MEDIA_CONVERT_H

#include "media/frame.h"

struct lkcam_mjpeg; // media/mjpeg.h

enum lkcam_convert_path {
    LKCAM_CONVERT_I420, // one step
    LKCAM_CONVERT_RGBA, // the whole picture as RGBA between: what the one step is compared with
};

struct lkcam_convert {
    /* private */
    enum lkcam_convert_path path;
    enum lkcam_pixel_format to;
    int width_px, height_px;
    uint8_t *buffer; // one 4:2:0 picture, and behind it `rgba` or wide chroma of MJPEG
    uint8_t *rgba;   // bytes B, G, R, A
    struct lkcam_mjpeg *mjpeg;
};

/** Which of I420 and NV12 is the quicker input for frames of this format, all the way through x264
 * (docs/design/convert.md). */
enum lkcam_pixel_format lkcam_convert_target(enum lkcam_pixel_format from,
                                             enum lkcam_convert_path path);

/** @return 0, -ENOMEM, -EINVAL (odd size). Allocates all that later calls need. */
int lkcam_convert_init(struct lkcam_convert *c, enum lkcam_pixel_format from,
                       enum lkcam_convert_path path, int width_px, int height_px);
void lkcam_convert_deinit(struct lkcam_convert *c);

/**
 * `out` points into the converter's buffer, or, where the frame already has the target's form, into
 * the frame itself (`*borrowed` true: keep the frame until the encode is over).
 * @return 0, or -EBADMSG for a compressed frame that cannot be decoded.
 */
int lkcam_convert_frame(struct lkcam_convert *c, const struct lkcam_frame *in,
                        struct lkcam_picture *out, bool *borrowed);

/** The other way, for sources that draw: an unpadded I420 picture to another raw format without
 * padding. */
void lkcam_convert_from_i420(const uint8_t *i420, int width_px, int height_px,
                             enum lkcam_pixel_format to, uint8_t *out);

#endif
