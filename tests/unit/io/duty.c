// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Arithmetic over CPU times; no thread has any priority here.
#include "io/duty.h"

#include "cmocka_all.h"

struct rig {
    struct lkcam_duty d;
    lkcam_us now, process, fifo;
    int looks;
};

static struct rig rig_with(int cores)
{
    // Whatever had been used before counts for nothing.
    struct rig r = {.now = LKCAM_SECONDS(50), .process = LKCAM_SECONDS(9), .fifo = 0};
    lkcam_duty_init(&r.d, cores, r.now, r.process);
    return r;
}

// `seconds` in which the process takes so many percent of one core, and its threads at FIFO so
// many, looked at every half second. @return when they lost their priority, in ms from now; -1.
static int run(struct rig *r, int seconds, int process_percent, int fifo_percent)
{
    lkcam_us began = r->now;
    for (int i = 0; i < seconds * 2; i++) {
        r->now += LKCAM_DUTY_INTERVAL_US;
        assert_true(r->now >= lkcam_duty_due(&r->d));
        r->process += LKCAM_DUTY_INTERVAL_US * process_percent / 100;
        r->fifo += LKCAM_DUTY_INTERVAL_US * fifo_percent / 100;
        if (!lkcam_duty_process(&r->d, r->now, r->process))
            continue;
        r->looks++;
        if (lkcam_duty_fifo(&r->d, r->now, r->fifo))
            return (int)((r->now - began) / 1000);
    }
    return -1;
}

static void ordinary_work_costs_no_look(void **state)
{
    struct rig r = rig_with(2);
    assert_int_equal(run(&r, 600, 40, 40), -1);
    assert_int_equal(run(&r, 600, 160, 160), -1); // one encoder that never pauses, and more
    assert_int_equal(r.looks, 0);
}

static void all_cores_for_two_seconds_are_too_much(void **state)
{
    struct rig r = rig_with(2);
    assert_int_equal(run(&r, 10, 190, 190), 2500);
    r = rig_with(1);
    assert_int_equal(run(&r, 10, 95, 95), 2500);
    r = rig_with(16);
    assert_int_equal(run(&r, 60, 1280, 1280), -1);
    assert_int_equal(run(&r, 60, 1290, 1290), 2500);
}

static void a_shorter_burst_is_not(void **state)
{
    struct rig r = rig_with(2);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(run(&r, 2, 200, 200), -1);
        assert_int_equal(run(&r, 1, 20, 20), -1);
    }
}

// A program that lends us its process may be as busy as it likes at ordinary priority.
static void threads_of_ordinary_priority_do_not_count(void **state)
{
    struct rig r = rig_with(2);
    assert_int_equal(run(&r, 60, 200, 30), -1);
    assert_true(r.looks > 100);
    assert_int_equal(run(&r, 10, 200, 190), 2500); // and do not hide those that do
}

static void a_thread_that_ends_takes_its_time_with_it(void **state)
{
    struct rig r = rig_with(2);
    assert_int_equal(run(&r, 2, 190, 190), -1);
    r.fifo /= 10;
    assert_int_equal(run(&r, 1, 190, 190), -1);
    assert_int_equal(run(&r, 10, 190, 190), 1500); // two seconds from there on
}

static void who_has_been_taken_down_is_looked_at_again(void **state)
{
    struct rig r = rig_with(2);
    assert_int_equal(run(&r, 10, 190, 190), 2500);
    assert_int_equal(run(&r, 10, 190, 0), -1);
    assert_int_equal(run(&r, 10, 190, 190) > 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_work_costs_no_look),
        cmocka_unit_test(all_cores_for_two_seconds_are_too_much),
        cmocka_unit_test(a_shorter_burst_is_not),
        cmocka_unit_test(threads_of_ordinary_priority_do_not_count),
        cmocka_unit_test(a_thread_that_ends_takes_its_time_with_it),
        cmocka_unit_test(who_has_been_taken_down_is_looked_at_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
