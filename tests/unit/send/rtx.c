// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// NACKs in, packets to repeat out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "send/rtx.h"

#define RTT LKCAM_MS(40)

static struct lkcam_sendbuf b;
static struct lkcam_rtx r;

static int with_history(void **state)
{
    r = (struct lkcam_rtx){0};
    lkcam_sendbuf_init(&b, 0);
    for (int i = 0; i < 200; i++) {
        lkcam_sendbuf_slot(&b, 0);
        lkcam_sendbuf_commit(&b, 1);
        lkcam_sendbuf_sent(&b);
    }
    return 0;
}

static int without(void **state)
{
    lkcam_sendbuf_deinit(&b);
    return 0;
}

static void a_missing_packet_is_repeated_once_a_round_trip(void **state)
{
    lkcam_us now = LKCAM_SECONDS(1);
    lkcam_rtx_input(&r, &b, 50, RTT, now);
    assert_int_equal(lkcam_rtx_take(&r, &b, now)->seq, 50);
    assert_null(lkcam_rtx_take(&r, &b, now));
    lkcam_rtx_input(&r, &b, 50, RTT, now + RTT - 1); // the repeat is still under way
    assert_false(lkcam_rtx_waiting(&r));
    lkcam_rtx_input(&r, &b, 50, RTT, now + RTT);
    assert_int_equal(lkcam_rtx_take(&r, &b, now + RTT)->seq, 50);
    assert_int_equal(r.asked, 3);
    assert_int_equal(r.repeated, 2);
}

static void one_asked_for_twice_before_it_left_is_repeated_once(void **state)
{
    lkcam_rtx_input(&r, &b, 50, RTT, 1);
    lkcam_rtx_input(&r, &b, 50, RTT, 2);
    assert_non_null(lkcam_rtx_take(&r, &b, 3));
    assert_null(lkcam_rtx_take(&r, &b, 3));
}

static void what_was_never_sent_is_counted_as_gone(void **state)
{
    lkcam_rtx_input(&r, &b, 200, RTT, 1);
    lkcam_rtx_input(&r, &b, 65535, RTT, 1);
    assert_false(lkcam_rtx_waiting(&r));
    assert_int_equal(r.gone, 2);
}

static void a_full_queue_keeps_what_it_has(void **state)
{
    for (uint16_t seq = 0; seq < 200; seq++)
        lkcam_rtx_input(&r, &b, seq, RTT, 1);
    for (uint64_t seq = 0; seq < LKCAM_RTX_QUEUE; seq++)
        assert_int_equal(lkcam_rtx_take(&r, &b, 2)->seq, seq);
    assert_null(lkcam_rtx_take(&r, &b, 2));
}

static void without_a_known_round_trip_70_ms_are_assumed(void **state)
{
    lkcam_rtx_input(&r, &b, 9, 0, 1);
    lkcam_rtx_take(&r, &b, 1);
    lkcam_rtx_input(&r, &b, 9, 0, LKCAM_MS(70));
    assert_false(lkcam_rtx_waiting(&r));
    lkcam_rtx_input(&r, &b, 9, 0, LKCAM_MS(70) + 1);
    assert_true(lkcam_rtx_waiting(&r));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_history, without)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_missing_packet_is_repeated_once_a_round_trip),
        TEST(one_asked_for_twice_before_it_left_is_repeated_once),
        TEST(what_was_never_sent_is_counted_as_gone),
        TEST(a_full_queue_keeps_what_it_has),
        TEST(without_a_known_round_trip_70_ms_are_assumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
