// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Slices back in macroblock order, whoever brings them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "pub/nalorder.h"

#define SLICES 8

static int got[64], got_count;
static atomic_int inside;

static void emit(void *ctx, const struct lkcam_coded_nal *nal)
{
    assert_int_equal(atomic_fetch_add(&inside, 1), 0); // one thread at a time
    assert_int_equal(nal->p[0], nal->first_mb < 0 ? 0xff : nal->first_mb);
    got[got_count++] = nal->first_mb;
    atomic_fetch_sub(&inside, 1);
}

// The bytes are overwritten as soon as the call returns, as an encoder would.
static void input(struct lkcam_nalorder *o, int slice)
{
    uint8_t bytes[16];
    memset(bytes, slice < 0 ? 0xff : slice, sizeof bytes);
    struct lkcam_coded_nal nal = {bytes, sizeof bytes, slice, slice, SLICES};
    lkcam_nalorder_input(o, &nal);
    memset(bytes, 0xee, sizeof bytes);
}

static void begin(struct lkcam_nalorder *o)
{
    got_count = 0;
    lkcam_nalorder_begin(o);
}

static void every_order_of_four_slices_comes_out_in_order(void **state)
{
    struct lkcam_nalorder o;
    assert_int_equal(lkcam_nalorder_init(&o, 4096, emit, NULL), 0);
    for (int a = 0; a < 256; a++) {
        int order[4] = {a & 3, a >> 2 & 3, a >> 4 & 3, a >> 6 & 3}, mask = 0;
        for (int i = 0; i < 4; i++)
            mask |= 1 << order[i];
        if (mask != 15)
            continue;
        begin(&o);
        input(&o, -1); // parameter sets first, as they come
        for (int i = 0; i < 4; i++)
            input(&o, order[i]);
        assert_int_equal(got_count, 5);
        assert_int_equal(got[0], -1);
        for (int i = 0; i < 4; i++)
            assert_int_equal(got[i + 1], i);
        assert_false(o.broken);
    }
    lkcam_nalorder_deinit(&o);
}

static void a_slice_in_order_is_carried_on_at_once(void **state)
{
    struct lkcam_nalorder o;
    lkcam_nalorder_init(&o, 64, emit, NULL);
    begin(&o);
    for (int i = 0; i < SLICES; i++) {
        input(&o, i);
        assert_int_equal(got_count, i + 1);
    }
    lkcam_nalorder_deinit(&o);
}

static void what_cannot_be_held_breaks_the_frame_and_no_more(void **state)
{
    struct lkcam_nalorder o;
    lkcam_nalorder_init(&o, 20, emit, NULL);
    begin(&o);
    input(&o, 2);
    input(&o, 1); // 32 bytes do not fit into 20
    assert_true(o.broken);
    input(&o, 0);
    assert_int_equal(got_count, 1);
    begin(&o);
    input(&o, 1);
    input(&o, 0);
    assert_int_equal(got_count, 2);
    assert_false(o.broken);
    lkcam_nalorder_deinit(&o);
}

struct worker {
    struct lkcam_nalorder *o;
    pthread_barrier_t *start;
    int first;
};

static void *work(void *ctx)
{
    struct worker *w = ctx;
    pthread_barrier_wait(w->start);
    for (int i = w->first; i < SLICES; i += 2)
        input(w->o, i);
    return NULL;
}

static void two_threads_at_once_lose_nothing(void **state)
{
    struct lkcam_nalorder o;
    pthread_barrier_t start;
    lkcam_nalorder_init(&o, 4096, emit, NULL);
    pthread_barrier_init(&start, NULL, 2);
    for (int round = 0; round < 300; round++) {
        pthread_t t[2];
        struct worker w[2] = {{&o, &start, 0}, {&o, &start, 1}};
        begin(&o);
        for (int i = 0; i < 2; i++)
            pthread_create(&t[i], NULL, work, &w[i]);
        for (int i = 0; i < 2; i++)
            pthread_join(t[i], NULL);
        assert_int_equal(got_count, SLICES);
        for (int i = 0; i < SLICES; i++)
            assert_int_equal(got[i], i);
    }
    pthread_barrier_destroy(&start);
    lkcam_nalorder_deinit(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_of_four_slices_comes_out_in_order),
        cmocka_unit_test(a_slice_in_order_is_carried_on_at_once),
        cmocka_unit_test(what_cannot_be_held_breaks_the_frame_and_no_more),
        cmocka_unit_test(two_threads_at_once_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
