// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Tells a driver the mode that was chosen and hears what became of it, in both of V4L2's
// interfaces. Knows no stream.
#ifndef LKCAM_MEDIA_V4L2_FORMAT_H
#define LKCAM_MEDIA_V4L2_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "media/v4l2_mode.h"

/** How a picture lies in a buffer: in one memory plane, or in one for each of its own planes. */
struct lkcam_v4l2_layout {
    int planes;            // memory planes: 1 to 3
    int stride_bytes[3];   // of each; 0 for a compressed format
    size_t frame_bytes[3]; // what a whole picture takes of each; 0 for a compressed format
    struct lkcam_color color;
};

/**
 * `type`: V4L2_BUF_TYPE_VIDEO_CAPTURE or V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE. `m` becomes what the
 * driver made of it; the rate is kept. @return 0, -EBUSY, -ENOTSUP: the driver wants something that
 * we do not read.
 */
int lkcam_v4l2_set_format(int fd, uint32_t type, struct lkcam_v4l2_mode *m,
                          struct lkcam_v4l2_layout *out);

/** A driver without rates keeps the one it has, and `m` as it is: what the frames' own times say is
 * followed anyway. */
void lkcam_v4l2_set_rate(int fd, uint32_t type, struct lkcam_source_mode *m);

#endif
