// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The ring of frame stories.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pub/ledger.h"

static void a_story_is_told_once_and_in_order(void **state)
{
    struct lkcam_ledger l = {0};
    struct lkcam_frame_times rows[8];
    uint64_t after = 0;
    for (int i = 1; i <= 5; i++)
        assert_int_equal(lkcam_ledger_begin(&l, i * 100 - 10, i * 100), i);
    assert_int_equal(lkcam_ledger_copy(&l, &after, 400, rows, 8), 3); // taken before 400
    assert_int_equal(rows[2].frame, 3);
    assert_int_equal(after, 3);
    assert_int_equal(lkcam_ledger_copy(&l, &after, 1000, rows, 1), 1);
    assert_int_equal(rows[0].frame, 4);
    assert_int_equal(lkcam_ledger_copy(&l, &after, 1000, rows, 8), 1);
    assert_int_equal(lkcam_ledger_copy(&l, &after, 1000, rows, 8), 0);
}

static void what_was_overwritten_is_passed_over(void **state)
{
    struct lkcam_ledger l = {0};
    struct lkcam_frame_times rows[LKCAM_LEDGER_LEN];
    uint64_t after = 0;
    for (int i = 1; i <= LKCAM_LEDGER_LEN + 10; i++)
        lkcam_ledger_begin(&l, i, i);
    assert_null(lkcam_ledger_row(&l, 10));
    assert_int_equal(lkcam_ledger_copy(&l, &after, 100000, rows, LKCAM_LEDGER_LEN),
                     LKCAM_LEDGER_LEN);
    assert_int_equal(rows[0].frame, 11);
}

static void packets_and_acknowledgement_stand_in_the_row(void **state)
{
    struct lkcam_ledger l = {0};
    uint64_t n = lkcam_ledger_begin(&l, 1, 2);
    lkcam_ledger_packet(&l, n, 10);
    lkcam_ledger_packet(&l, n, 20);
    lkcam_ledger_acked(&l, n, 30);
    lkcam_ledger_acked(&l, n, 40);
    lkcam_ledger_packet(&l, n + 1, 50); // unknown: nothing happens
    const struct lkcam_frame_times *row = lkcam_ledger_row(&l, n);
    assert_int_equal(row->first_packet_us, 10);
    assert_int_equal(row->last_packet_us, 20);
    assert_int_equal(row->packets, 2);
    assert_int_equal(row->acked_us, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_story_is_told_once_and_in_order),
        cmocka_unit_test(what_was_overwritten_is_passed_over),
        cmocka_unit_test(packets_and_acknowledgement_stand_in_the_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
