// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A strip of black and white blocks that carries a frame's number and time through any coder.
//
//   32 blocks a row, most significant bit first, 3 rows in the picture's upper left corner:
//     row 0  frame id (32 bits)
//     row 1  time, us, low 32 bits, of CLOCK_MONOTONIC at the frame's capture
//     row 2  time, us, bits 32-47 | CRC-16/CCITT-FALSE (poly 0x1021, init 0xffff)
//            over the 10 bytes id, time (big-endian, 48 bits)
//   A block is 16x16 px where the picture is at least 640 wide (and 48 high), else 8x8:
//   white 235, black 16, chroma 128.
#ifndef LKCAM_MEDIA_STAMP_H
#define LKCAM_MEDIA_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define LKCAM_STAMP_COLUMNS 32
#define LKCAM_STAMP_ROWS 3

/** Side of a block, px; 0 where the picture is too small for a stamp (under 256 x 24). */
int lkcam_stamp_block_px(int width_px, int height_px);

/** Draw into luma and, where given, I420 chroma planes. */
void lkcam_stamp_draw(uint8_t *y, int y_stride, uint8_t *u, uint8_t *v, int uv_stride, int width_px,
                      int height_px, uint32_t id, lkcam_us time);

/** @return true and the values where the CRC is right. */
bool lkcam_stamp_read(const uint8_t *y, int y_stride, int width_px, int height_px, uint32_t *id,
                      lkcam_us *time);

#endif
