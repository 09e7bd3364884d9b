// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// "HH:MM:SS.mmm" in white on black, to be read off a screen. Knows no clock: the time is handed in.
#ifndef LKCAM_MEDIA_CLOCK_FACE_H
#define LKCAM_MEDIA_CLOCK_FACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

struct lkcam_rect {
    int x_px, y_px, width_px, height_px; // all even
};

/**
 * The clock stands at the left edge right below the stamp strip (y = 3 blocks; 0 without a strip)
 * and is 296x36 px in pictures at least 640 wide, else 148x18. @return false where the picture has
 * no room for it.
 */
bool lkcam_clock_face_place(int width_px, int height_px, struct lkcam_rect *out);

/** `day_us`: time since midnight. Does nothing without room. Planes of I420. */
void lkcam_clock_face_draw(uint8_t *y, int y_stride, uint8_t *u, uint8_t *v, int uv_stride,
                           int width_px, int height_px, lkcam_us day_us);

#endif
