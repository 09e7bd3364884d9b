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

static struct lkcam_addr at(const char *ip, bool tcp)
{
    struct lkcam_addr a;
    assert_int_equal(lkcam_addr_parse(&a, ip, 7881), 0);
    a.tcp = tcp;
    return a;
}

// A selected pair whose consent check is due: the first to call sends it.
static void select_pair(struct lkcam *c, struct lkcam_addr remote)
{
    struct lkcam_ice *ice = &c->transport.ice;
    assert_int_equal(lkcam_ice_set_remote(ice, "peer", "peerpeerpeerpeerpeerpeer", 1), 0);
    ice->pairs[0] = (struct lkcam_ice_pair){.remote = remote, .used = true};
    ice->state = LKCAM_ICE_CONNECTED;
    ice->selected = 0;
}

static void a_connection_is_the_network_threads_alone(void **state)
{
    static const bool by_tcp[] = {true, false};
    for (int i = 0; i < 2; i++) {
        struct lkcam *c = bare_open();
        select_pair(c, at("127.0.0.1", by_tcp[i]));
        fill(c);
        lkcam_outbound_commit(c->cameras[0], 1);
        assert_int_equal(c->transport.ice.pairs[0].tries, by_tcp[i] ? 0 : 1);
        assert_true(woken(c));
        lkcam_outbound_flush(c);
        assert_int_equal(c->transport.ice.pairs[0].tries, 1);
        lkcam_close(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_that_waits_wakes_the_network_thread),
        cmocka_unit_test(it_does_so_from_a_thread_of_the_encoder_too),
        cmocka_unit_test(the_network_thread_does_not_wake_itself),
        cmocka_unit_test(a_connection_is_the_network_threads_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
