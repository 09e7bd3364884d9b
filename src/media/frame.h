// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Pictures as a source hands them out and as an encoder takes them. Knows neither.
#ifndef LKCAM_MEDIA_FRAME_H
#define LKCAM_MEDIA_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

enum lkcam_pixel_format {
    LKCAM_PIXEL_NONE,
    LKCAM_PIXEL_I420,
    LKCAM_PIXEL_NV12,
    LKCAM_PIXEL_YUYV,
    LKCAM_PIXEL_UYVY,
    LKCAM_PIXEL_RGB24, // bytes R, G, B
    LKCAM_PIXEL_BGR24, // bytes B, G, R
    LKCAM_PIXEL_MJPEG,
};

/** "YUYV" and so on, as V4L2 and the command line spell them ("I420" is V4L2's YU12). */
const char *lkcam_pixel_name(enum lkcam_pixel_format f);

/** @return the format of a name without regard to case, LKCAM_PIXEL_NONE where unknown. */
enum lkcam_pixel_format lkcam_pixel_from_name(const char *name);

/** Bytes of a pixel in a format of one plane, chroma shared by two pixels included; 0 for planar
 * and compressed formats. */
int lkcam_pixel_packed_bytes(enum lkcam_pixel_format f);

/** How many planes: 1 to 3; 0 for a compressed format. */
int lkcam_pixel_planes(enum lkcam_pixel_format f);

/** Bytes of one picture without padding; 0 for a compressed format. */
size_t lkcam_pixel_bytes(enum lkcam_pixel_format f, int width_px, int height_px);

/** ITU-T H.273: by which coefficients YCbCr was made of RGB. */
enum lkcam_matrix { LKCAM_MATRIX_UNKNOWN, LKCAM_MATRIX_BT601, LKCAM_MATRIX_BT709 };

/** What a receiver has to know of YCbCr to show the colours that were meant. */
struct lkcam_color {
    enum lkcam_matrix matrix;
    bool full_range; // black is 0 and white 255, not 16 and 235
};

/** What a source hands out: borrowed from it until given back. */
struct lkcam_frame {
    enum lkcam_pixel_format format;
    int width_px, height_px;
    const uint8_t *plane[3];
    int stride_bytes[3];
    size_t bytes;           // of plane[0] for a compressed format
    lkcam_us captured;      // CLOCK_MONOTONIC
    bool start_of_exposure; // what `captured` marks; else the end of the frame's arrival
    uint64_t sequence;      // of the source; gaps are frames lost before us
    int token;              /* private: the source's buffer */
};

/**
 * Point the planes of a raw format into one block, plane after plane, rows `stride_bytes` apart (0:
 * no padding; chroma rows of I420 half of it), as V4L2's single-plane formats and files have it.
 * Sizes are even.
 */
void lkcam_frame_lay_out(struct lkcam_frame *f, enum lkcam_pixel_format format, int width_px,
                         int height_px, const uint8_t *bytes, int stride_bytes);

/** 4:2:0 as an encoder takes it: I420 (three planes) or NV12 (two). */
struct lkcam_picture {
    enum lkcam_pixel_format format;
    int width_px, height_px;
    const uint8_t *plane[3];
    int stride_bytes[3];
};

#endif
