// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The guarantee of pacer.h as a formula, and that a normal frame never waits.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "send/pacer.h"
#include "send/packet.h"

#define RATE 3000000
#define SHARE (RATE / 8 / 30)

// Sends `bytes` in packets of 1,200 as the pacer allows. @return when the last one left.
static lkcam_us send_frame(struct lkcam_pacer *p, int bytes, lkcam_us now)
{
    for (; bytes > 0; bytes -= 1200) {
        now = lkcam_pacer_next(p, now);
        assert_true(lkcam_pacer_allows(p, now));
        lkcam_pacer_spend(p, bytes < 1200 ? (size_t)bytes : 1200, now);
    }
    return now;
}

static void a_frame_of_1_2_shares_leaves_at_once_each_time(void **state)
{
    struct lkcam_pacer p;
    lkcam_pacer_init(&p, 0);
    for (int i = 0; i < 300; i++) {
        lkcam_us at = LKCAM_SECONDS(i) / 30;
        lkcam_pacer_set(&p, RATE, 30000, at);
        // a frame of 1.2 shares with its headers and tags
        assert_int_equal(send_frame(&p, SHARE * 12 / 10 * 105 / 100, at), at);
    }
}

static void a_large_frame_is_spread_at_the_pacing_rate(void **state)
{
    struct lkcam_pacer p;
    lkcam_pacer_init(&p, 0);
    lkcam_pacer_set(&p, RATE, 30000, 0);
    // 10 shares: what exceeds the burst goes at 2.5 times the rate: about 8.7 shares x 33 ms / 2.5
    lkcam_us end = send_frame(&p, 10 * SHARE, 0);
    assert_in_range(end, 105000, 120000);
}

static void no_more_than_burst_plus_rate_times_time_ever_leaves(void **state)
{
    struct lkcam_pacer p;
    uint64_t x = 88172645463325252u;
    int64_t sent = 0, burst = SHARE * 12 / 10 * 105 / 100 + LKCAM_UDP_PAYLOAD_MAX;
    lkcam_pacer_init(&p, 0);
    lkcam_pacer_set(&p, RATE, 30000, 0);
    for (lkcam_us now = 0; now < LKCAM_SECONDS(3); now += (lkcam_us)(x % 700)) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        if (lkcam_pacer_allows(&p, now)) {
            lkcam_pacer_spend(&p, 1200, now);
            sent += 1200;
        }
        assert_true(sent <= burst + RATE * INT64_C(5) / 2 * now / 8000000 + 1200);
    }
    assert_true(sent > RATE / 8 * 3);
}

static void time_that_stands_still_or_goes_back_gives_nothing(void **state)
{
    struct lkcam_pacer p;
    lkcam_pacer_init(&p, 1000000);
    lkcam_pacer_set(&p, RATE, 30000, 1000000);
    while (lkcam_pacer_allows(&p, 1000000))
        lkcam_pacer_spend(&p, 1200, 1000000);
    assert_false(lkcam_pacer_allows(&p, 1000000));
    assert_false(lkcam_pacer_allows(&p, 0));
}

static void before_a_rate_is_known_nothing_is_promised(void **state)
{
    struct lkcam_pacer p;
    lkcam_pacer_init(&p, 0);
    assert_int_equal(lkcam_pacer_next(&p, 5), LKCAM_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_of_1_2_shares_leaves_at_once_each_time),
        cmocka_unit_test(a_large_frame_is_spread_at_the_pacing_rate),
        cmocka_unit_test(no_more_than_burst_plus_rate_times_time_ever_leaves),
        cmocka_unit_test(time_that_stands_still_or_goes_back_gives_nothing),
        cmocka_unit_test(before_a_rate_is_known_nothing_is_promised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
