// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A year of clocks in no time.
#include "base/wallclock.h"

#include "cmocka_all.h"

#define T0 LKCAM_SECONDS(100)
#define UNIX0 LKCAM_SECONDS(1790000000)
#define HOUR LKCAM_SECONDS(3600)

struct rig {
    struct lkcam_wallclock w;
    lkcam_us now, ahead; // the system's wall clock is `ahead` of the monotonic one
    lkcam_us last;       // wall time as told, of the reading before
};

static struct rig rig_at(lkcam_us unix_us)
{
    struct rig r = {.now = T0, .ahead = unix_us - T0, .last = unix_us};
    lkcam_wallclock_init(&r.w, r.now, unix_us);
    return r;
}

// A second goes by; what is told of its instants grows by at least 1 - 500 ppm and at most 1 + 500
// ppm, whatever the system's clock does, unless the reading at its end is a step. @return the step.
static lkcam_us second(struct rig *r)
{
    for (int i = 0; i < 10; i++) {
        r->now += LKCAM_MS(100);
        lkcam_us told = lkcam_wallclock_unix(&r->w, r->now);
        assert_in_range(told - r->last, LKCAM_MS(100) - 51, LKCAM_MS(100) + 51);
        r->last = told;
    }
    lkcam_us step = lkcam_wallclock_input(&r->w, r->now, r->now + r->ahead);
    r->last = lkcam_wallclock_unix(&r->w, r->now);
    return step;
}

static lkcam_us error_of(const struct rig *r)
{
    return r->ahead + r->now - lkcam_wallclock_unix(&r->w, r->now);
}

static void a_steady_clock_is_told_as_it_is(void **state)
{
    struct rig r = rig_at(UNIX0);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(second(&r), 0);
        assert_int_equal(error_of(&r), 0);
    }
    assert_int_equal(lkcam_wallclock_unix(&r.w, T0), UNIX0); // the past too
    assert_int_equal(r.w.steps, 0);
}

static void a_small_difference_is_slewed(void **state)
{
    struct rig r = rig_at(UNIX0);
    r.ahead += LKCAM_MS(100);
    assert_int_equal(second(&r), 0);
    assert_int_equal(error_of(&r), LKCAM_MS(100)); // not a microsecond at once
    for (int i = 1; i <= 200; i++) {
        assert_int_equal(second(&r), 0);
        assert_in_range(error_of(&r), LKCAM_MS(100) - i * 500, LKCAM_MS(100) - i * 500 + 1);
    }
    for (int i = 0; i < 10; i++)
        second(&r);
    assert_int_equal(error_of(&r), 0); // and no further
    r.ahead -= LKCAM_MS(100);
    for (int i = 0; i < 150; i++)
        assert_int_equal(second(&r), 0);
    assert_true(error_of(&r) < 0);
    for (int i = 0; i < 60; i++)
        assert_int_equal(second(&r), 0);
    assert_int_equal(error_of(&r), 0);
    assert_int_equal(r.w.steps, 0);
}

// Readings are never exact; what is told follows them in small steps and counts none.
static void noise_is_no_step(void **state)
{
    struct rig r = rig_at(UNIX0);
    uint32_t x = 1;
    lkcam_us true_ahead = r.ahead;
    for (int i = 0; i < 10000; i++) {
        x = x * 1664525u + 1013904223u;
        r.ahead = true_ahead + (lkcam_us)(x >> 16) % 2001 - 1000;
        assert_int_equal(second(&r), 0);
        assert_in_range(lkcam_wallclock_unix(&r.w, r.now) - r.now - true_ahead + 1000, 0, 2000);
    }
    assert_int_equal(r.w.steps, 0);
}

static void where_a_step_begins(void **state)
{
    struct rig r = rig_at(UNIX0);
    r.ahead += LKCAM_WALLCLOCK_STEP_US;
    assert_int_equal(second(&r), 0);
    r = rig_at(UNIX0);
    r.ahead -= LKCAM_WALLCLOCK_STEP_US;
    assert_int_equal(second(&r), 0);
    r = rig_at(UNIX0);
    r.ahead += LKCAM_WALLCLOCK_STEP_US + 1;
    assert_int_equal(second(&r), LKCAM_WALLCLOCK_STEP_US + 1);
    r = rig_at(UNIX0);
    r.ahead -= LKCAM_WALLCLOCK_STEP_US + 1;
    assert_int_equal(second(&r), -LKCAM_WALLCLOCK_STEP_US - 1);
    assert_int_equal(r.w.steps, 1);
}

static void taken_once_and_whole(struct rig *r, lkcam_us by)
{
    uint64_t before = r->w.steps;
    r->ahead += by;
    assert_int_equal(second(r), by);
    assert_int_equal(error_of(r), 0);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(second(r), 0);
        assert_int_equal(error_of(r), 0);
    }
    assert_int_equal(r->w.steps, before + 1);
}

static void an_hour_forward_and_back(void **state)
{
    struct rig r = rig_at(UNIX0);
    taken_once_and_whole(&r, HOUR);
    taken_once_and_whole(&r, -HOUR);
    taken_once_and_whole(&r, -HOUR);
    assert_int_equal(r.w.steps, 3);
}

static void a_robot_boots_in_1970(void **state)
{
    struct rig r = rig_at(LKCAM_SECONDS(12));
    for (int i = 0; i < 100; i++)
        assert_int_equal(second(&r), 0);
    taken_once_and_whole(&r, UNIX0);
    taken_once_and_whole(&r, -UNIX0);
}

// A frame that was captured before a reading is dated after it: by what is known then.
static void an_instant_before_the_newest_reading(void **state)
{
    struct rig r = rig_at(UNIX0);
    r.ahead += LKCAM_MS(50);
    second(&r);
    second(&r);
    lkcam_us told = lkcam_wallclock_unix(&r.w, r.now);
    assert_in_range(told - lkcam_wallclock_unix(&r.w, r.now - LKCAM_MS(33)), LKCAM_MS(33) - 20,
                    LKCAM_MS(33) + 20);
    r.ahead += HOUR;
    second(&r);
    assert_int_equal(lkcam_wallclock_unix(&r.w, r.now - LKCAM_MS(33)),
                     r.now - LKCAM_MS(33) + r.ahead);
}

static void a_slew_that_a_step_overtakes(void **state)
{
    struct rig r = rig_at(UNIX0);
    r.ahead += LKCAM_MS(100);
    for (int i = 0; i < 20; i++)
        second(&r);
    lkcam_us left = error_of(&r);
    assert_in_range(left, LKCAM_MS(85), LKCAM_MS(95));
    r.ahead += HOUR;
    assert_int_equal(second(&r), HOUR + left - 500);
    assert_int_equal(error_of(&r), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_clock_is_told_as_it_is),
        cmocka_unit_test(a_small_difference_is_slewed),
        cmocka_unit_test(noise_is_no_step),
        cmocka_unit_test(where_a_step_begins),
        cmocka_unit_test(an_hour_forward_and_back),
        cmocka_unit_test(a_robot_boots_in_1970),
        cmocka_unit_test(an_instant_before_the_newest_reading),
        cmocka_unit_test(a_slew_that_a_step_overtakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
