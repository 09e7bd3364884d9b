// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Draws and reads the strip of blocks described in stamp.h. Knows pictures as bytes, not where they
// come from.
#include "media/stamp.h"

#include <string.h>

#include "base/bytes.h"

enum {
    BLACK = 16,
    WHITE = 235,
    GREY_CHROMA = 128,
    THRESHOLD = (BLACK + WHITE) / 2,
    MESSAGE_BYTES = 12
};

int lkcam_stamp_block_px(int width_px, int height_px)
{
    int block = width_px >= 640 ? 16 : 8;
    if (width_px < LKCAM_STAMP_COLUMNS * block || height_px < LKCAM_STAMP_ROWS * block)
        block = 8;
    return width_px < LKCAM_STAMP_COLUMNS * block || height_px < LKCAM_STAMP_ROWS * block ? 0
                                                                                          : block;
}

// CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xffff, nothing reflected, no final xor.
static uint16_t crc16(const uint8_t *p, size_t len)
{
    uint16_t crc = 0xffff;
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint16_t)(p[i] << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return crc;
}

// The strip's bits in the order of its blocks: id, low time, high time, CRC.
static void write_message(uint8_t out[MESSAGE_BYTES], uint32_t id, uint64_t time)
{
    uint8_t checked[10];
    lkcam_put_uint(checked, id, 4);
    lkcam_put_uint(checked + 4, time, 6);

    lkcam_put_uint(out, id, 4);
    lkcam_put_uint(out + 4, time & 0xffffffff, 4);
    lkcam_put_uint(out + 8, time >> 32, 2);
    lkcam_put_uint(out + 10, crc16(checked, sizeof checked), 2);
}

static void fill(uint8_t *plane, int stride, int x, int y, int width, int height, int value)
{
    for (int row = y; row < y + height; row++)
        memset(plane + (ptrdiff_t)row * stride + x, value, (size_t)width);
}

static bool bit_at(const uint8_t message[MESSAGE_BYTES], int column, int row)
{
    return message[row * 4 + column / 8] >> (7 - column % 8) & 1;
}

void lkcam_stamp_draw(uint8_t *y, int y_stride, uint8_t *u, uint8_t *v, int uv_stride, int width_px,
                      int height_px, uint32_t id, lkcam_us time)
{
    int block = lkcam_stamp_block_px(width_px, height_px);
    if (!block)
        return;
    uint8_t message[MESSAGE_BYTES];
    write_message(message, id, (uint64_t)time & 0xffffffffffff);
    for (int row = 0; row < LKCAM_STAMP_ROWS; row++)
        for (int column = 0; column < LKCAM_STAMP_COLUMNS; column++)
            fill(y, y_stride, column * block, row * block, block, block,
                 bit_at(message, column, row) ? WHITE : BLACK);

    int width = LKCAM_STAMP_COLUMNS * block / 2, height = LKCAM_STAMP_ROWS * block / 2;
    if (u)
        fill(u, uv_stride, 0, 0, width, height, GREY_CHROMA);
    if (v)
        fill(v, uv_stride, 0, 0, width, height, GREY_CHROMA);
}

// The middle half of a block: its edges are blurred by coding and scaling.
static bool block_is_white(const uint8_t *y, int stride, int block)
{
    int sum = 0;
    for (int row = block / 4; row < block * 3 / 4; row++)
        for (int column = block / 4; column < block * 3 / 4; column++)
            sum += y[(ptrdiff_t)row * stride + column];
    return sum > THRESHOLD * (block / 2) * (block / 2);
}

bool lkcam_stamp_read(const uint8_t *y, int y_stride, int width_px, int height_px, uint32_t *id,
                      lkcam_us *time)
{
    int block = lkcam_stamp_block_px(width_px, height_px);
    if (!block)
        return false;
    uint8_t message[MESSAGE_BYTES] = {0}, wanted[MESSAGE_BYTES];
    for (int row = 0; row < LKCAM_STAMP_ROWS; row++)
        for (int column = 0; column < LKCAM_STAMP_COLUMNS; column++)
            if (block_is_white(y + (ptrdiff_t)row * block * y_stride + column * block, y_stride,
                               block))
                message[row * 4 + column / 8] |= (uint8_t)(0x80 >> column % 8);

    struct lkcam_reader r = lkcam_reader_over(message, sizeof message);
    uint32_t read_id = lkcam_read_u32(&r);
    uint64_t low = lkcam_read_u32(&r), high = lkcam_read_u16(&r);
    write_message(wanted, read_id, high << 32 | low);
    if (memcmp(message, wanted, sizeof message))
        return false;
    *id = read_id;
    *time = (lkcam_us)(high << 32 | low);
    return true;
}
