// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/loop.h"

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "io/clock.h"

// A pipe whose reading end is watched.
struct end {
    struct lkcam_loop *loop;
    struct lkcam_watch watch;
    struct end *other; // removed by this one's callback
    int write_fd, calls;
    uint32_t events;
    lkcam_us now;
};

static void on_ready(void *ctx, uint32_t events, lkcam_us now)
{
    struct end *e = ctx;
    char byte;
    e->calls++;
    e->events = events;
    e->now = now;
    if (events & EPOLLIN)
        assert_int_equal(read(e->watch.fd, &byte, 1), 1);
    if (e->other)
        lkcam_loop_remove(e->loop, &e->other->watch);
}

static void open_end(struct end *e, struct lkcam_loop *l)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    *e = (struct end){.loop = l, .watch = {fds[0], on_ready, e}, .write_fd = fds[1]};
    assert_int_equal(lkcam_loop_add(l, &e->watch, EPOLLIN), 0);
}

static void close_end(struct end *e)
{
    close(e->watch.fd);
    close(e->write_fd);
}

static void the_deadline_is_kept_and_not_before(void **state)
{
    struct lkcam_loop l;
    lkcam_us now, begin = lkcam_clock_now();

    assert_int_equal(lkcam_loop_init(&l), 0);
    for (int i = 1; i <= 5; i++) {
        assert_int_equal(lkcam_loop_wait(&l, begin + LKCAM_MS(4) * i, &now), 0);
        assert_true(now >= begin + LKCAM_MS(4) * i);
        assert_true(now < begin + LKCAM_MS(4) * i + LKCAM_SECONDS(2)); // a busy machine
    }
    lkcam_loop_deinit(&l);
}

static void a_past_deadline_returns_at_once_and_again(void **state)
{
    struct lkcam_loop l;
    lkcam_us now, past[] = {0, -5, 1, lkcam_clock_now() - LKCAM_SECONDS(1)};

    assert_int_equal(lkcam_loop_init(&l), 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(lkcam_loop_wait(&l, past[i / 2], &now), 0);
    lkcam_loop_deinit(&l);
}

static void a_nearer_deadline_replaces_a_farther_one(void **state)
{
    struct lkcam_loop l;
    lkcam_us now, begin = lkcam_clock_now();

    assert_int_equal(lkcam_loop_init(&l), 0);
    lkcam_loop_wake(&l);
    assert_int_equal(lkcam_loop_wait(&l, begin + LKCAM_SECONDS(60), &now), 0);
    assert_int_equal(lkcam_loop_wait(&l, begin + LKCAM_MS(2), &now), 0);
    assert_true(now >= begin + LKCAM_MS(2) && now < begin + LKCAM_SECONDS(10));
    // And one that is gone does not wake: only the wake-up ends this wait.
    lkcam_loop_wake(&l);
    assert_int_equal(lkcam_loop_wait(&l, lkcam_clock_now() + LKCAM_MS(1), &now), 0);
    lkcam_loop_wake(&l);
    assert_int_equal(lkcam_loop_wait(&l, LKCAM_NEVER, &now), 0);
    lkcam_loop_deinit(&l);
}

static void *wake(void *loop)
{
    lkcam_loop_wake(loop);
    return NULL;
}

static void another_thread_wakes_a_wait_without_deadline(void **state)
{
    struct lkcam_loop l;
    pthread_t t;
    lkcam_us now;

    assert_int_equal(lkcam_loop_init(&l), 0);
    assert_int_equal(pthread_create(&t, NULL, wake, &l), 0);
    assert_int_equal(lkcam_loop_wait(&l, LKCAM_NEVER, &now), 0);
    pthread_join(t, NULL);
    // Two wake-ups before the wait are one.
    lkcam_loop_wake(&l);
    lkcam_loop_wake(&l);
    assert_int_equal(lkcam_loop_wait(&l, LKCAM_NEVER, &now), 0);
    lkcam_us begin = now;
    assert_int_equal(lkcam_loop_wait(&l, begin + LKCAM_MS(3), &now), 0);
    assert_true(now >= begin + LKCAM_MS(3));
    lkcam_loop_deinit(&l);
}

static struct lkcam_loop *signalled;

static void on_signal(int number)
{
    lkcam_loop_wake(signalled);
}

static void a_signal_handler_wakes_it(void **state)
{
    struct lkcam_loop l;
    lkcam_us now;

    assert_int_equal(lkcam_loop_init(&l), 0);
    signalled = &l;
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    assert_int_equal(lkcam_loop_wait(&l, LKCAM_NEVER, &now), 0);
    signal(SIGUSR1, SIG_DFL);
    lkcam_loop_deinit(&l);
}

static void ready_ones_are_called_with_the_time_of_the_wait(void **state)
{
    struct lkcam_loop l;
    struct end a, b;
    lkcam_us now;

    assert_int_equal(lkcam_loop_init(&l), 0);
    open_end(&a, &l);
    open_end(&b, &l);
    assert_int_equal(write(a.write_fd, "x", 1), 1);
    assert_int_equal(lkcam_loop_wait(&l, LKCAM_NEVER, &now), 0);
    assert_int_equal(a.calls, 1);
    assert_int_equal(b.calls, 0);
    assert_true(a.events == EPOLLIN && a.now == now);
    close_end(&a); // its events end with it
    assert_int_equal(write(b.write_fd, "x", 1), 1);
    assert_int_equal(lkcam_loop_change(&l, &b.watch, 0), 0); // ready, and of no interest
    assert_int_equal(lkcam_loop_wait(&l, 0, &now), 0);
    assert_int_equal(b.calls, 0);
    assert_int_equal(lkcam_loop_change(&l, &b.watch, EPOLLIN), 0);
    assert_int_equal(lkcam_loop_wait(&l, LKCAM_NEVER, &now), 0);
    assert_int_equal(b.calls, 1);
    lkcam_loop_remove(&l, &b.watch);
    close_end(&b);
    lkcam_loop_deinit(&l);
}

static void one_removed_by_an_earlier_callback_is_not_called(void **state)
{
    struct lkcam_loop l;
    struct end a, b;
    lkcam_us now;

    assert_int_equal(lkcam_loop_init(&l), 0);
    open_end(&a, &l);
    open_end(&b, &l);
    a.other = &b;
    b.other = &a;
    assert_int_equal(write(a.write_fd, "x", 1), 1);
    assert_int_equal(write(b.write_fd, "x", 1), 1);
    assert_int_equal(lkcam_loop_wait(&l, LKCAM_NEVER, &now), 0);
    assert_int_equal(a.calls + b.calls, 1);
    lkcam_loop_wake(&l);
    assert_int_equal(lkcam_loop_wait(&l, LKCAM_NEVER, &now), 0);
    assert_int_equal(a.calls + b.calls, 1);
    close_end(&a);
    close_end(&b);
    lkcam_loop_deinit(&l);
}

static void more_than_one_wait_takes_come_with_the_next(void **state)
{
    enum { ENDS = LKCAM_LOOP_EVENTS * 2 + 3 };
    struct lkcam_loop l;
    struct end ends[ENDS];
    lkcam_us now;
    int calls = 0;

    assert_int_equal(lkcam_loop_init(&l), 0);
    for (int i = 0; i < ENDS; i++) {
        open_end(&ends[i], &l);
        assert_int_equal(write(ends[i].write_fd, "x", 1), 1);
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(lkcam_loop_wait(&l, LKCAM_NEVER, &now), 0);
    for (int i = 0; i < ENDS; i++) {
        calls += ends[i].calls;
        close_end(&ends[i]);
    }
    assert_int_equal(calls, ENDS);
    lkcam_loop_deinit(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_deadline_is_kept_and_not_before),
        cmocka_unit_test(a_past_deadline_returns_at_once_and_again),
        cmocka_unit_test(a_nearer_deadline_replaces_a_farther_one),
        cmocka_unit_test(another_thread_wakes_a_wait_without_deadline),
        cmocka_unit_test(a_signal_handler_wakes_it),
        cmocka_unit_test(ready_ones_are_called_with_the_time_of_the_wait),
        cmocka_unit_test(one_removed_by_an_earlier_callback_is_not_called),
        cmocka_unit_test(more_than_one_wait_takes_come_with_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
