// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Which of a camera's modes comes nearest to what was asked for. Knows no stream.
#ifndef LKCAM_MEDIA_V4L2_MODE_H
#define LKCAM_MEDIA_V4L2_MODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/source.h"

#define LKCAM_V4L2_MODES_MAX 512

struct lkcam_v4l2_mode {
    struct lkcam_source_mode mode;
    uint32_t fourcc; // V4L2 has several codes for some formats: NV12, and NM12 for its planes apart
};

/** The format that a V4L2 code stands for; NONE: not read. */
enum lkcam_pixel_format lkcam_v4l2_format(uint32_t fourcc);

/** Whether frames can come at such an interval: 1 ms to 10 s. Drivers tell nonsense too. */
bool lkcam_v4l2_is_interval(uint32_t numerator, uint32_t denominator);

/** The value in min, min + step .. max nearest to `want`. A step of 0 or 1 means any. */
int lkcam_v4l2_nearest_step(int want, int min, int max, int step);

/**
 * List the modes that we can read. `type`: V4L2_BUF_TYPE_VIDEO_CAPTURE or its multi-planar kind.
 * Where a driver gives ranges instead of values, the one value nearest to `want` stands for the
 * range; where it does not enumerate at all, what is wanted is taken on trust (the driver answers
 * when it is set). @return how many, at most `cap`; 0: no format that we read.
 */
size_t lkcam_v4l2_modes(int fd, uint32_t type, const struct lkcam_source_mode *want,
                        struct lkcam_v4l2_mode *out, size_t cap);

/**
 * The nearest size first; of these what reaches the rate, else the quickest; of these raw before
 * MJPEG; of these the rate nearest from above, then the format that costs the least conversion.
 * want->format restricts the choice where it is not NONE. @return an index, or -1 where nothing
 * fits.
 */
int lkcam_v4l2_choose(const struct lkcam_v4l2_mode *modes, size_t count,
                      const struct lkcam_source_mode *want);

#endif
