// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/rt.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "cmocka_all.h"
#include "io/clock.h"

static char lines[1024];

static void on_line(void *ctx, int level, const char *line)
{
    strncat(lines, line, sizeof lines - strlen(lines) - 1);
    strncat(lines, "\n", sizeof lines - strlen(lines) - 1);
}

// What a thread has become, told by itself; no thread of the test program changes.
struct seen {
    const struct lkcam_rt *rt;
    int above, policy, level, nice, helper_policy, helper_nice;
    unsigned slack_ns;
    cpu_set_t cpus;
    char name[16];
};

static void *helper(void *ctx)
{
    struct seen *s = ctx;
    s->helper_policy = sched_getscheduler(0);
    s->helper_nice = getpriority(PRIO_PROCESS, (id_t)gettid());
    return NULL;
}

static void *look(void *ctx)
{
    struct seen *s = ctx;
    struct sched_param p;
    pthread_t t;
    lkcam_rt_thread(s->rt, s->above, "lkcam-test");
    s->policy = sched_getscheduler(0);
    sched_getparam(0, &p);
    s->level = p.sched_priority;
    s->nice = getpriority(PRIO_PROCESS, (id_t)gettid());
    s->slack_ns = (unsigned)prctl(PR_GET_TIMERSLACK);
    sched_getaffinity(0, sizeof s->cpus, &s->cpus);
    pthread_getname_np(pthread_self(), s->name, sizeof s->name);
    if (pthread_create(&t, NULL, helper, s) == 0)
        pthread_join(t, NULL);
    return NULL;
}

static struct seen thread_with(const struct lkcam_rt *rt, int above)
{
    struct seen s = {.rt = rt, .above = above};
    pthread_t t;
    lines[0] = '\0';
    assert_int_equal(pthread_create(&t, NULL, look, &s), 0);
    pthread_join(t, NULL);
    return s;
}

static bool fifo_is_allowed(int level)
{
    struct sched_param p = {.sched_priority = level}, none = {0};
    if (sched_setscheduler(0, SCHED_FIFO, &p))
        return false;
    sched_setscheduler(0, SCHED_OTHER, &none);
    return true;
}

static void cpu_lists(void **state)
{
    static const char *const bad[] = {"",
                                      ",",
                                      "0,",
                                      ",0",
                                      "a",
                                      "0a",
                                      "0-",
                                      "-1",
                                      "2-1",
                                      " 0",
                                      "+0",
                                      "0 ",
                                      "0-0-0",
                                      "0--1",
                                      "0,,0",
                                      "1024",
                                      "99999999999999999999",
                                      "0-1024",
                                      "1000-1023"};
    cpu_set_t ours;
    char text[32];
    int first = 0;

    assert_int_equal(sched_getaffinity(0, sizeof ours, &ours), 0);
    while (!CPU_ISSET(first, &ours))
        first++;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (lkcam_rt_check_cpus(bad[i]) != -EINVAL)
            fail_msg("'%s' passed", bad[i]);
    snprintf(text, sizeof text, "%d", first);
    assert_int_equal(lkcam_rt_check_cpus(text), 0);
    snprintf(text, sizeof text, "1023,%d-%d", first, first + 2);
    assert_int_equal(lkcam_rt_check_cpus(text), 0);
    assert_int_equal(lkcam_rt_check_cpus("0-1023"), 0);
}

static void none_changes_no_priority(void **state)
{
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_NONE, .level = 7};
    struct seen s = thread_with(&rt, 1);

    assert_int_equal(s.policy, SCHED_OTHER);
    assert_int_equal(s.nice, getpriority(PRIO_PROCESS, (id_t)gettid()));
    assert_int_equal(s.slack_ns, 1);
    assert_string_equal(s.name, "lkcam-test");
    assert_string_equal(lines, "");
}

static void a_thread_runs_where_it_is_told(void **state)
{
    cpu_set_t ours;
    char text[16];
    int last = CPU_SETSIZE - 1;

    assert_int_equal(sched_getaffinity(0, sizeof ours, &ours), 0);
    while (!CPU_ISSET((size_t)last, &ours))
        last--;
    snprintf(text, sizeof text, "%d", last);
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_NONE, .cpus = text};
    struct seen s = thread_with(&rt, 0);
    assert_int_equal(CPU_COUNT(&s.cpus), 1);
    assert_true(CPU_ISSET((size_t)last, &s.cpus));
}

static void fifo_where_it_is_allowed(void **state)
{
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_FIFO, .level = 5};

    if (!fifo_is_allowed(6))
        skip();
    struct seen camera = thread_with(&rt, 0);
    assert_int_equal(camera.policy, SCHED_FIFO);
    assert_int_equal(camera.level, 5);
    assert_int_equal(camera.helper_policy, SCHED_FIFO); // x264's work is the frame's
    struct seen network = thread_with(&rt, 1);
    assert_int_equal(network.policy, SCHED_FIFO | SCHED_RESET_ON_FORK);
    assert_int_equal(network.level, 6);
    assert_int_equal(network.helper_policy, SCHED_OTHER); // libcurl's resolver is nobody's hurry
    rt.level = 0;
    assert_int_equal(thread_with(&rt, 0).level, 15);
    assert_string_equal(lines, "");
}

static void nice_where_it_is_allowed(void **state)
{
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_NICE, .level = 5};

    assert_int_equal(thread_with(&rt, 0).nice, 5); // to be nicer needs no permission
    assert_int_equal(thread_with(&rt, 1).nice, 4);
    rt.level = 0;
    struct seen s = thread_with(&rt, 0);
    if (lines[0])
        skip();
    assert_int_equal(s.nice, -10);
    assert_int_equal(thread_with(&rt, 1).nice, -11);
}

// ---- The guard against a thread that never pauses
// ------------------------------------------------

static void *run_away(void *ctx)
{
    const struct lkcam_rt *rt = ctx;
    lkcam_rt_thread(rt, 1, "lkcam-runaway");
    lkcam_us end = lkcam_clock_now() + LKCAM_SECONDS(8);
    while (sched_getscheduler(0) == (SCHED_FIFO | SCHED_RESET_ON_FORK) && lkcam_clock_now() < end)
        ;
    // The flag is still there: without privilege its removal would be refused, and with it the
    // demotion.
    return sched_getscheduler(0) == (SCHED_OTHER | SCHED_RESET_ON_FORK) ? ctx : NULL;
}

static void a_runaway_is_taken_down_and_lives(void **state)
{
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_FIFO, .level = 1};
    pthread_t t;
    void *taken_down;

    if (!fifo_is_allowed(2))
        skip();
    lkcam_rt_process(&rt);
    unsigned before = lkcam_rt_demoted();
    assert_int_equal(pthread_create(&t, NULL, run_away, &rt), 0);
    pthread_join(t, &taken_down);
    assert_ptr_equal(taken_down, &rt);
    assert_int_equal(lkcam_rt_demoted(), before + 1);
}

// ---- The guard against all of them together -----------------------------------------------------

struct worker {
    const struct lkcam_rt *rt; // NULL: a thread of the program's own, at FIFO too
    pthread_t thread;
    atomic_int tid;
    atomic_bool work, stop;
    int policy_at_end, helper_policy_at_end;
};

static void *inherit(void *ctx)
{
    struct worker *w = ctx;
    while (!atomic_load(&w->stop))
        poll(NULL, 0, 1);
    w->helper_policy_at_end = sched_getscheduler(0);
    return NULL;
}

static void *work(void *ctx)
{
    struct worker *w = ctx;
    struct sched_param p = {.sched_priority = 1};
    pthread_t helper;
    if (w->rt)
        lkcam_rt_thread(w->rt, 0, "lkcam-worker");
    else
        sched_setscheduler(0, SCHED_FIFO, &p);
    assert_int_equal(pthread_create(&helper, NULL, inherit, w), 0);
    atomic_store(&w->tid, gettid());
    while (!atomic_load(&w->work) && !atomic_load(&w->stop))
        poll(NULL, 0, 1);
    lkcam_us end = lkcam_clock_now() + LKCAM_MS(100);
    while (lkcam_clock_now() < end && !atomic_load(&w->stop))
        ;
    while (!atomic_load(&w->stop))
        poll(NULL, 0, 1);
    w->policy_at_end = sched_getscheduler(0);
    pthread_join(helper, NULL);
    return NULL;
}

static void start_worker(struct worker *w)
{
    assert_int_equal(pthread_create(&w->thread, NULL, work, w), 0);
    while (!atomic_load(&w->tid))
        poll(NULL, 0, 1);
}

static void end_worker(struct worker *w)
{
    atomic_store(&w->stop, true);
    pthread_join(w->thread, NULL);
}

static void *demote_from_above(void *ctx)
{
    int *taken_down = ctx;
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_FIFO, .level = 1};
    lkcam_rt_thread(&rt, 1, "lkcam-above");
    taken_down[0] = lkcam_rt_demote();
    taken_down[1] = sched_getscheduler(0);
    taken_down[2] = lkcam_rt_demote(); // it is the last one
    taken_down[3] = sched_getscheduler(0);
    taken_down[4] = lkcam_rt_demote();
    return NULL;
}

// With their helpers, and nothing of the program's own.
static void our_threads_are_taken_down_together(void **state)
{
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_FIFO, .level = 1};
    struct worker a = {.rt = &rt}, b = {.rt = &rt}, own = {.rt = NULL};
    int taken_down[5];
    pthread_t above;

    if (!fifo_is_allowed(2))
        skip();
    start_worker(&a);
    start_worker(&b);
    start_worker(&own);
    unsigned before = lkcam_rt_demoted();
    assert_int_equal(pthread_create(&above, NULL, demote_from_above, taken_down), 0);
    pthread_join(above, NULL);
    end_worker(&a);
    end_worker(&b);
    end_worker(&own);
    assert_int_equal(taken_down[0], 4);
    assert_int_equal(taken_down[1], SCHED_FIFO | SCHED_RESET_ON_FORK);
    assert_int_equal(taken_down[2], 1);
    assert_int_equal(taken_down[3], SCHED_OTHER | SCHED_RESET_ON_FORK);
    assert_int_equal(taken_down[4], 0);
    assert_int_equal(lkcam_rt_demoted(), before + 5);
    assert_int_equal(a.policy_at_end & ~SCHED_RESET_ON_FORK, SCHED_OTHER);
    assert_int_equal(b.helper_policy_at_end & ~SCHED_RESET_ON_FORK, SCHED_OTHER);
    assert_int_equal(own.policy_at_end, SCHED_FIFO);
    assert_int_equal(own.helper_policy_at_end, SCHED_FIFO);
}

static void what_threads_at_fifo_have_used(void **state)
{
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_FIFO, .level = 1};
    struct lkcam_rt ordinary = {.priority = LKCAM_PRIORITY_NONE};
    struct worker a = {.rt = &rt}, b = {.rt = &ordinary};

    if (!fifo_is_allowed(2))
        skip();
    assert_true(lkcam_rt_cores() >= 1);
    start_worker(&a);
    start_worker(&b);
    lkcam_us before = lkcam_rt_fifo_us(), process = lkcam_rt_process_us();
    assert_in_range(before, 0, LKCAM_MS(50));
    atomic_store(&b.work, true); // ordinary work is none of it
    while (lkcam_rt_process_us() < process + LKCAM_MS(50))
        poll(NULL, 0, 1);
    assert_in_range(lkcam_rt_fifo_us() - before, 0, LKCAM_MS(20));
    atomic_store(&a.work, true);
    while (lkcam_rt_fifo_us() < before + LKCAM_MS(50))
        poll(NULL, 0, 1);
    end_worker(&a);
    end_worker(&b);
    assert_int_equal(lkcam_rt_fifo_us(), 0);
}

static void ours(int number)
{
}

static void a_program_keeps_its_own_sigxcpu(void **state)
{
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_FIFO};
    struct sigaction now;

    signal(SIGXCPU, ours);
    lkcam_rt_process(&rt);
    assert_int_equal(sigaction(SIGXCPU, NULL, &now), 0);
    assert_ptr_equal(now.sa_handler, ours);
    signal(SIGXCPU, SIG_DFL);
}

// ---- Without permission -------------------------------------------------------------------------

static void give_up_privileges(void)
{
    struct rlimit none = {0, 0}, little = {65536, 65536}, nice = {0, 0};
    assert_int_equal(setrlimit(RLIMIT_RTPRIO, &none), 0);
    assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &little), 0);
    assert_int_equal(setrlimit(RLIMIT_NICE, &nice), 0);
    if (getuid() == 0)
        assert_int_equal(setuid(65534), 0);
}

static void what_is_not_allowed_is_said_once(void **state)
{
    struct lkcam_rt rt = {.priority = LKCAM_PRIORITY_FIFO, .level = 5, .lock_memory = 1};

    give_up_privileges();
    struct seen s = thread_with(&rt, 0);
    assert_int_equal(s.policy, SCHED_OTHER);
    assert_string_equal(lines, "FIFO 5 is not allowed: ulimit -r or CAP_SYS_NICE allow it; going "
                               "on at ordinary priority\n");
    thread_with(&rt, 1);
    assert_string_equal(lines, "");
    lkcam_rt_process(&rt);
    assert_string_equal(
        lines,
        "memory is not locked (Operation not permitted): allow it with ulimit -l unlimited or "
        "CAP_IPC_LOCK\n");
}

// In a process of its own: privileges that were given up do not come back, and an ordinary user's
// process may have said it before.
static int without_permission(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_not_allowed_is_said_once)};
    int status = 1;
    pid_t child = fork();
    if (child == 0)
        _exit(cmocka_run_group_tests(tests, NULL, NULL));
    waitpid(child, &status, 0);
    return status != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpu_lists),
        cmocka_unit_test(none_changes_no_priority),
        cmocka_unit_test(a_thread_runs_where_it_is_told),
        cmocka_unit_test(fifo_where_it_is_allowed),
        cmocka_unit_test(nice_where_it_is_allowed),
        cmocka_unit_test(a_program_keeps_its_own_sigxcpu),
        cmocka_unit_test(a_runaway_is_taken_down_and_lives),
        cmocka_unit_test(our_threads_are_taken_down_together),
        cmocka_unit_test(what_threads_at_fifo_have_used),
    };
    lkcam_log_install(on_line, NULL);
    int failed = without_permission();
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
