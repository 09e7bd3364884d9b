// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/inflight.h"

void lkcam_inflight_wrote(struct lkcam_inflight *f, size_t bytes, lkcam_us now)
{
    unsigned last = (f->first + f->count + LKCAM_INFLIGHT_MARKS - 1) % LKCAM_INFLIGHT_MARKS;

    f->written += bytes;
    // A full ring makes its newest mark longer: the age of the oldest stays true.
    if (f->count &&
        (now < f->marks[last].at + LKCAM_INFLIGHT_STEP_US || f->count == LKCAM_INFLIGHT_MARKS)) {
        f->marks[last].end = f->written;
        return;
    }
    last = (f->first + f->count++) % LKCAM_INFLIGHT_MARKS;
    f->marks[last].end = f->written;
    f->marks[last].at = now;
}

lkcam_us lkcam_inflight_age(struct lkcam_inflight *f, size_t queued, lkcam_us now)
{
    uint64_t acknowledged = f->written > queued ? f->written - queued : 0;

    while (f->count && f->marks[f->first].end <= acknowledged) {
        f->first = (f->first + 1) % LKCAM_INFLIGHT_MARKS;
        f->count--;
    }
    return f->count ? now - f->marks[f->first].at : 0;
}
