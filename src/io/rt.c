// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/rt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define FIFO_DEFAULT 15
#define NICE_DEFAULT (-10)

// Ours: real-time work without a pause for this long is a fault; the thread is put back among the
// others.
#define RUNAWAY_US 500000

// What the names of our threads begin with.
#define NAME "lkcam-"

static atomic_uint demoted;

// Digits only: strtol alone would take blanks and signs. @return -1 for anything else.
static long read_cpu(const char **p)
{
    if (**p < '0' || **p > '9')
        return -1;
    char *end;
    long cpu = strtol(*p, &end, 10);
    *p = end;
    return cpu;
}

// "0,2-3". @return 0 or -EINVAL.
static int read_cpus(const char *list, cpu_set_t *set)
{
    const char *p = list;
    CPU_ZERO(set);
    do {
        long from = read_cpu(&p), to = from;
        if (*p == '-') {
            p++;
            to = read_cpu(&p);
        }
        if (from < 0 || to < from || to >= CPU_SETSIZE)
            return -EINVAL;
        for (long cpu = from; cpu <= to; cpu++)
            CPU_SET((size_t)cpu, set);
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

static bool is_fifo(pid_t thread)
{
    return (sched_getscheduler(thread) & ~SCHED_RESET_ON_FORK) == SCHED_FIFO;
}

// The flag is set on every thread that is taken down: sched(7) refuses its removal to a thread
// without privilege, and nothing that it starts later has a claim to more.
static bool take_down(pid_t thread)
{
    struct sched_param p = {0};
    if (!is_fifo(thread) || sched_setscheduler(thread, SCHED_OTHER | SCHED_RESET_ON_FORK, &p))
        return false;
    atomic_fetch_add(&demoted, 1);
    return true;
}

// setrlimit(2), RLIMIT_RTTIME: the kernel signals when a thread has run too long without a pause,
// and the thread that runs takes the signal.
static void on_runaway(int signal)
{
    int interrupted = errno;
    take_down(0);
    errno = interrupted;
}

// Without our handler SIGXCPU would end the program, so a program that has its own use for the
// signal gets no limit.
static void limit_runaways(void)
{
    struct rlimit limit;
    struct sigaction old, act = {.sa_handler = on_runaway, .sa_flags = SA_RESTART};
    if (sigaction(SIGXCPU, NULL, &old) || getrlimit(RLIMIT_RTTIME, &limit))
        return;
    if (old.sa_handler != SIG_DFL && old.sa_handler != on_runaway)
        return;
    limit.rlim_cur = limit.rlim_max < RUNAWAY_US ? limit.rlim_max / 2
                                                 : RUNAWAY_US; // at the hard one comes SIGKILL
    sigaction(SIGXCPU, &act, NULL);
    setrlimit(RLIMIT_RTTIME, &limit);
}

unsigned lkcam_rt_demoted(void)
{
    return atomic_load(&demoted);
}

// ---- All of our threads at FIFO -----------------------------------------------------------------

static lkcam_us cpu_time(clockid_t id)
{
    struct timespec t;
    return clock_gettime(id, &t) ? 0 : LKCAM_SECONDS(t.tv_sec) + t.tv_nsec / 1000;
}

int lkcam_rt_cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
}

lkcam_us lkcam_rt_process_us(void)
{
    return cpu_time(CLOCK_PROCESS_CPUTIME_ID);
}

// A thread's name is inherited, as its priority is; the program's other threads have other names.
static bool is_ours(pid_t thread)
{
    char path[48], name[16];
    snprintf(path, sizeof path, "/proc/self/task/%d/comm", (int)thread);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, name, sizeof name);
    close(fd);
    return n > (ssize_t)strlen(NAME) && memcmp(name, NAME, strlen(NAME)) == 0;
}

static void each_fifo(void (*visit)(void *ctx, pid_t thread), void *ctx)
{
    DIR *d = opendir("/proc/self/task");
    const struct dirent *e;
    while (d && (e = readdir(d))) {
        pid_t thread = (pid_t)strtol(e->d_name, NULL, 10);
        if (thread > 0 && is_fifo(thread) && is_ours(thread))
            visit(ctx, thread);
    }
    if (d)
        closedir(d);
}

// clock_getcpuclockid(3) does it for processes, pthread_getcpuclockid(3) for threads that we have
// started; the kernel's number for any thread's clock is made like theirs (posix-timers.h:
// CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED).
static void add_cpu_time(void *ctx, pid_t thread)
{
    *(lkcam_us *)ctx += cpu_time((clockid_t)(~(unsigned)thread << 3 | 6u));
}

lkcam_us lkcam_rt_fifo_us(void)
{
    lkcam_us sum = 0;
    each_fifo(add_cpu_time, &sum);
    return sum;
}

static void take_down_other(void *ctx, pid_t thread)
{
    if (thread != gettid() && take_down(thread))
        ++*(int *)ctx;
}

int lkcam_rt_demote(void)
{
    int n = 0;
    each_fifo(take_down_other, &n);
    return n ? n : take_down(0);
}

// ---- Memory -------------------------------------------------------------------------------------

static bool may_lock_anything(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct caps[2];
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY)
        return true;
    return syscall(SYS_capget, &header, caps) == 0 && caps[0].effective & 1u << CAP_IPC_LOCK;
}

// Under a limit MCL_FUTURE would let a later malloc or thread fail, in the middle of a drive.
static void lock_memory(void)
{
    int err = may_lock_anything() ? 0 : EPERM;
    // ONFAULT: what is used stays; what our libraries merely map is not drawn in (39 MB against 96
    // MB).
    if (!err && mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
        err = errno;
    if (err)
        lkcam_log(LKCAM_LOG_WARNING,
                  "memory is not locked (%s): allow it with ulimit -l unlimited or CAP_IPC_LOCK",
                  strerror(err));
}

// ---- What was asked for -------------------------------------------------------------------------

void lkcam_rt_process(const struct lkcam_rt *rt)
{
    if (rt->priority == LKCAM_PRIORITY_FIFO)
        limit_runaways();
    if (rt->lock_memory)
        lock_memory();
}

// The threads of one program meet the same refusal: it is said once.
static void refused(const char *what, int level, const char *remedy, bool niced)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&said))
        return;
    lkcam_log(LKCAM_LOG_WARNING, "%s %d is not allowed: %s or CAP_SYS_NICE allow it; going on %s",
              what, level, remedy, niced ? "with nice" : "at ordinary priority");
}

static bool set_nice(int level)
{
    return setpriority(PRIO_PROCESS, (id_t)gettid(), level) == 0;
}

// The network thread's helpers (libcurl's resolver) start at ordinary priority; the camera thread's
// (x264) work for the frame and inherit its own.
static void set_fifo(int level, int above)
{
    struct sched_param p = {.sched_priority = level};
    if (sched_setscheduler(0, SCHED_FIFO | (above ? SCHED_RESET_ON_FORK : 0), &p))
        refused("FIFO", level, "ulimit -r", set_nice(NICE_DEFAULT - above));
}

void lkcam_rt_thread(const struct lkcam_rt *rt, int above, const char *name)
{
    cpu_set_t cpus;
    int level;

    pthread_setname_np(pthread_self(), name);
    if (rt->cpus && read_cpus(rt->cpus, &cpus) == 0)
        sched_setaffinity(0, sizeof cpus, &cpus);
    prctl(PR_SET_TIMERSLACK, 1UL); // ns: 50,000 otherwise (poll, epoll_wait with a timeout)
    switch (rt->priority) {
    case LKCAM_PRIORITY_FIFO:
        set_fifo((rt->level ? rt->level : FIFO_DEFAULT) + above, above);
        break;
    case LKCAM_PRIORITY_NICE:
        level = (rt->level ? rt->level : NICE_DEFAULT) - above;
        if (!set_nice(level))
            refused("nice", level, "ulimit -e", false);
        break;
    case LKCAM_PRIORITY_NONE:
        break;
    }
}
