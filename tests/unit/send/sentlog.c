// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Feedback against what was sent: loss counted once, frames acknowledged once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "send/sentlog.h"

static struct lkcam_sentlog *l;
static uint64_t acked[64];
static int acked_count;

static int setup(void **state)
{
    l = calloc(1, sizeof *l);
    assert_int_equal(lkcam_sentlog_init(l, 1), 0);
    acked_count = 0;
    return 0;
}

static int teardown(void **state)
{
    lkcam_sentlog_deinit(l);
    free(l);
    return 0;
}

static void on_acked(void *ctx, int stream, uint64_t frame)
{
    assert_int_equal(stream, 3);
    acked[acked_count++] = frame;
}

// One run-length chunk: `n` packets from `base`, all received (small delta) or all missing.
static void report(uint16_t base, uint16_t n, bool received)
{
    uint8_t body[64] = {0, 0,          0, 1, 0, 0, 0, 2, (uint8_t)(base >> 8), (uint8_t)base,
                        0, (uint8_t)n, 0, 0, 1, 0};
    body[16] = (uint8_t)((received ? 0x20 : 0) | n >> 8);
    body[17] = (uint8_t)n;
    struct lkcam_rtcp_part part = {LKCAM_RTCP_RTPFB, 15, body, received ? 18u + n : 18u};
    struct lkcam_twcc fb;
    assert_int_equal(lkcam_twcc_read(&part, &fb), 0);
    lkcam_sentlog_input(l, &fb, on_acked, NULL);
}

static void numbers_count_up_from_the_first(void **state)
{
    assert_int_equal(lkcam_sentlog_add(l, 100, 3, 1, false, 10), 1);
    assert_int_equal(lkcam_sentlog_add(l, 100, 3, 1, true, 11), 2);
}

static void a_frame_is_acknowledged_by_its_last_packet_once(void **state)
{
    for (int i = 0; i < 6; i++)
        lkcam_sentlog_add(l, 100, 3, 1 + (uint64_t)i / 3, i % 3 == 2, 10 + i);
    report(1, 6, true);
    report(1, 6, true);
    assert_int_equal(acked_count, 2);
    assert_int_equal(acked[0], 1);
    assert_int_equal(acked[1], 2);
    assert_int_equal(l->acked_us, 15);
    assert_int_equal(l->lost, 0);
}

static void a_missing_packet_is_lost_once_and_stays_so(void **state)
{
    for (int i = 0; i < 4; i++)
        lkcam_sentlog_add(l, 100, 3, 1, i == 3, 10);
    report(2, 3, false);
    report(2, 3, false);
    report(2, 3, true);
    assert_int_equal(l->lost, 3);
    assert_int_equal(acked_count, 0);
}

static void reports_of_unknown_packets_are_counted_and_change_nothing(void **state)
{
    lkcam_sentlog_add(l, 100, 3, 1, true, 10);
    report(500, 10, true);
    report(0, 1, true);
    assert_int_equal(l->unknown, 11);
    assert_int_equal(acked_count, 0);
}

static void numbers_wrap_and_old_slots_are_forgotten(void **state)
{
    for (int i = 0; i < 70000; i++)
        lkcam_sentlog_add(l, 100, 3, (uint64_t)i, true, 1 + i);
    report((uint16_t)(70000 - 3), 4, true);
    assert_int_equal(acked_count, 4);
    report((uint16_t)(70000 - LKCAM_SENTLOG_LEN - 10), 4, true);
    assert_int_equal(l->unknown, 4);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_count_up_from_the_first),
        TEST(a_frame_is_acknowledged_by_its_last_packet_once),
        TEST(a_missing_packet_is_lost_once_and_stays_so),
        TEST(reports_of_unknown_packets_are_counted_and_change_nothing),
        TEST(numbers_wrap_and_old_slots_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
