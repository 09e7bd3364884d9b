// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Follows a source's true frame rate. Knows capture times; knows no camera and no clock.
#include "media/fps.h"

// Ours: long enough not to mistake a hiccup for a rate, short enough to give a slowed camera its
// bytes in half a second.
#define FRAMES_AWAY 8
#define LONGEST_INTERVAL_US LKCAM_SECONDS(2) // a pause, not a rate
#define SHORTEST_INTERVAL_US 1000            // frames that come in a bunch

void lkcam_fps_init(struct lkcam_fps *f, int nominal_milli)
{
    *f = (struct lkcam_fps){.value_milli = nominal_milli, .last = LKCAM_NEVER};
}

// Which way an interval departs from the present rate: -1 quicker, +1 slower, 0 within 10 %.
static int direction(const struct lkcam_fps *f, lkcam_us interval)
{
    int64_t milli = 1000000000 / interval;
    if (milli * 10 > (int64_t)f->value_milli * 11)
        return -1;
    return milli * 10 < (int64_t)f->value_milli * 9 ? 1 : 0;
}

static void follow(struct lkcam_fps *f, lkcam_us interval)
{
    int way = direction(f, interval);
    if (!way || (way > 0) != (f->away > 0)) {
        f->away = 0;
        f->run_us = 0;
    }
    f->away += way;
    f->run_us += way ? interval : 0;
    if (f->away < FRAMES_AWAY && f->away > -FRAMES_AWAY)
        return;
    f->value_milli = (int)(FRAMES_AWAY * (int64_t)1000000000 / f->run_us);
    f->away = 0;
    f->run_us = 0;
}

int lkcam_fps_input(struct lkcam_fps *f, lkcam_us captured)
{
    lkcam_us interval = f->last == LKCAM_NEVER ? 0 : captured - f->last;
    f->last = captured;
    if (interval >= SHORTEST_INTERVAL_US && interval <= LONGEST_INTERVAL_US)
        follow(f, interval);
    return f->value_milli;
}
