// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Which frame answers a request for a key frame.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "send/keyreq.h"

enum { BEGIN = LKCAM_SECONDS(1), SETTLE = LKCAM_KEYREQ_SETTLE_US };
enum { INTERVAL = LKCAM_KEYREQ_INTERVAL_US, RTT = SETTLE / 4, FAR = SETTLE * 2 };

// The next key frame may leave at `at` and no sooner, and there is none after it.
static void assert_last_taken_at(struct lkcam_keyreq *k, lkcam_us at)
{
    assert_false(lkcam_keyreq_take(k, at - 1));
    assert_true(lkcam_keyreq_take(k, at));
    assert_false(lkcam_keyreq_take(k, LKCAM_SECONDS(9)));
}

static void nobody_asks(void **state)
{
    struct lkcam_keyreq k = {0};
    assert_false(lkcam_keyreq_take(&k, BEGIN));
}

static void a_request_is_answered_once_when_its_viewer_has_had_time(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_input(&k, RTT, BEGIN);
    assert_last_taken_at(&k, BEGIN + SETTLE - RTT);
}

static void over_a_long_way_the_next_frame_answers(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_input(&k, FAR, BEGIN);
    assert_true(lkcam_keyreq_take(&k, BEGIN));
}

static void a_request_that_crossed_a_key_frame_is_answered_by_it(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_force(&k);
    assert_true(lkcam_keyreq_take(&k, BEGIN));
    lkcam_keyreq_input(&k, FAR, BEGIN + FAR - SETTLE);
    assert_false(lkcam_keyreq_take(&k, LKCAM_SECONDS(9)));
}

static void one_that_crossed_it_too_closely_is_not(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_force(&k);
    lkcam_keyreq_take(&k, BEGIN);
    lkcam_keyreq_input(&k, FAR, BEGIN + FAR - SETTLE + 1);
    assert_last_taken_at(&k, BEGIN + INTERVAL);
}

static void requests_that_may_share_an_answer_do(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_input(&k, 0, BEGIN);
    lkcam_keyreq_input(&k, 0, BEGIN + 5);
    assert_true(lkcam_keyreq_take(&k, BEGIN + SETTLE + 5));
    assert_false(lkcam_keyreq_take(&k, LKCAM_SECONDS(9)));
}

static void a_later_one_does_not_hold_back_the_first_and_has_its_own(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_us taken = BEGIN + SETTLE;
    lkcam_keyreq_input(&k, 0, BEGIN);
    lkcam_keyreq_input(&k, 0, BEGIN + 5);
    assert_true(lkcam_keyreq_take(&k, taken));
    assert_last_taken_at(&k, taken + INTERVAL);
}

static void
what_begins_anew_has_one_for_the_viewer_and_for_the_request_that_comes_with_it(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_us again = BEGIN + LKCAM_SECONDS(5);
    lkcam_keyreq_begin(&k, 0, BEGIN);
    assert_true(lkcam_keyreq_take(&k, BEGIN)); // the first of all
    lkcam_keyreq_begin(&k, 0, again);
    lkcam_keyreq_input(&k, 0, again + 5);
    assert_false(lkcam_keyreq_take(&k, again + SETTLE - 1));
    assert_true(lkcam_keyreq_take(&k, again + SETTLE + 5));
    assert_false(lkcam_keyreq_take(&k, LKCAM_SECONDS(9)));
}

static void what_was_asked_while_nothing_flowed_is_answered_with_it(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_us again = BEGIN + LKCAM_SECONDS(5);
    lkcam_keyreq_begin(&k, 0, BEGIN);
    lkcam_keyreq_take(&k, BEGIN);
    lkcam_keyreq_input(&k, 0, BEGIN + LKCAM_SECONDS(1));
    lkcam_keyreq_begin(&k, 0, again);
    assert_last_taken_at(&k, again + SETTLE);
}

static void a_round_trip_that_grows_takes_no_answer_away(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_input(&k, 0, BEGIN);
    lkcam_keyreq_input(&k, 0, BEGIN + 5);
    lkcam_keyreq_input(&k, FAR, BEGIN + 6);
    assert_true(lkcam_keyreq_take(&k, BEGIN + SETTLE));
    assert_true(lkcam_keyreq_take(&k, BEGIN + SETTLE + INTERVAL));
}

static void a_forced_one_leaves_what_it_is_too_soon_for(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_input(&k, 0, BEGIN);
    lkcam_keyreq_force(&k);
    assert_true(lkcam_keyreq_take(&k, BEGIN + 1));
    assert_last_taken_at(&k, BEGIN + 1 + INTERVAL);
}

static void beginning_takes_no_forced_one_away(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_us again = BEGIN + LKCAM_SECONDS(5);
    lkcam_keyreq_begin(&k, 0, BEGIN);
    lkcam_keyreq_take(&k, BEGIN);
    lkcam_keyreq_force(&k);
    lkcam_keyreq_begin(&k, 0, again);
    assert_true(lkcam_keyreq_take(&k, again));
    assert_last_taken_at(&k, again + INTERVAL);
}

static void a_storm_of_requests_gives_at_most_ten_a_second(void **state)
{
    struct lkcam_keyreq k = {0};
    int made = 0;
    for (lkcam_us now = BEGIN; now < BEGIN + LKCAM_SECONDS(10); now += 1000) {
        lkcam_keyreq_input(&k, RTT, now);
        made += lkcam_keyreq_take(&k, now);
    }
    assert_in_range(made, 98, 100);
}

static void a_repeated_fir_is_the_same_request(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_input_fir(&k, 0, FAR, BEGIN); // a first one, whatever its number
    assert_true(lkcam_keyreq_take(&k, BEGIN));
    lkcam_keyreq_input_fir(&k, 0, FAR, LKCAM_SECONDS(2));
    assert_false(lkcam_keyreq_take(&k, LKCAM_SECONDS(2)));
    lkcam_keyreq_input_fir(&k, 1, FAR, LKCAM_SECONDS(2));
    assert_true(lkcam_keyreq_take(&k, LKCAM_SECONDS(2)));
}

static void a_forced_one_comes_at_once_whatever_came_before(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_force(&k);
    assert_true(lkcam_keyreq_take(&k, BEGIN));
    lkcam_keyreq_force(&k);
    assert_true(lkcam_keyreq_take(&k, BEGIN + 1));
    assert_false(lkcam_keyreq_take(&k, LKCAM_SECONDS(9)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_asks),
        cmocka_unit_test(a_request_is_answered_once_when_its_viewer_has_had_time),
        cmocka_unit_test(over_a_long_way_the_next_frame_answers),
        cmocka_unit_test(a_request_that_crossed_a_key_frame_is_answered_by_it),
        cmocka_unit_test(one_that_crossed_it_too_closely_is_not),
        cmocka_unit_test(requests_that_may_share_an_answer_do),
        cmocka_unit_test(a_later_one_does_not_hold_back_the_first_and_has_its_own),
        cmocka_unit_test(
            what_begins_anew_has_one_for_the_viewer_and_for_the_request_that_comes_with_it),
        cmocka_unit_test(what_was_asked_while_nothing_flowed_is_answered_with_it),
        cmocka_unit_test(a_round_trip_that_grows_takes_no_answer_away),
        cmocka_unit_test(a_forced_one_leaves_what_it_is_too_soon_for),
        cmocka_unit_test(beginning_takes_no_forced_one_away),
        cmocka_unit_test(a_storm_of_requests_gives_at_most_ten_a_second),
        cmocka_unit_test(a_repeated_fir_is_the_same_request),
        cmocka_unit_test(a_forced_one_comes_at_once_whatever_came_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
