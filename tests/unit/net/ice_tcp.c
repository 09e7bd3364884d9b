// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Pairs by TCP: when they are begun, what a connection's fate means, and that UDP comes first.
#include <errno.h>
#include <string.h>

#include "cmocka_all.h"
#include "ice_rig.h"
#include "net/ice.h"

#define DELAY LKCAM_MS(250)

static void add(struct rig *r, int n, lkcam_us now)
{
    struct lkcam_candidate c = candidate(n);
    assert_int_equal(lkcam_ice_add_remote(&r->ice, &c, now), 0);
}

static void start_with(struct rig *r, int udp, int tcp)
{
    start(r, 1);
    assert_int_equal(lkcam_ice_set_remote(&r->ice, UFRAG, PWD, T0), 0);
    for (int i = 0; i < udp; i++)
        add(r, i, T0);
    for (int i = 0; i < tcp; i++)
        add(r, BY_TCP + i, T0);
    pull(r, T0);
    assert_int_equal(r->count, udp); // a pair without a connection is not checked
}

// @return the connection that is asked for now; -1: none.
static int wanted(struct rig *r)
{
    struct lkcam_addr to;
    if (!lkcam_ice_connect(&r->ice, &to))
        return -1;
    assert_true(to.tcp);
    assert_true(lkcam_ice_needs(&r->ice, &to));
    return to.port - 5000;
}

static void connected(struct rig *r, int n, lkcam_us now)
{
    struct lkcam_addr a = address(BY_TCP + n);
    lkcam_ice_connected(&r->ice, &a, now);
}

static void broken(struct rig *r, int n, int error)
{
    struct lkcam_addr a = address(BY_TCP + n);
    lkcam_ice_broken(&r->ice, &a, error);
}

static bool needed(const struct rig *r, int n)
{
    struct lkcam_addr a = address(BY_TCP + n);
    return lkcam_ice_needs(&r->ice, &a);
}

static void assert_route(const struct rig *r, int n)
{
    struct lkcam_addr to, expected = address(n);
    assert_true(lkcam_ice_route(&r->ice, &to));
    assert_true(lkcam_addr_equal(&to, &expected));
}

// UDP is silent, the connection is made 7 ms after it was asked for, its first check has left.
static lkcam_us start_stream(struct rig *r)
{
    lkcam_us now = T0 + DELAY + LKCAM_MS(7);
    start_with(r, 1, 1);
    run(r, T0 + DELAY);
    assert_int_equal(wanted(r), 0);
    connected(r, 0, now);
    pull(r, now);
    assert_int_equal(r->count, 1);
    return now;
}

static void udp_has_a_quarter_of_a_second(void **state)
{
    struct rig r;
    struct lkcam_addr to = address(BY_TCP);

    start_with(&r, 1, 1);
    run(&r, T0 + DELAY - 1);
    assert_int_equal(wanted(&r), -1);
    assert_int_equal(lkcam_ice_deadline(&r.ice), T0 + DELAY);
    run(&r, T0 + DELAY);
    assert_int_equal(wanted(&r), 0);
    assert_int_equal(wanted(&r), -1); // asked for once
    run(&r, T0 + LKCAM_MS(300));
    assert_int_equal(r.count, 0); // nothing of it, before there is a connection

    connected(&r, 0, T0 + LKCAM_MS(310));
    assert_int_equal(lkcam_ice_deadline(&r.ice), T0 + LKCAM_MS(310));
    pull(&r, T0 + LKCAM_MS(310));
    assert_int_equal(r.count, 1);
    assert_true(lkcam_addr_equal(&r.sent[0].to, &to));
    assert_true(r.sent[0].m.use_candidate);
    assert_int_equal(r.sent[0].m.priority, 83u << 24 | 57343u << 8 | 255u);
    assert_int_equal(answer(&r, &r.sent[0], 0, BY_TCP, T0 + LKCAM_MS(311)), 0);
    assert_int_equal(r.ice.state, LKCAM_ICE_CONNECTED);
    assert_int_equal(r.ice.rtt_us, LKCAM_MS(1));
    assert_route(&r, BY_TCP);
}

static void three_round_trips_where_that_is_longer(void **state)
{
    struct rig r;
    start_with(&r, 1, 1);
    r.ice.path_rtt_us = LKCAM_MS(200);
    run(&r, T0 + LKCAM_MS(600) - 1);
    assert_int_equal(wanted(&r), -1);
    run(&r, T0 + LKCAM_MS(600));
    assert_int_equal(wanted(&r), 0);
}

static void without_udp_it_begins_when_all_are_known(void **state)
{
    struct rig r;
    start_with(&r, 0, 2);
    assert_int_equal(lkcam_ice_deadline(&r.ice), T0 + DELAY); // one of UDP may still come
    assert_int_equal(wanted(&r), -1);
    lkcam_ice_end_of_candidates(&r.ice);
    assert_true(lkcam_ice_deadline(&r.ice) <= T0 + 10);
    pull(&r, T0 + 10);
    assert_int_equal(wanted(&r), 0);
    assert_int_equal(wanted(&r), 1);

    start_with(&r, 1, 1); // with UDP it waits all the same
    lkcam_ice_end_of_candidates(&r.ice);
    pull(&r, T0 + 10);
    assert_int_equal(wanted(&r), -1);
}

static void a_late_candidate_is_tried_at_once(void **state)
{
    struct rig r;
    start_with(&r, 1, 0);
    run(&r, T0 + LKCAM_SECONDS(5));
    add(&r, BY_TCP, T0 + LKCAM_SECONDS(5) + 1);
    assert_true(lkcam_ice_deadline(&r.ice) <= T0 + LKCAM_SECONDS(5) + 1);
    pull(&r, T0 + LKCAM_SECONDS(5) + 1);
    assert_int_equal(wanted(&r), 0);
}

static void udp_that_answers_in_time_keeps_tcp_away(void **state)
{
    struct rig r;
    start_with(&r, 1, 2);
    assert_int_equal(answer(&r, &r.sent[0], 0, 0, T0 + LKCAM_MS(249)), 0);
    run(&r, T0 + LKCAM_SECONDS(3));
    assert_int_equal(wanted(&r), -1);
    assert_int_equal(r.count, 0);
    assert_route(&r, 0);
    add(&r, BY_TCP + 2, T0 + LKCAM_SECONDS(3)); // nor is one that comes now
    pull(&r, T0 + LKCAM_SECONDS(3));
    assert_int_equal(wanted(&r), -1);
}

static void udp_that_answers_first_shuts_the_connections(void **state)
{
    struct rig r;
    lkcam_us now = T0 + LKCAM_MS(300);

    start_with(&r, 1, 3);
    struct sent check = r.sent[0];
    run(&r, T0 + DELAY);
    for (int i = 0; i < 3; i++)
        assert_int_equal(wanted(&r), i);
    connected(&r, 0, now);
    connected(&r, 1, now);
    pull(&r, now);
    struct sent late = r.sent[0];
    assert_int_equal(request(&r, BY_TCP + 1, now), 0); // and its answer waits
    assert_int_equal(answer(&r, &check, 0, 0, now + 1), 0);
    assert_route(&r, 0);
    for (int i = 0; i < 3; i++)
        assert_false(needed(&r, i));
    assert_int_equal(answer(&r, &late, 0, BY_TCP, now + 1), -ENOENT);
    assert_int_equal(request(&r, BY_TCP, now + 1), -ENOENT);
    connected(&r, 2, now + 1); // crossed with our decision
    broken(&r, 1, -ECONNRESET);
    // A lite server obeys the last nomination that it has seen: it is ours of UDP.
    pull(&r, now + 1);
    assert_int_equal(r.count, 1);
    assert_false(r.sent[0].to.tcp);
    assert_true(r.sent[0].m.use_candidate);
    assert_int_equal(r.ice.state, LKCAM_ICE_CONNECTED);
    pull(&r, now + 2);
    assert_int_equal(r.count, 0);
}

static void udp_that_answers_later_moves_nothing(void **state)
{
    struct rig r;
    start_with(&r, 1, 2);
    struct sent check = r.sent[0];
    run(&r, T0 + DELAY);
    assert_int_equal(wanted(&r), 0);
    assert_int_equal(wanted(&r), 1);
    connected(&r, 0, T0 + DELAY);
    pull(&r, T0 + DELAY);
    assert_int_equal(answer(&r, &r.sent[0], 0, BY_TCP, T0 + DELAY + 1), 0);
    assert_true(needed(&r, 0));
    assert_false(needed(&r, 1)); // one is enough
    assert_int_equal(answer(&r, &check, 0, 0, T0 + DELAY + 2), 0);
    assert_route(&r, BY_TCP);
    assert_int_equal(request(&r, 0, T0 + DELAY + 3), 0); // answered, and no more
    pull(&r, T0 + DELAY + 3);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.sent[0].m.type, LKCAM_STUN_BINDING_SUCCESS);
    assert_true(r.sent[1].to.tcp); // the nomination, once more
    assert_route(&r, BY_TCP);
}

static void repeats_by_tcp_are_slow(void **state)
{
    static const int ms[] = {500, 1500, 3100, 4700};
    struct rig r;
    int n = 0;
    lkcam_us began = start_stream(&r);
    run(&r, began + LKCAM_SECONDS(5));
    for (int i = 0; i < r.count; i++)
        if (r.sent[i].to.tcp)
            assert_int_equal(r.sent[i].at - began, LKCAM_MS(ms[n++]));
    assert_int_equal(n, 4);
}

static void requests_by_tcp_are_answered_there(void **state)
{
    struct rig r;
    lkcam_us now = start_stream(&r) + 1;
    struct lkcam_addr there = address(BY_TCP);
    assert_int_equal(request(&r, BY_TCP, now), 0);
    pull(&r, now);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.sent[0].m.type, LKCAM_STUN_BINDING_SUCCESS);
    assert_true(lkcam_addr_equal(&r.sent[0].to, &there));
    // Nobody connects to us.
    assert_int_equal(request(&r, BY_TCP + 5, now), -ENOENT);
    pull(&r, now);
    assert_int_equal(r.count, 0);
}

static void same_address_by_udp_is_another(void **state)
{
    struct rig r;
    lkcam_us now = start_stream(&r) + 1;
    struct sent check = r.sent[0];
    assert_int_equal(answer(&r, &check, 0, 0, now), -ENOENT);
    assert_int_equal(r.ice.state, LKCAM_ICE_CHECKING);
    assert_int_equal(answer(&r, &check, 0, BY_TCP, now), 0);
    assert_int_equal(r.ice.state, LKCAM_ICE_CONNECTED);
}

static void consent_by_tcp(void **state)
{
    struct rig r;
    char why[200];
    lkcam_us now = start_stream(&r);
    assert_int_equal(answer(&r, &r.sent[0], 0, BY_TCP, now), 0);
    run(&r, now + LKCAM_SECONDS(30) - 1);
    assert_in_range(r.count, 6, 8); // the repeated nomination among them
    for (int i = 0; i < r.count; i++)
        assert_true(r.sent[i].to.tcp);
    run(&r, now + LKCAM_SECONDS(30));
    assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
    assert_false(needed(&r, 0));
    lkcam_ice_explain(&r.ice, why, sizeof why);
    assert_string_equal(why, "the server no longer answers (consent expired)");
}

static void selected_connection_that_breaks_is_the_end(void **state)
{
    static const struct {
        int error;
        const char *why;
    } cases[] = {{-ECONNRESET, "connection reset by peer"}, {0, "the server closed it"}};
    for (int i = 0; i < 2; i++) {
        struct rig r;
        char why[200], expected[200];
        lkcam_us now = start_stream(&r);
        assert_int_equal(answer(&r, &r.sent[0], 0, BY_TCP, now), 0);
        broken(&r, 0, cases[i].error);
        assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
        assert_false(lkcam_ice_route(&r.ice, &(struct lkcam_addr){0}));
        snprintf(expected, sizeof expected, "the TCP connection to 192.0.2.1:5000 broke: %s",
                 cases[i].why);
        lkcam_ice_explain(&r.ice, why, sizeof why);
        assert_string_equal(why, expected);
    }
}

static void another_one_that_breaks_is_out(void **state)
{
    struct rig r;
    start_with(&r, 1, 2);
    run(&r, T0 + DELAY);
    assert_int_equal(wanted(&r), 0);
    assert_int_equal(wanted(&r), 1);
    broken(&r, 0, -ECONNREFUSED);
    assert_false(needed(&r, 0));
    assert_int_equal(r.ice.state, LKCAM_ICE_CHECKING);
    connected(&r, 0, T0 + DELAY); // contradicts itself
    connected(&r, 1, T0 + DELAY);
    pull(&r, T0 + DELAY);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.sent[0].to.port, 5001);
    assert_int_equal(answer(&r, &r.sent[0], 0, BY_TCP + 1, T0 + DELAY + 1), 0);
    assert_route(&r, BY_TCP + 1);
}

static void failure_names_both_protocols(void **state)
{
    static const struct {
        int udp, tcp;
        void (*fate)(struct rig *r, int n, int error);
        int error;
        const char *why;
    } cases[] = {
        {1, 1, broken, -ECONNREFUSED,
         "UDP 192.0.2.1:5000: no answer; TCP 192.0.2.1:5000: connection refused"},
        {2, 1, NULL, 0,
         "UDP 192.0.2.1:5000: no answer (and 1 more); TCP 192.0.2.1:5000: no answer"},
        {0, 3, broken, 0,
         "UDP not offered by the server; TCP 192.0.2.1:5000: the server closed it (and 2 more)"},
        {1, 0, NULL, 0, "UDP 192.0.2.1:5000: no answer; TCP not offered by the server"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig r;
        char why[300], expected[300], cut[10];
        start_with(&r, cases[i].udp, cases[i].tcp);
        run(&r, T0 + DELAY);
        while (wanted(&r) >= 0)
            ;
        if (cases[i].fate)
            cases[i].fate(&r, 0, cases[i].error);
        run(&r, T0 + LKCAM_SECONDS(15));
        assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
        snprintf(expected, sizeof expected,
                 "no way for media: %s; a firewall must let one of them through", cases[i].why);
        lkcam_ice_explain(&r.ice, why, sizeof why);
        assert_string_equal(why, expected);
        lkcam_ice_explain(&r.ice, cut, sizeof cut);
        assert_string_equal(cut, "no way fo");
    }
}

static void connected_without_an_answer_is_told(void **state)
{
    struct rig r;
    char why[300];
    start_stream(&r);
    run(&r, T0 + LKCAM_SECONDS(15));
    lkcam_ice_explain(&r.ice, why, sizeof why);
    assert_non_null(strstr(why, "TCP 192.0.2.1:5000: connected, but no answer"));
}

static void connections_are_bounded(void **state)
{
    struct rig r;
    struct lkcam_candidate c = candidate(BY_TCP + 9), active = {.addr = address(BY_TCP + 8)};
    start_with(&r, 1, LKCAM_ICE_STREAMS);
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &c, T0), -ENOSPC);
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &active, T0), -ENOTSUP);
    c = candidate(BY_TCP);
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &c, T0), -EEXIST);
    c = candidate(9); // UDP has room
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &c, T0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(udp_has_a_quarter_of_a_second),
        cmocka_unit_test(three_round_trips_where_that_is_longer),
        cmocka_unit_test(without_udp_it_begins_when_all_are_known),
        cmocka_unit_test(a_late_candidate_is_tried_at_once),
        cmocka_unit_test(udp_that_answers_in_time_keeps_tcp_away),
        cmocka_unit_test(udp_that_answers_first_shuts_the_connections),
        cmocka_unit_test(udp_that_answers_later_moves_nothing),
        cmocka_unit_test(repeats_by_tcp_are_slow),
        cmocka_unit_test(requests_by_tcp_are_answered_there),
        cmocka_unit_test(same_address_by_udp_is_another),
        cmocka_unit_test(consent_by_tcp),
        cmocka_unit_test(selected_connection_that_breaks_is_the_end),
        cmocka_unit_test(another_one_that_breaks_is_out),
        cmocka_unit_test(failure_names_both_protocols),
        cmocka_unit_test(connected_without_an_answer_is_told),
        cmocka_unit_test(connections_are_bounded),
    };
    return cmocka_run_group_tests_name("ice_tcp", tests, NULL, NULL);
}
