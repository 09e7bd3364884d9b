// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/wallclock.h"

#include <stdbool.h>

static lkcam_us offset_at(const struct lkcam_wallclock *w, lkcam_us at)
{
    lkcam_us gone = at > w->since ? at - w->since : 0;
    lkcam_us may = gone / (1000000 / LKCAM_WALLCLOCK_SLEW_PPM), wanted = w->to - w->from;
    if (wanted > may)
        return w->from + may;
    return wanted < -may ? w->from - may : w->to;
}

static void set(struct lkcam_wallclock *w, lkcam_us now, lkcam_us from, lkcam_us to)
{
    w->since = now;
    w->from = from;
    w->to = to;
}

void lkcam_wallclock_init(struct lkcam_wallclock *w, lkcam_us now, lkcam_us unix_us)
{
    w->steps = 0;
    set(w, now, unix_us - now, unix_us - now);
}

lkcam_us lkcam_wallclock_input(struct lkcam_wallclock *w, lkcam_us now, lkcam_us unix_us)
{
    lkcam_us seen = unix_us - now, ours = offset_at(w, now), off = seen - ours;
    bool step = off > LKCAM_WALLCLOCK_STEP_US || off < -LKCAM_WALLCLOCK_STEP_US;
    set(w, now, step ? seen : ours, seen);
    w->steps += step;
    return step ? off : 0;
}

lkcam_us lkcam_wallclock_unix(const struct lkcam_wallclock *w, lkcam_us at)
{
    return at + offset_at(w, at);
}
