// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The ring that is backlog and history at once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "send/sendbuf.h"

static void put(struct lkcam_sendbuf *b, int n)
{
    while (n > 0) {
        int batch = n < LKCAM_SENDBUF_BATCH ? n : LKCAM_SENDBUF_BATCH;
        for (int i = 0; i < batch; i++)
            lkcam_sendbuf_slot(b, i)->len = 1;
        assert_int_equal(lkcam_sendbuf_commit(b, batch), 0);
        n -= batch;
    }
}

static void send_all(struct lkcam_sendbuf *b)
{
    while (lkcam_sendbuf_peek(b))
        lkcam_sendbuf_sent(b);
}

static void packets_leave_in_order_with_their_numbers(void **state)
{
    struct lkcam_sendbuf b;
    assert_int_equal(lkcam_sendbuf_init(&b, 1000), 0);
    assert_null(lkcam_sendbuf_peek(&b));
    put(&b, 3);
    for (uint64_t seq = 1000; seq < 1003; seq++) {
        assert_int_equal(lkcam_sendbuf_peek(&b)->seq, seq);
        lkcam_sendbuf_sent(&b);
    }
    assert_null(lkcam_sendbuf_peek(&b));
    lkcam_sendbuf_deinit(&b);
}

static void only_sent_packets_are_found(void **state)
{
    struct lkcam_sendbuf b;
    lkcam_sendbuf_init(&b, 7);
    put(&b, 2);
    assert_null(lkcam_sendbuf_find(&b, 7));
    lkcam_sendbuf_sent(&b);
    assert_int_equal(lkcam_sendbuf_find(&b, 7)->seq, 7);
    assert_null(lkcam_sendbuf_find(&b, 8));
    assert_null(lkcam_sendbuf_find(&b, 6)); // before the first
    lkcam_sendbuf_deinit(&b);
}

static void history_gives_up_a_slot_before_it_is_filled_again(void **state)
{
    struct lkcam_sendbuf b;
    lkcam_sendbuf_init(&b, 0);
    for (int i = 0; i < LKCAM_SENDBUF_LEN; i++) {
        put(&b, 1);
        send_all(&b);
    }
    for (int i = 0; i < LKCAM_SENDBUF_BATCH; i++) {
        assert_null(lkcam_sendbuf_find(&b, (uint16_t)i));
        assert_int_equal(lkcam_sendbuf_slot(&b, i)->seq, LKCAM_SENDBUF_LEN + i);
    }
    assert_int_equal(lkcam_sendbuf_find(&b, LKCAM_SENDBUF_BATCH)->seq, LKCAM_SENDBUF_BATCH);
    lkcam_sendbuf_deinit(&b);
}

static void numbers_are_found_across_the_wrap(void **state)
{
    struct lkcam_sendbuf b;
    lkcam_sendbuf_init(&b, 65530);
    put(&b, 12);
    send_all(&b);
    assert_int_equal(lkcam_sendbuf_find(&b, 65535)->seq, 65535);
    assert_int_equal(lkcam_sendbuf_find(&b, 3)->seq, 65539);
    lkcam_sendbuf_deinit(&b);
}

static void an_overfull_backlog_loses_its_oldest_and_counts_them(void **state)
{
    struct lkcam_sendbuf b;
    int lost = 0;
    lkcam_sendbuf_init(&b, 0);
    for (int i = 0; i < LKCAM_SENDBUF_LEN + 100; i++) {
        lkcam_sendbuf_slot(&b, 0);
        lost += lkcam_sendbuf_commit(&b, 1);
    }
    assert_int_equal(lost, 100 + LKCAM_SENDBUF_BATCH);
    assert_int_equal(lkcam_sendbuf_peek(&b)->seq, lost);
    lkcam_sendbuf_deinit(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_leave_in_order_with_their_numbers),
        cmocka_unit_test(only_sent_packets_are_found),
        cmocka_unit_test(history_gives_up_a_slot_before_it_is_filled_again),
        cmocka_unit_test(numbers_are_found_across_the_wrap),
        cmocka_unit_test(an_overfull_backlog_loses_its_oldest_and_counts_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
