// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Seeded moving pictures that stand for what cameras see. The same kind, size, seed and number give
// the same bytes.
#ifndef LKCAM_TESTS_TOOLS_CLIPS_H
#define LKCAM_TESTS_TOOLS_CLIPS_H

#include <stdint.h>

enum clip_kind {
    CLIP_PAN,       // a textured scene pans; light sensor noise
    CLIP_STATIC,    // it stands still, one textured object crosses it; light noise
    CLIP_LOW_LIGHT, // dark, slowly moving, heavy noise
};

struct clip;

struct clip *clip_new(enum clip_kind kind, int width_px, int height_px, uint32_t seed);
void clip_free(struct clip *c);

/** Frame `number` as unpadded I420. */
void clip_draw(const struct clip *c, uint32_t number, uint8_t *i420);

/** "pan", "static" or "lowlight"; @return -1 for anything else. */
int clip_kind_from_name(const char *name);

#endif
