// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// How good a picture is, beside PSNR.
#include "front.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 8 };

// Wang et al. 2004, over windows of 8x8 at each fourth pixel, as x264 and ffmpeg do.
static double ssim_of_window(const uint8_t *a, const uint8_t *b, int stride)
{
    int sum_a = 0, sum_b = 0, squares = 0, product = 0;
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++) {
            int p = a[(ptrdiff_t)y * stride + x], q = b[(ptrdiff_t)y * stride + x];
            sum_a += p;
            sum_b += q;
            squares += p * p + q * q;
            product += p * q;
        }
    double c1 = .01 * .01 * 255 * 255 * 64 * 64, c2 = .03 * .03 * 255 * 255 * 64 * 63;
    double means = (double)sum_a * sum_b,
           mean_squares = (double)sum_a * sum_a + (double)sum_b * sum_b;
    double variance = squares * 64.0 - mean_squares, covariance = product * 64.0 - means;
    return (2 * means + c1) * (2 * covariance + c2) / ((mean_squares + c1) * (variance + c2));
}

double front_ssim(const uint8_t *a, const uint8_t *b, int width, int height)
{
    double sum = 0;
    int count = 0;
    for (int y = 0; y + 8 <= height; y += 4)
        for (int x = 0; x + 8 <= width; x += 4, count++)
            sum +=
                ssim_of_window(a + (ptrdiff_t)y * width + x, b + (ptrdiff_t)y * width + x, width);
    return sum / count;
}

// ---- Flat blocks --------------------------------------------------------------------------------

struct block {
    int offset, spread;
};

static int flatter(const void *a, const void *b)
{
    const struct block *p = a, *q = b;
    return p->spread != q->spread ? p->spread - q->spread : p->offset - q->offset;
}

static int spread_of(const uint8_t *p, int stride)
{
    int sum = 0, squares = 0;
    for (int y = 0; y < BLOCK; y++)
        for (int x = 0; x < BLOCK; x++) {
            int v = p[y * stride + x];
            sum += v;
            squares += v * v;
        }
    return squares * BLOCK * BLOCK - sum * sum;
}

// Where rounding shows most, as in a sky or a face: the quarter of the blocks with the least
// variance.
bool front_find_flat(struct clip *c)
{
    int columns = c->width / BLOCK, count = columns * (c->height / BLOCK);
    struct block *block = malloc(sizeof *block * (size_t)count);
    c->flat_count = count / 4;
    c->flat = malloc(sizeof *c->flat * (size_t)c->flat_count * (size_t)c->frames);
    for (int i = 0; i < c->frames && block && c->flat; i++) {
        const uint8_t *luma = c->pictures + c->bytes * (size_t)i;
        for (int k = 0; k < count; k++) {
            int offset = k / columns * BLOCK * c->width + k % columns * BLOCK;
            block[k] = (struct block){offset, spread_of(luma + offset, c->width)};
        }
        qsort(block, (size_t)count, sizeof *block, flatter);
        for (int k = 0; k < c->flat_count; k++)
            c->flat[i * c->flat_count + k] = block[k].offset;
    }
    bool done = block && c->flat;
    free(block);
    return done;
}

double front_flat_psnr(const struct clip *c, int number, const uint8_t *decoded)
{
    const uint8_t *source = c->pictures + c->bytes * (size_t)number;
    const int *flat = c->flat + (ptrdiff_t)number * c->flat_count;
    int64_t sum = 0;
    for (int k = 0; k < c->flat_count; k++)
        for (int y = 0; y < BLOCK; y++)
            for (int x = 0; x < BLOCK; x++) {
                int at = flat[k] + y * c->width + x, d = source[at] - decoded[at];
                sum += d * d;
            }
    double mean = (double)sum / c->flat_count / BLOCK / BLOCK;
    return mean > 0 ? 10 * log10(255.0 * 255.0 / mean) : 100;
}
