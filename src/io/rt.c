// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/rt.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

#define FIFO_DEFAULT 15
#define NICE_DEFAULT (-10)

// Ours: real-time work without a pause for this long is a fault; the thread is put back among the others.
#define RUNAWAY_US 500000

// "0,2-3". @return 0 or -EINVAL.
static int read_cpus(const char *list, cpu_set_t *set)
{
    const char *p = list;
    CPU_ZERO(set);
    do {
        char *end;
        long from = strtol(p, &end, 10), to = from;
        if (end == p)
            return -EINVAL;
        if (*end == '-') {
            p = end + 1;
            to = strtol(p, &end, 10);
            if (end == p)
                return -EINVAL;
        }
        if (from < 0 || to < from || to >= CPU_SETSIZE)
            return -EINVAL;
        for (long cpu = from; cpu <= to; cpu++)
            CPU_SET((size_t)cpu, set);
        p = end;
    } while (*p++ == ',');
    return p[-1] ? -EINVAL : 0;
}

int lkcam_rt_check_cpus(const char *cpus)
{
    cpu_set_t asked, ours;
    if (read_cpus(cpus, &asked) || sched_getaffinity(0, sizeof ours, &ours))
        return -EINVAL;
    CPU_AND(&asked, &asked, &ours);
    return CPU_COUNT(&asked) ? 0 : -EINVAL;
}

// The kernel sends SIGXCPU to the thread that has run too long without a pause (setrlimit(2), RLIMIT_RTTIME).
static void on_runaway(int signal)
{
    struct sched_param p = {0};
    sched_setscheduler(0, SCHED_OTHER, &p);
}

static void limit_runaways(void)
{
    struct rlimit limit = {RUNAWAY_US, RLIM_INFINITY};
    struct sigaction act = {.sa_handler = on_runaway, .sa_flags = SA_RESTART};
    sigaction(SIGXCPU, &act, NULL);
    setrlimit(RLIMIT_RTTIME, &limit);
}

void lkcam_rt_process(const struct lkcam_rt *rt)
{
    if (rt->priority == LKCAM_PRIORITY_FIFO)
        limit_runaways();
    // ONFAULT: what is used stays; what our libraries merely map is not drawn in (21 MB against 65 MB).
    if (rt->lock_memory && mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
        lkcam_log(LKCAM_LOG_WARNING, "memory is not locked (%s): raise the limit with ulimit -l", strerror(errno));
}

static void set_nice(int level)
{
    if (setpriority(PRIO_PROCESS, (id_t)gettid(), level))
        lkcam_log(LKCAM_LOG_WARNING, "nice %d is not allowed (%s): CAP_SYS_NICE or ulimit -e allow it", level,
                  strerror(errno));
}

static void set_fifo(int level)
{
    struct sched_param p = {.sched_priority = level};
    int err = pthread_setschedparam(pthread_self(), SCHED_FIFO, &p);
    if (!err)
        return;
    lkcam_log(LKCAM_LOG_WARNING, "FIFO %d is not allowed (%s): CAP_SYS_NICE or ulimit -r allow it; trying nice %d", level,
              strerror(err), NICE_DEFAULT);
    set_nice(NICE_DEFAULT);
}

void lkcam_rt_thread(const struct lkcam_rt *rt, int above, const char *name)
{
    cpu_set_t cpus;

    pthread_setname_np(pthread_self(), name);
    if (rt->cpus && read_cpus(rt->cpus, &cpus) == 0)
        sched_setaffinity(0, sizeof cpus, &cpus);
    prctl(PR_SET_TIMERSLACK, 1UL);
    if (rt->priority == LKCAM_PRIORITY_FIFO)
        set_fifo((rt->level ? rt->level : FIFO_DEFAULT) + above);
    else if (rt->priority == LKCAM_PRIORITY_NICE)
        set_nice((rt->level ? rt->level : NICE_DEFAULT) - above);
}
