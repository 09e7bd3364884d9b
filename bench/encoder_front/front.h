// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// An encoder under measurement, set up as lkcam sets up its own and changed by a string of options.
#ifndef LKCAM_BENCH_ENCODER_FRONT_H
#define LKCAM_BENCH_ENCODER_FRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/frame.h"

struct clip {
    int width, height, frames;
    size_t bytes;      // of one picture
    uint8_t *pictures; // I420
    int *flat;         // where the flattest blocks begin: flat_count of each picture
    int flat_count;
};

/** Finds the flattest quarter of each picture's 8x8 blocks. @return false: no memory. */
bool front_find_flat(struct clip *c);
/** Luma PSNR of those alone, in dB. */
double front_flat_psnr(const struct clip *c, int number, const uint8_t *decoded);
/** Of two luma planes. */
double front_ssim(const uint8_t *a, const uint8_t *b, int width, int height);

struct front_config {
    int width, height, fps, bitrate_bps;
    const char *options;
};

/** What one picture came to: Annex B, in the order of the picture. */
struct front_coded {
    uint8_t *bytes;
    size_t len;
    double first_slice_ms; // on front_wall_ms's clock
};

struct front_encoder;

struct front_encoder {
    int threads;
    bool (*encode)(struct front_encoder *e, const struct lkcam_picture *p, int number, bool key,
                   struct front_coded *out);
    void (*close)(struct front_encoder *e);
};

double front_wall_ms(void);

/** `options` as x264 has them: "preset=superfast:subme=2:threads=2"; and unchanged=N, which skips
 * macroblocks whose mean difference from what was last coded is at most N / 16, and told=N, the
 * rate that x264 is told in percent of the bitrate (103).
 * @return NULL where x264 does not take them. */
struct front_encoder *front_x264_open(const struct front_config *cfg);

/** `options` is "openh264:complexity=0:threads=1:slices=4:denoise=0:aq=0:deblock=1". */
struct front_encoder *front_openh264_open(const struct front_config *cfg);

#endif
