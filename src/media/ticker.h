// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A camera's beat for sources that are no camera: a timerfd that is readable when a frame is due.
// Knows no pictures.
#ifndef LKCAM_MEDIA_TICKER_H
#define LKCAM_MEDIA_TICKER_H

#include <stdint.h>

#include "base/time.h"

struct lkcam_ticker {
    int fd;
    /* private */
    lkcam_us start;
    int fps_num, fps_den;
    uint64_t next; // number of the frame that the timer is set for
};

/** Frame 0 is due at once, frame n at n / fps after it: reckoned from the start, so without drift.
 * @return 0 or -errno. */
int lkcam_ticker_open(struct lkcam_ticker *t, int fps_num, int fps_den);
void lkcam_ticker_close(struct lkcam_ticker *t);

/**
 * The newest frame that is due. `number` counts from 0; `late` frames before it were never seen.
 * @return 1, 0 = none due, -errno.
 */
int lkcam_ticker_take(struct lkcam_ticker *t, uint64_t *number, lkcam_us *due, uint64_t *late);

#endif
