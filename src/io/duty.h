// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Whether our real-time threads leave the machine to anybody else. RLIMIT_RTTIME sees a thread that
// never pauses (io/rt); this sees threads that pause, each for a moment, and together still take
// all cores. Looks at the process as a whole, which costs one system call, and at its threads only
// while that has too much.
#ifndef LKCAM_IO_DUTY_H
#define LKCAM_IO_DUTY_H

#include <stdbool.h>

#include "base/time.h"

// Ours: what is left to others is a fifth of the machine, and two seconds without it are noticed.
#define LKCAM_DUTY_MAX_PERCENT 80
#define LKCAM_DUTY_SPAN_US LKCAM_SECONDS(2)
#define LKCAM_DUTY_INTERVAL_US LKCAM_MS(500)

struct lkcam_duty {
    int cores; // that this process may use
    /* private */
    lkcam_us at, process_us; // when the process was looked at last, and its CPU time then
    lkcam_us since, fifo_us; // when its threads were, for the first time in a row; LKCAM_NEVER
};

void lkcam_duty_init(struct lkcam_duty *d, int cores, lkcam_us now, lkcam_us process_us);

/** No earlier than this the process is worth another look. */
static inline lkcam_us lkcam_duty_due(const struct lkcam_duty *d)
{
    return d->at + LKCAM_DUTY_INTERVAL_US;
}

/** The CPU time of the process so far. @return whether its threads have to be looked at now. */
bool lkcam_duty_process(struct lkcam_duty *d, lkcam_us now, lkcam_us process_us);

/** The CPU time so far of the threads at FIFO. @return whether they have had too much for too
 * long: they lose their priority. */
bool lkcam_duty_fifo(struct lkcam_duty *d, lkcam_us now, lkcam_us fifo_us);

#endif
