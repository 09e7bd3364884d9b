// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Whoever fills packets that cannot leave wakes the thread that will send them.
#include "bare.h"

static void fill(struct lkcam *c)
{
    lkcam_stream_begin(&c->cameras[0]->sender->stream, 1, 1, 1);
    lkcam_stream_finish(lkcam_stream_packet(&c->cameras[0]->sender->stream, 0, true), 100, true, 1);
}

static void a_packet_that_waits_wakes_the_network_thread(void **state)
{
    struct lkcam *c = bare_open();
    lkcam_outbound_flush(c);
    assert_false(woken(c));
    fill(c);
    lkcam_outbound_commit(c->cameras[0], 1);
    assert_true(woken(c));
    lkcam_close(&c);
}

static void *flush_one(void *ctx)
{
    struct lkcam *c = ctx;
    lkcam_outbound_commit(c->cameras[0], 1);
    return NULL;
}

// An encoder with slice threads hands its slices out on them.
static void it_does_so_from_a_thread_of_the_encoder_too(void **state)
{
    struct lkcam *c = bare_open();
    pthread_t encoder;
    fill(c);
    assert_int_equal(pthread_create(&encoder, NULL, flush_one, c), 0);
    pthread_join(encoder, NULL);
    assert_true(woken(c));
    lkcam_close(&c);
}

static void the_network_thread_does_not_wake_itself(void **state)
{
    struct lkcam *c = bare_open();
    fill(c);
    lkcam_sender_commit(c->cameras[0]->sender, 1);
    lkcam_outbound_flush(c); // else it would spin while the pacer holds the packet back
    assert_false(woken(c));
    lkcam_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_that_waits_wakes_the_network_thread),
        cmocka_unit_test(it_does_so_from_a_thread_of_the_encoder_too),
        cmocka_unit_test(the_network_thread_does_not_wake_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
