// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The true frame rate, from capture times: a camera's night mode drops to 15 without a word.
#ifndef LKCAM_MEDIA_FPS_H
#define LKCAM_MEDIA_FPS_H

#include "base/time.h"

struct lkcam_fps {
    /* private */
    int value_milli;
    lkcam_us last;
    int away; // frames in a row that speak for another rate: > 0 a slower one, < 0 a quicker one
    lkcam_us run_us; // their intervals together
};

void lkcam_fps_init(struct lkcam_fps *f, int nominal_milli);

/** @return frames per 1000 s to encode this frame with; moves only for a change of more than 10 %
 * seen in 8 frames running. */
int lkcam_fps_input(struct lkcam_fps *f, lkcam_us captured);

#endif
