// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The test pattern as a function of its number: a grainy texture that pans, bars that cross it, a
// box that bounces. Quick, because a pan is a copy from another place of one tile. Knows no time.
#include <pthread.h>
#include <string.h>

#include "media/source.h"

enum { TILE = 512, GRAIN = 256, CHROMA = TILE / 2 };

static uint8_t luma_tile[TILE][TILE], grain_tile[GRAIN][GRAIN];
static uint8_t u_tile[CHROMA][CHROMA], v_tile[CHROMA][CHROMA];

struct canvas {
    uint8_t *y, *u, *v;
    int width, height;
};

// A good mixer of 32 bits: neighbouring inputs give unrelated outputs.
static uint32_t mix(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352d;
    x = (x ^ x >> 15) * 0x846ca68b;
    return x ^ x >> 16;
}

// 0..255 at a lattice point; the lattice has `period` points a side and repeats.
static int lattice(uint32_t seed, int x, int y, int period)
{
    return (int)(mix(seed * 0x9e3779b9u + (uint32_t)(y % period * period + x % period)) & 255);
}

// Lattice values `cell` apart with straight lines between them.
static int smooth_noise(uint32_t seed, int x, int y, int cell, int period)
{
    int cx = x / cell, cy = y / cell, fx = x % cell, fy = y % cell;
    int top = lattice(seed, cx, cy, period) * (cell - fx) + lattice(seed, cx + 1, cy, period) * fx;
    int bottom = lattice(seed, cx, cy + 1, period) * (cell - fx) +
                 lattice(seed, cx + 1, cy + 1, period) * fx;
    return (top * (cell - fy) + bottom * fy) / (cell * cell);
}

static int octaves(uint32_t seed, int x, int y, int side)
{
    return (smooth_noise(seed, x, y, 64, side / 64) * 8 +
            smooth_noise(seed + 1, x, y, 16, side / 16) * 5 +
            smooth_noise(seed + 2, x, y, 4, side / 4) * 3) /
           16;
}

static void make_tiles(void)
{
    for (int y = 0; y < TILE; y++)
        for (int x = 0; x < TILE; x++)
            luma_tile[y][x] = (uint8_t)(30 + octaves(1, x, y, TILE) * 3 / 4);
    for (int y = 0; y < CHROMA; y++)
        for (int x = 0; x < CHROMA; x++) {
            u_tile[y][x] = (uint8_t)(96 + octaves(11, x, y, CHROMA) / 4);
            v_tile[y][x] = (uint8_t)(96 + octaves(21, x, y, CHROMA) / 4);
        }
    for (int y = 0; y < GRAIN; y++)
        for (int x = 0; x < GRAIN; x++)
            grain_tile[y][x] = (uint8_t)(mix(0x40000000u + (uint32_t)(y * GRAIN + x)) % 5);
}

// The grain lies elsewhere in each picture, as a sensor's noise does: nothing to be had from the
// picture before.
static void draw_luma_row(uint8_t *out, int width, const uint8_t *texture, int tx,
                          const uint8_t *grain, int gx)
{
    for (int x = 0; x < width;) {
        int t = (x + tx) % TILE, g = (x + gx) % GRAIN, span = width - x;
        span = span < TILE - t ? span : TILE - t;
        span = span < GRAIN - g ? span : GRAIN - g;
        for (int i = 0; i < span; i++)
            out[x + i] = (uint8_t)(texture[t + i] + grain[g + i]);
        x += span;
    }
}

static void draw_chroma_row(uint8_t *out, int width, const uint8_t *texture, int tx)
{
    for (int x = 0; x < width;) {
        int t = (x + tx) % CHROMA, span = width - x < CHROMA - t ? width - x : CHROMA - t;
        memcpy(out + x, texture + t, (size_t)span);
        x += span;
    }
}

static void draw_texture(const struct canvas *c, uint32_t id)
{
    int dx = (int)(id * 4 % TILE), dy = (int)(id * 2 % TILE);
    uint32_t jump = mix(id);
    int gx = (int)(jump % GRAIN), gy = (int)(jump >> 16) % GRAIN;
    for (int y = 0; y < c->height; y++)
        draw_luma_row(c->y + (ptrdiff_t)y * c->width, c->width, luma_tile[(y + dy) % TILE], dx,
                      grain_tile[(y + gy) % GRAIN], gx);
    for (int y = 0; y < c->height / 2; y++) {
        int row = (y + dy / 2) % CHROMA, half = c->width / 2;
        draw_chroma_row(c->u + (ptrdiff_t)y * half, half, u_tile[row], dx / 2);
        draw_chroma_row(c->v + (ptrdiff_t)y * half, half, v_tile[row], dx / 2);
    }
}

// What of the box lies outside is cut off. All figures even.
static void draw_box(const struct canvas *c, int x, int y, int width, int height,
                     const uint8_t colour[3])
{
    int left = x < 0 ? 0 : x, right = x + width < c->width ? x + width : c->width;
    if (left >= right)
        return;
    for (int row = y; row < y + height && row < c->height; row++)
        memset(c->y + (ptrdiff_t)row * c->width + left, colour[0], (size_t)(right - left));
    for (int row = y / 2; row < (y + height) / 2 && row < c->height / 2; row++) {
        memset(c->u + (ptrdiff_t)row * (c->width / 2) + left / 2, colour[1],
               (size_t)(right - left) / 2);
        memset(c->v + (ptrdiff_t)row * (c->width / 2) + left / 2, colour[2],
               (size_t)(right - left) / 2);
    }
}

static int even(int v)
{
    return v & ~1;
}

static void draw_bars(const struct canvas *c, uint32_t id)
{
    static const uint8_t colours[5][3] = {
        {235, 128, 128}, {16, 128, 128}, {145, 54, 34}, {81, 90, 240}, {41, 240, 110},
    };
    int width = even(c->width / 24), step = even(c->width / 8), top = even(c->height * 5 / 8);
    for (int i = 0; i < 5; i++) {
        int x = (int)((id * 6 + (uint32_t)(i * step)) % (uint32_t)(c->width + width)) - width;
        draw_box(c, x, top, width, even(c->height / 8), colours[i]);
    }
}

// 0, 2, 4 .. range, .. 2, 0: there and back.
static int bounce(uint32_t travelled, int range)
{
    int at = (int)(travelled % (uint32_t)(2 * range));
    return even(at < range ? at : 2 * range - at);
}

void lkcam_pattern_draw(uint8_t *i420, int width_px, int height_px, uint32_t id)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static const uint8_t orange[3] = {150, 44, 188};
    pthread_once(&once, make_tiles);

    ptrdiff_t luma = (ptrdiff_t)width_px * height_px;
    struct canvas c = {i420, i420 + luma, i420 + luma + luma / 4, width_px, height_px};
    draw_texture(&c, id);
    draw_bars(&c, id);
    int side = even((width_px < height_px ? width_px : height_px) / 6);
    draw_box(&c, bounce(id * 10, width_px - side), bounce(id * 6, height_px - side), side, side,
             orange);
}
