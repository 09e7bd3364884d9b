// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Scheduling of our threads: FIFO, nice, CPU sets, locked memory. Only what the user asked for.
#ifndef LKCAM_IO_RT_H
#define LKCAM_IO_RT_H

#include "base/time.h"
#include "lkcam/lkcam.h"

struct lkcam_rt {
    enum lkcam_priority priority;
    int level;        // FIFO 1-97 or nice, 0: 15 or -10; the network thread gets one above
    const char *cpus; // NULL: anywhere
    int lock_memory;
};

/** @return 0 or -EINVAL: a list like "0,2-3" that names no CPU of this machine. */
int lkcam_rt_check_cpus(const char *cpus);

/** Threads that have been taken down from FIFO so far, by either guard. Any thread; who has a log
 * tells it. */
unsigned lkcam_rt_demoted(void);

/** The process: cores that it may use as it was started, CPU time so far. Before lkcam_rt_thread,
 * which may narrow the first. */
int lkcam_rt_cores(void);
lkcam_us lkcam_rt_process_us(void);

/** CPU time so far of our threads at FIFO: those that lkcam_rt_thread has named, and their helpers,
 * which inherit the name. Walks the threads of the process. */
lkcam_us lkcam_rt_fifo_us(void);

/** Our threads at FIFO go on at ordinary priority: all but the caller, whose jobs are short; where
 * it is the only one, the caller. @return their number. */
int lkcam_rt_demote(void);

/** Process-wide, before threads start: locked memory (MCL_ONFAULT), RLIMIT_RTTIME with a SIGXCPU
 * handler that demotes. What is not allowed is said once in the log and left. */
void lkcam_rt_process(const struct lkcam_rt *rt);

/** The calling thread: policy, CPUs, timer slack, name ("lkcam-..."). `above` is 0 for camera
 * threads, 1 for the network thread, whose helper threads start at ordinary priority. */
void lkcam_rt_thread(const struct lkcam_rt *rt, int above, const char *name);

#endif
