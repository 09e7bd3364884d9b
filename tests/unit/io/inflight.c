// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/inflight.h"

#include "cmocka_all.h"

#define T0 LKCAM_SECONDS(1000)

static void nothing_on_its_way_has_no_age(void **state)
{
    struct lkcam_inflight f = {.count = 0};
    assert_int_equal(lkcam_inflight_age(&f, 0, T0), 0);
    lkcam_inflight_wrote(&f, 1000, T0);
    assert_int_equal(lkcam_inflight_age(&f, 0, T0 + LKCAM_MS(9)), 0);
}

static void the_oldest_counts(void **state)
{
    struct lkcam_inflight f = {.count = 0};
    for (int i = 0; i < 10; i++)
        lkcam_inflight_wrote(&f, 1000, T0 + LKCAM_MS(10 * i));
    lkcam_us now = T0 + LKCAM_MS(100);
    assert_int_equal(lkcam_inflight_age(&f, 10000, now), LKCAM_MS(100));
    assert_int_equal(lkcam_inflight_age(&f, 9001, now), LKCAM_MS(100)); // a part of the first
    assert_int_equal(lkcam_inflight_age(&f, 9000, now), LKCAM_MS(90));
    assert_int_equal(lkcam_inflight_age(&f, 1, now), LKCAM_MS(10));
    assert_int_equal(lkcam_inflight_age(&f, 0, now), 0);
    lkcam_inflight_wrote(&f, 1000, now);
    assert_int_equal(lkcam_inflight_age(&f, 1000, now + 7), 7);
}

static void what_is_written_together_has_one_age(void **state)
{
    struct lkcam_inflight f = {.count = 0};
    for (int i = 0; i < 12; i++)
        lkcam_inflight_wrote(&f, 1000, T0 + 300 * i);
    lkcam_us now = T0 + LKCAM_MS(10);
    assert_int_equal(lkcam_inflight_age(&f, 500, now), LKCAM_MS(10)); // never too young
    assert_int_equal(lkcam_inflight_age(&f, 0, now), 0);
}

static void a_long_silence_of_the_peer(void **state)
{
    struct lkcam_inflight f = {.count = 0};
    lkcam_us now = T0;
    for (int i = 0; i < 1000; i++, now += LKCAM_MS(5))
        lkcam_inflight_wrote(&f, 1000, now);
    assert_int_equal(lkcam_inflight_age(&f, 1000000, now), now - T0);
    assert_true(lkcam_inflight_age(&f, 500, now) > 0);
    assert_int_equal(lkcam_inflight_age(&f, 0, now), 0);
    lkcam_inflight_wrote(&f, 1, now);
    assert_int_equal(lkcam_inflight_age(&f, 1, now + 3), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_on_its_way_has_no_age),
        cmocka_unit_test(the_oldest_counts),
        cmocka_unit_test(what_is_written_together_has_one_age),
        cmocka_unit_test(a_long_silence_of_the_peer),
    };
    return cmocka_run_group_tests_name("inflight", tests, NULL, NULL);
}
