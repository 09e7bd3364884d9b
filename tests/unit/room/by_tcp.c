// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A whole connection whose way is a TCP connection.
#include "peer.h"

#define TCP_LINE "a=candidate:2 1 tcp 1 192.0.2.1 7881 typ host tcptype passive\r\n"

static void discard_checks(struct rig *r)
{
    struct lkcam_outgoing out;
    lkcam_transport_tick(&r->t, r->now);
    while (lkcam_transport_output(&r->t, &out, r->now))
        assert_false(out.datagram.to.tcp);
}

static void connect_by_tcp(struct rig *r, uint64_t seed)
{
    rig_open(r, seed);
    assert_int_equal(rig_answer(r, "active", MEDIA_LINES TCP_LINE), 0);
    while (r->now < T0 + LKCAM_MS(250)) { // nobody answers by UDP
        r->now = lkcam_transport_deadline(&r->t, r->now) > r->now
                     ? lkcam_transport_deadline(&r->t, r->now)
                     : r->now;
        discard_checks(r);
    }
    assert_int_equal(lkcam_ice_connect(&r->t.ice, &r->addr), 1);
    assert_false(lkcam_transport_by_tcp(&r->t));
    lkcam_ice_connected(&r->t.ice, &r->addr, r->now);
    pump(r); // the peer answers the check: from here all goes to r->addr
    assert_true(lkcam_transport_by_tcp(&r->t));
    r->dtls->ops->tick(r->dtls, r->now);
    peer_flush_dtls(r);
    pump(r);
    assert_true(r->t.ready && r->srtp);
    r->count = 0;
}

static void all_of_it_goes_there(void **state)
{
    struct rig r;
    connect_by_tcp(&r, 1);
    lkcam_pacer_set(&r.t.senders[0].pacer, 3000000, 30000, r.now);
    add_frame(&r, 3);
    pull(&r);
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTP), 3);
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTCP), 1);
    rig_close(&r);
}

// What a full connection does not take stays in the ring, unprotected, where its age shows.
static void media_waits_for_a_full_connection(void **state)
{
    struct rig r;
    connect_by_tcp(&r, 2);
    lkcam_pacer_set(&r.t.senders[0].pacer, 3000000, 30000, r.now);
    lkcam_transport_block(&r.t);
    add_frame(&r, 3);
    r.now += LKCAM_MS(100);
    pull(&r);
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTP), 0);
    assert_int_equal(lkcam_sender_backlog_age(&r.t.senders[0], r.now), LKCAM_MS(100));
    lkcam_transport_unblock(&r.t);
    pull(&r);
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTP), 3);
    rig_close(&r);
}

// The UDP socket, or a connection that was not selected: neither would ever say that it has room.
static void what_was_full_on_the_way_there_blocks_nothing(void **state)
{
    struct rig r;
    struct lkcam_outgoing out;
    rig_open(&r, 4);
    assert_int_equal(rig_answer(&r, "active", MEDIA_LINES TCP_LINE), 0);
    lkcam_transport_tick(&r.t, r.now);
    assert_int_equal(lkcam_transport_output(&r.t, &out, r.now), 1);
    lkcam_transport_refused(&r.t, &out, true);
    assert_false(r.t.blocked);
    lkcam_transport_block(&r.t);
    assert_false(r.t.blocked);
    rig_close(&r);
}

static void its_end_is_the_end(void **state)
{
    struct rig r;
    connect_by_tcp(&r, 3);
    lkcam_ice_broken(&r.t.ice, &r.addr, -ECONNRESET);
    lkcam_transport_tick(&r.t, r.now);
    assert_true(r.t.failed);
    assert_int_equal(r.t.end.reason, LKCAM_REASON_MEDIA_LOST);
    assert_string_equal(
        r.t.end.text, "ICE: the TCP connection to 192.0.2.1:7881 broke: connection reset by peer");
    assert_int_equal(pull(&r), 0);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_goes_there),
        cmocka_unit_test(media_waits_for_a_full_connection),
        cmocka_unit_test(what_was_full_on_the_way_there_blocks_nothing),
        cmocka_unit_test(its_end_is_the_end),
    };
    return cmocka_run_group_tests_name("by_tcp", tests, NULL, NULL);
}
