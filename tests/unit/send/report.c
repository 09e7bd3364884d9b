// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What a sender report says, and when.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "send/report.h"
#include "unit/seeded.h"

static void ntp_and_rtp_time_are_of_one_instant_and_all_streams_that_sent_report(void **state)
{
    uint64_t seed = 7;
    struct lkcam_rand rand = seeded(&seed);
    struct lkcam_stream s;
    struct lkcam_report r = {0};
    struct lkcam_rtcp_part part;
    struct lkcam_rtcp_sr sr;
    uint8_t out[256];
    lkcam_us now = LKCAM_SECONDS(12), unix_us = INT64_C(1700000000000000);

    lkcam_stream_init(&s, &rand, "0", LKCAM_SECONDS(10));
    s.packets = 5;
    s.octets = 600;
    assert_int_equal(lkcam_report_deadline(&r), 0);
    size_t len = lkcam_report_write(&r, &s, "cname", out, sizeof out, now, unix_us);
    struct lkcam_reader c = lkcam_reader_over(out, len);
    assert_int_equal(lkcam_rtcp_next(&c, &part), 1);
    assert_int_equal(lkcam_rtcp_read_sr(&part, &sr), 0);
    assert_int_equal(sr.ssrc, s.ssrc);
    assert_true(sr.ntp == lkcam_ntp_from_unix(unix_us));
    assert_int_equal(sr.rtp - lkcam_stream_time(&s, LKCAM_SECONDS(10)), 2 * 90000);
    assert_int_equal(sr.packets, 5);
    assert_int_equal(sr.octets, 600);
    assert_int_equal(lkcam_rtcp_next(&c, &part), 1);
    assert_int_equal(part.type, LKCAM_RTCP_SDES);
    assert_int_equal(lkcam_rtcp_next(&c, &part), 0);
    assert_int_equal(lkcam_report_deadline(&r), now + LKCAM_SECONDS(1));

    s.rtx_packets = 1;
    len = lkcam_report_write(&r, &s, "cname", out, sizeof out, now, unix_us);
    c = lkcam_reader_over(out, len);
    assert_int_equal(lkcam_rtcp_next(&c, &part), 1);
    assert_int_equal(lkcam_rtcp_next(&c, &part), 1);
    assert_int_equal(lkcam_rtcp_read_sr(&part, &sr), 0);
    assert_int_equal(sr.ssrc, s.rtx_ssrc);
    lkcam_stream_deinit(&s);
}

static void a_round_trip_is_counted_from_when_we_sent(void **state)
{
    uint64_t seed = 8;
    struct lkcam_rand rand = seeded(&seed);
    struct lkcam_stream s;
    struct lkcam_report r = {0};
    uint8_t out[256];
    uint32_t name[10];
    lkcam_us unix_us = INT64_C(1700000000000000);

    lkcam_stream_init(&s, &rand, "0", 0);
    assert_int_equal(lkcam_report_round_trip(&r, 1, 0, LKCAM_SECONDS(1)), 0); // none sent yet
    for (int i = 0; i < 10; i++) { // the wall clock is set back an hour before the last one
        lkcam_us wall = unix_us + LKCAM_SECONDS(i) - (i == 9 ? LKCAM_SECONDS(3600) : 0);
        name[i] = lkcam_ntp_middle(lkcam_ntp_from_unix(wall));
        lkcam_report_write(&r, &s, "cname", out, sizeof out, LKCAM_SECONDS(10 + i), wall);
    }
    lkcam_us now = LKCAM_SECONDS(19) + 2500;
    assert_int_equal(lkcam_report_round_trip(&r, name[9], 0, now), 2500);
    assert_int_equal(lkcam_report_round_trip(&r, name[8], 65536, now), 2500);
    assert_int_equal(lkcam_report_round_trip(&r, name[2], 65536 * 7, now), 2500);
    assert_int_equal(lkcam_report_round_trip(&r, name[1], 65536 * 8, now), 0); // no longer kept
    assert_int_equal(lkcam_report_round_trip(&r, name[9] + 1, 0, now), 0);
    assert_int_equal(lkcam_report_round_trip(&r, 0, 0, now), 0);
    assert_int_equal(lkcam_report_round_trip(&r, name[9], 65536, now), 0); // before it was sent
    assert_int_equal(lkcam_report_round_trip(&r, name[9], 164, now), 1);   // by a rounding
    lkcam_stream_deinit(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ntp_and_rtp_time_are_of_one_instant_and_all_streams_that_sent_report),
        cmocka_unit_test(a_round_trip_is_counted_from_when_we_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
