// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A driver's buffers: asked for, mapped, queued and dequeued, through either of V4L2's interfaces.
// Knows formats by their layout only.
#ifndef LKCAM_MEDIA_V4L2_BUFFER_H
#define LKCAM_MEDIA_V4L2_BUFFER_H

#include <stdbool.h>

#include "base/time.h"
#include "media/v4l2_format.h"

#define LKCAM_V4L2_BUFFERS_MAX 8

struct lkcam_v4l2_buffers {
    /* private */
    int fd;
    uint32_t type; // V4L2_BUF_TYPE_...
    int planes;    // memory planes of each
    uint32_t count;
    struct {
        uint8_t *p[3];
        size_t len[3];
    } buffer[LKCAM_V4L2_BUFFERS_MAX];
};

/** A buffer that the driver has handed over, to be queued again by its index. */
struct lkcam_v4l2_full {
    uint32_t index, sequence, flags; // as V4L2 has them
    lkcam_us stamped;                // by the clock that `flags` names; LKCAM_NEVER: nonsense
    const uint8_t *p[3];             // each memory plane's data
    size_t bytes[3];                 // 0: none, or more than the plane has
};

/** Ask for `wanted` buffers (the driver may give more), map and queue them. On failure
 * lkcam_v4l2_unmap() frees what is mapped.
 * @return 0, -ENOMEM (fewer than two), -EPROTO (smaller than the layout says), -errno. */
int lkcam_v4l2_map(struct lkcam_v4l2_buffers *b, int fd, uint32_t type,
                   const struct lkcam_v4l2_layout *layout, uint32_t wanted);
void lkcam_v4l2_unmap(struct lkcam_v4l2_buffers *b);

/** @return 0 or -errno. */
int lkcam_v4l2_queue(const struct lkcam_v4l2_buffers *b, uint32_t index);

/** One full buffer. @return 1, 0 = none, -errno. */
int lkcam_v4l2_dequeue(const struct lkcam_v4l2_buffers *b, struct lkcam_v4l2_full *out);

#endif
