// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A clock of 5x7 dots a character, enlarged. Knows pictures as bytes.
#include "media/clock_face.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "media/stamp.h"

enum { COLUMNS = 6, ROWS = 7, CHARACTERS = 12, BLACK = 16, WHITE = 235, GREY_CHROMA = 128 };

// Five dots a row, the leftmost in bit 4; then ':' and '.'.
static const uint8_t font[12][ROWS] = {
    {0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e}, {0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e},
    {0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f}, {0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e},
    {0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02}, {0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e},
    {0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e}, {0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08},
    {0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e}, {0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c},
    {0x00, 0x0c, 0x0c, 0x00, 0x0c, 0x0c, 0x00}, {0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x0c},
};

static int dot_px(int width_px)
{
    return width_px >= 640 ? 4 : 2;
}

bool lkcam_clock_face_place(int width_px, int height_px, struct lkcam_rect *out)
{
    int dot = dot_px(width_px);
    *out = (struct lkcam_rect){
        .x_px = 0,
        .y_px = LKCAM_STAMP_ROWS * lkcam_stamp_block_px(width_px, height_px),
        .width_px = (CHARACTERS * COLUMNS + 2) * dot, // a margin of one dot
        .height_px = (ROWS + 2) * dot,
    };
    return out->width_px <= width_px && out->y_px + out->height_px <= height_px;
}

static void fill(uint8_t *plane, int stride, int x, int y, int width, int height, int value)
{
    for (int row = y; row < y + height; row++)
        memset(plane + (ptrdiff_t)row * stride + x, value, (size_t)width);
}

static void draw_character(uint8_t *at, int stride, int dot, char c)
{
    const uint8_t *rows = font[c == ':' ? 10 : c == '.' ? 11 : c - '0'];
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < 5; column++)
            if (rows[row] >> (4 - column) & 1)
                fill(at, stride, column * dot, row * dot, dot, dot, WHITE);
}

void lkcam_clock_face_draw(uint8_t *y, int y_stride, uint8_t *u, uint8_t *v, int uv_stride,
                           int width_px, int height_px, lkcam_us day_us)
{
    struct lkcam_rect r;
    if (!lkcam_clock_face_place(width_px, height_px, &r))
        return;
    unsigned ms = (unsigned)(day_us / 1000 % 86400000);
    char text[32];
    snprintf(text, sizeof text, "%02u:%02u:%02u.%03u", ms / 3600000, ms / 60000 % 60,
             ms / 1000 % 60, ms % 1000);

    fill(y, y_stride, r.x_px, r.y_px, r.width_px, r.height_px, BLACK);
    fill(u, uv_stride, r.x_px / 2, r.y_px / 2, r.width_px / 2, r.height_px / 2, GREY_CHROMA);
    fill(v, uv_stride, r.x_px / 2, r.y_px / 2, r.width_px / 2, r.height_px / 2, GREY_CHROMA);
    int dot = dot_px(width_px);
    uint8_t *first = y + (ptrdiff_t)(r.y_px + dot) * y_stride + r.x_px + dot;
    for (int i = 0; i < CHARACTERS; i++)
        draw_character(first + i * COLUMNS * dot, y_stride, dot, text[i]);
}
