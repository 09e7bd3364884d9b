// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/duty.h"

void lkcam_duty_init(struct lkcam_duty *d, int cores, lkcam_us now, lkcam_us process_us)
{
    *d = (struct lkcam_duty){
        .cores = cores, .at = now, .process_us = process_us, .since = LKCAM_NEVER};
}

static bool too_much(const struct lkcam_duty *d, lkcam_us used, lkcam_us span)
{
    return used * 100 > span * d->cores * LKCAM_DUTY_MAX_PERCENT;
}

bool lkcam_duty_process(struct lkcam_duty *d, lkcam_us now, lkcam_us process_us)
{
    bool busy = too_much(d, process_us - d->process_us, now - d->at);
    d->at = now;
    d->process_us = process_us;
    if (!busy)
        d->since = LKCAM_NEVER;
    return busy;
}

bool lkcam_duty_fifo(struct lkcam_duty *d, lkcam_us now, lkcam_us fifo_us)
{
    bool first = d->since == LKCAM_NEVER;
    if (!first && now - d->since < LKCAM_DUTY_SPAN_US)
        return false;
    bool over = !first && too_much(d, fifo_us - d->fifo_us, now - d->since);
    d->since = over ? LKCAM_NEVER : now;
    d->fifo_us = fifo_us;
    return over;
}
