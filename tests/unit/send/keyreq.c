// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Every (state, event) of the key frame requests.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "send/keyreq.h"

enum { RTT = LKCAM_MS(40) };

static void the_first_request_asks_and_the_rest_wait_for_the_same_frame(void **state)
{
    struct lkcam_keyreq k = {0};
    assert_true(lkcam_keyreq_input(&k, RTT, 100));
    assert_false(lkcam_keyreq_input(&k, RTT, 200));
    assert_false(
        lkcam_keyreq_input(&k, RTT, LKCAM_SECONDS(9))); // the encoder has not come to it yet
}

static void a_request_that_crossed_the_key_frame_is_answered_by_it(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_input(&k, RTT, 100);
    lkcam_keyreq_sent(&k, 1000);
    assert_false(lkcam_keyreq_input(&k, RTT, 1000 + RTT - 1));
    assert_false(lkcam_keyreq_due(&k, LKCAM_SECONDS(9)));
}

static void a_request_within_the_interval_is_kept_until_its_end(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_us end = 1000 + LKCAM_KEYREQ_INTERVAL_US;
    lkcam_keyreq_input(&k, RTT, 100);
    lkcam_keyreq_sent(&k, 1000);
    assert_false(lkcam_keyreq_input(&k, RTT, 1000 + RTT));
    assert_false(lkcam_keyreq_due(&k, end - 1));
    assert_true(lkcam_keyreq_due(&k, end));
    assert_false(lkcam_keyreq_due(&k, end + 1));
    assert_false(lkcam_keyreq_input(&k, RTT, end + 1)); // the encoder has not come to it yet
    lkcam_keyreq_sent(&k, end + 2);
    assert_true(lkcam_keyreq_input(&k, RTT, end + 2 + LKCAM_KEYREQ_INTERVAL_US));
}

static void a_round_trip_longer_than_the_interval_counts(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_sent(&k, 1000);
    assert_false(lkcam_keyreq_input(&k, LKCAM_SECONDS(1), LKCAM_SECONDS(1)));
    assert_true(lkcam_keyreq_input(&k, LKCAM_SECONDS(1), 1000 + LKCAM_SECONDS(1)));
}

static void a_storm_of_requests_gives_at_most_ten_a_second(void **state)
{
    struct lkcam_keyreq k = {0};
    int made = 0;
    for (lkcam_us now = 1; now < LKCAM_SECONDS(10); now += 1000)
        if (lkcam_keyreq_input(&k, RTT, now) || lkcam_keyreq_due(&k, now)) {
            made++;
            lkcam_keyreq_sent(&k, now + 500);
        }
    assert_in_range(made, 98, 100);
}

static void a_repeated_fir_is_the_same_request(void **state)
{
    struct lkcam_keyreq k = {0};
    assert_true(lkcam_keyreq_input_fir(&k, 5, RTT, 1));
    lkcam_keyreq_sent(&k, 2);
    assert_false(lkcam_keyreq_input_fir(&k, 5, RTT, LKCAM_SECONDS(1)));
    assert_true(lkcam_keyreq_input_fir(&k, 6, RTT, LKCAM_SECONDS(1)));
}

static void the_first_fir_may_have_number_0(void **state)
{
    struct lkcam_keyreq k = {0};
    assert_true(lkcam_keyreq_input_fir(&k, 0, RTT, 1));
}

static void a_forced_frame_answers_what_comes_before_it(void **state)
{
    struct lkcam_keyreq k = {0};
    lkcam_keyreq_force(&k);
    assert_false(lkcam_keyreq_input(&k, RTT, 1));
    lkcam_keyreq_sent(&k, 2);
    assert_true(lkcam_keyreq_input(&k, RTT, 2 + LKCAM_KEYREQ_INTERVAL_US));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_request_asks_and_the_rest_wait_for_the_same_frame),
        cmocka_unit_test(a_request_that_crossed_the_key_frame_is_answered_by_it),
        cmocka_unit_test(a_request_within_the_interval_is_kept_until_its_end),
        cmocka_unit_test(a_round_trip_longer_than_the_interval_counts),
        cmocka_unit_test(a_storm_of_requests_gives_at_most_ten_a_second),
        cmocka_unit_test(a_repeated_fir_is_the_same_request),
        cmocka_unit_test(the_first_fir_may_have_number_0),
        cmocka_unit_test(a_forced_frame_answers_what_comes_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
