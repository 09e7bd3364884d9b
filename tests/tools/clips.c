// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "tools/clips.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN = 512, OBJECT = 192 };

struct clip {
    enum clip_kind kind;
    int width, height, stride, rows; // of the scene: the picture and a margin
    uint32_t seed;
    uint8_t *luma, *u, *v; // the scene without noise; chroma at half size
};

static uint32_t mix(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352d;
    x = (x ^ x >> 15) * 0x846ca68b;
    return x ^ x >> 16;
}

static int lattice(uint32_t seed, int x, int y)
{
    return (int)(mix(mix(seed + (uint32_t)x * 0x9e3779b9u) + (uint32_t)y) & 255);
}

static int smooth(uint32_t seed, int x, int y, int cell)
{
    int cx = x / cell, cy = y / cell, fx = x % cell, fy = y % cell;
    int top = lattice(seed, cx, cy) * (cell - fx) + lattice(seed, cx + 1, cy) * fx;
    int bottom = lattice(seed, cx, cy + 1) * (cell - fx) + lattice(seed, cx + 1, cy + 1) * fx;
    return (top * (cell - fy) + bottom * fy) / (cell * cell);
}

static int texture(uint32_t seed, int x, int y)
{
    return (smooth(seed, x, y, 97) * 9 + smooth(seed + 1, x, y, 23) * 4 +
            smooth(seed + 2, x, y, 7) * 2 + smooth(seed + 3, x, y, 3)) /
           16;
}

struct clip *clip_new(enum clip_kind kind, int width_px, int height_px, uint32_t seed)
{
    struct clip *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    *c = (struct clip){kind, width_px, height_px, width_px + MARGIN, height_px + MARGIN, seed,
                       NULL, NULL,     NULL};
    size_t pixels = (size_t)c->stride * (size_t)c->rows;
    c->luma = malloc(pixels);
    c->u = malloc(pixels / 4);
    c->v = malloc(pixels / 4);
    if (!c->luma || !c->u || !c->v) {
        clip_free(c);
        return NULL;
    }
    for (int y = 0; y < c->rows; y++)
        for (int x = 0; x < c->stride; x++) {
            int t = texture(seed, x, y);
            c->luma[(ptrdiff_t)y * c->stride + x] =
                (uint8_t)(kind == CLIP_LOW_LIGHT ? 20 + t / 5 : 20 + t * 7 / 8);
        }
    for (int y = 0; y < c->rows / 2; y++)
        for (int x = 0; x < c->stride / 2; x++) {
            c->u[(ptrdiff_t)y * (c->stride / 2) + x] =
                (uint8_t)(104 + smooth(seed + 4, x, y, 41) / 5);
            c->v[(ptrdiff_t)y * (c->stride / 2) + x] =
                (uint8_t)(104 + smooth(seed + 5, x, y, 41) / 5);
        }
    return c;
}

void clip_free(struct clip *c)
{
    if (!c)
        return;
    free(c->luma);
    free(c->u);
    free(c->v);
    free(c);
}

// There and back within the margin, so that a clip may be as long as one likes.
static int sweep(uint32_t travelled, int range)
{
    int at = (int)(travelled % (uint32_t)(2 * range));
    return at < range ? at : 2 * range - at;
}

static void copy_scene(const struct clip *c, int dx, int dy, uint8_t *y, uint8_t *u, uint8_t *v)
{
    for (int row = 0; row < c->height; row++)
        memcpy(y + (ptrdiff_t)row * c->width, c->luma + (ptrdiff_t)(row + dy) * c->stride + dx,
               (size_t)c->width);
    for (int row = 0; row < c->height / 2; row++) {
        ptrdiff_t from = (ptrdiff_t)(row + dy / 2) * (c->stride / 2) + dx / 2;
        memcpy(u + (ptrdiff_t)row * (c->width / 2), c->u + from, (size_t)c->width / 2);
        memcpy(v + (ptrdiff_t)row * (c->width / 2), c->v + from, (size_t)c->width / 2);
    }
}

// A piece of the scene's far corner, turned to its negative.
static void draw_object(const struct clip *c, uint32_t number, uint8_t *y)
{
    int side = OBJECT < c->height / 2 ? OBJECT : c->height / 2;
    int left = sweep(number * 5, c->width - side), top = sweep(number * 3, c->height - side);
    for (int row = 0; row < side; row++)
        for (int x = 0; x < side; x++)
            y[(ptrdiff_t)(top + row) * c->width + left + x] =
                (uint8_t)(255 - c->luma[(ptrdiff_t)(c->rows - 1 - row) * c->stride + x]);
}

// The sum of four even distributions is nearly a bell curve; `amplitude` is about three of its
// deviations.
static void add_noise(uint32_t seed, int amplitude, uint8_t *p, size_t len)
{
    uint32_t state = mix(seed) | 1;
    for (size_t i = 0; i < len; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        int sum = (int)(state & 255) + (int)(state >> 8 & 255) + (int)(state >> 16 & 255) +
                  (int)(state >> 24) - 510;
        int value = p[i] + sum * amplitude / 512;
        p[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

void clip_draw(const struct clip *c, uint32_t number, uint8_t *i420)
{
    static const struct {
        int luma, chroma;
    } noise[] = {{6, 3}, {5, 3}, {24, 12}};
    size_t pixels = (size_t)c->width * (size_t)c->height;
    uint8_t *u = i420 + pixels, *v = u + pixels / 4;
    int dx = c->kind == CLIP_PAN         ? sweep(number * 5, MARGIN)
             : c->kind == CLIP_LOW_LIGHT ? sweep(number, MARGIN)
                                         : 0;
    int dy = c->kind == CLIP_PAN ? sweep(number * 2, MARGIN) : 0;
    copy_scene(c, dx, dy, i420, u, v);
    if (c->kind == CLIP_STATIC)
        draw_object(c, number, i420);
    add_noise(c->seed + number * 2, noise[c->kind].luma, i420, pixels);
    add_noise(c->seed + number * 2 + 1, noise[c->kind].chroma, u, pixels / 2);
}

int clip_kind_from_name(const char *name)
{
    static const char *const names[] = {"pan", "static", "lowlight"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(name, names[i]))
            return i;
    return -1;
}
