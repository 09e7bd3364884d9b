// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "net/ice.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"
#include "ice_rig.h"

static void first_check_leaves_at_once_and_nominates(void **state)
{
    struct rig r;
    struct lkcam_candidate c = candidate(7);
    struct lkcam_addr expected = address(7);

    start(&r, 1);
    assert_int_equal(lkcam_ice_deadline(&r.ice), LKCAM_NEVER);
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &c, T0), 0);
    pull(&r, T0);
    assert_int_equal(r.count, 0); // nobody to check it with
    assert_int_equal(r.ice.state, LKCAM_ICE_NEW);

    assert_int_equal(lkcam_ice_set_remote(&r.ice, UFRAG, PWD, T0 + 5), 0);
    assert_int_equal(r.ice.state, LKCAM_ICE_CHECKING);
    assert_int_equal(lkcam_ice_deadline(&r.ice), T0 + 5);
    pull(&r, T0 + 5);
    assert_int_equal(r.count, 1);
    const struct sent *s = &r.sent[0];
    assert_int_equal(s->m.type, LKCAM_STUN_BINDING_REQUEST);
    assert_true(lkcam_addr_equal(&s->to, &expected));
    assert_true(s->m.use_candidate);
    assert_int_equal(s->m.role, LKCAM_STUN_CONTROLLING);
    assert_int_equal(s->m.priority, 110u << 24 | 65535u << 8 | 255u);
    assert_int_equal(s->m.username_len, 4 + 1 + LKCAM_ICE_UFRAG);
    assert_memory_equal(s->m.username, UFRAG ":", 5);
    assert_memory_equal(s->m.username + 5, r.ice.ufrag, LKCAM_ICE_UFRAG);
    assert_int_equal(lkcam_stun_verify(s->bytes, s->len, &s->m, PWD), 0);

    // And every later candidate in its turn.
    c = candidate(8);
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &c, T0 + 9), 0);
    assert_int_equal(lkcam_ice_deadline(&r.ice), T0 + 9);
    pull(&r, T0 + 9);
    assert_int_equal(r.count, 1);
    assert_true(r.sent[0].m.use_candidate);
}

static void lost_check_is_repeated_eight_times_in_all(void **state)
{
    static const int ms[] = {50, 150, 350, 750, 1550, 3150, 4750};
    struct rig r;
    uint8_t tid[LKCAM_STUN_TID];

    start_checking(&r, 1);
    memcpy(tid, r.sent[0].m.tid, sizeof tid);
    run(&r, T0 + LKCAM_SECONDS(15) - 1);
    assert_int_equal(r.count, 7);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(r.sent[i].at - T0, LKCAM_MS(ms[i]));
        assert_memory_equal(r.sent[i].m.tid, tid, sizeof tid);
    }
    assert_int_equal(r.ice.state, LKCAM_ICE_CHECKING);
    assert_int_equal(lkcam_ice_deadline(&r.ice), T0 + LKCAM_SECONDS(15));
    run(&r, T0 + LKCAM_SECONDS(15));
    assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
    assert_int_equal(r.count, 0);
}

static void without_any_candidate_it_fails_in_time_too(void **state)
{
    struct rig r;
    char why[300];

    start(&r, 1);
    assert_int_equal(lkcam_ice_set_remote(&r.ice, UFRAG, PWD, T0), 0);
    assert_int_equal(lkcam_ice_deadline(&r.ice), T0 + LKCAM_SECONDS(15));
    pull(&r, T0 + LKCAM_SECONDS(15) - 1);
    assert_int_equal(r.ice.state, LKCAM_ICE_NEW);
    pull(&r, T0 + LKCAM_SECONDS(15));
    assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
    assert_int_equal(r.count, 0);
    assert_int_equal(lkcam_ice_deadline(&r.ice), LKCAM_NEVER);
    lkcam_ice_explain(&r.ice, why, sizeof why);
    assert_string_equal(why, "no way for media: the server has offered no address that can be "
                             "used; look at its RTC ports and its external IP");
    // One that comes too late changes nothing.
    struct lkcam_candidate c = candidate(0);
    lkcam_ice_add_remote(&r.ice, &c, T0 + LKCAM_SECONDS(16));
    pull(&r, T0 + LKCAM_SECONDS(16));
    assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
    assert_int_equal(r.count, 0);
}

// The time for an answer begins with the first that can be asked.
static void late_candidate_has_its_full_time(void **state)
{
    struct rig r;
    struct lkcam_candidate c = candidate(0);
    lkcam_us late = T0 + LKCAM_SECONDS(15) - 1;

    start(&r, 1);
    assert_int_equal(lkcam_ice_set_remote(&r.ice, UFRAG, PWD, T0), 0);
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &c, late), 0);
    run(&r, late + LKCAM_SECONDS(15) - 1);
    assert_int_equal(r.ice.state, LKCAM_ICE_CHECKING);
    assert_int_equal(r.count, 8);
    run(&r, late + LKCAM_SECONDS(15));
    assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
}

static void failed_is_silent(void **state)
{
    struct rig r;
    struct lkcam_addr to;

    start_checking(&r, 1);
    struct sent check = r.sent[0];
    assert_int_equal(request(&r, 0, T0 + LKCAM_SECONDS(15) - 1), 0);
    pull(&r, T0 + LKCAM_SECONDS(15));
    assert_int_equal(r.count, 0);
    assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
    assert_int_equal(lkcam_ice_deadline(&r.ice), LKCAM_NEVER);
    assert_int_equal(answer(&r, &check, 0, 0, T0 + LKCAM_SECONDS(16)), -ENOENT);
    assert_int_equal(request(&r, 0, T0 + LKCAM_SECONDS(16)), -ENOENT);
    pull(&r, T0 + LKCAM_SECONDS(16));
    assert_int_equal(r.count, 0);
    assert_false(lkcam_ice_route(&r.ice, &to));
}

static void first_answer_selects_and_stays(void **state)
{
    struct rig r;
    struct lkcam_addr to, expected = address(1);

    start_checking(&r, 3);
    struct sent late = r.sent[0];
    assert_false(lkcam_ice_route(&r.ice, &to));
    assert_int_equal(answer(&r, &r.sent[1], 0, 1, T0 + 400), 0);
    assert_int_equal(r.ice.state, LKCAM_ICE_CONNECTED);
    assert_true(lkcam_ice_route(&r.ice, &to));
    assert_true(lkcam_addr_equal(&to, &expected));
    assert_int_equal(r.ice.rtt_us, 400);

    assert_int_equal(answer(&r, &late, 0, 0, T0 + 900), 0);
    assert_true(lkcam_ice_route(&r.ice, &to));
    assert_true(lkcam_addr_equal(&to, &expected));
    assert_int_equal(r.ice.rtt_us, 400);
    run(&r, T0 + LKCAM_SECONDS(4)); // the other two are no longer checked
    assert_int_equal(r.count, 0);

    struct lkcam_candidate c = candidate(4); // nor is one that comes now
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &c, T0 + LKCAM_SECONDS(4)), 0);
    pull(&r, T0 + LKCAM_SECONDS(4));
    assert_int_equal(r.count, 0);
}

static void round_trip_is_not_told_by_a_repeated_check(void **state)
{
    struct rig r;
    start_checking(&r, 1);
    struct sent check = r.sent[0];
    run(&r, T0 + LKCAM_MS(60));
    assert_int_equal(r.count, 1);
    assert_int_equal(answer(&r, &check, 0, 0, T0 + LKCAM_MS(80)), 0);
    assert_int_equal(r.ice.state, LKCAM_ICE_CONNECTED);
    assert_int_equal(r.ice.rtt_us, 0);

    run(&r, T0 + LKCAM_SECONDS(7)); // but by the next consent check
    assert_int_equal(r.count, 1);
    assert_int_equal(answer(&r, &r.sent[0], 0, 0, r.sent[0].at + LKCAM_MS(80)), 0);
    assert_int_equal(r.ice.rtt_us, LKCAM_MS(80));
}

static void only_a_true_answer_counts(void **state)
{
    struct rig r;
    start_checking(&r, 2);
    struct sent check = r.sent[0], changed = check;
    struct lkcam_stun m = {.type = LKCAM_STUN_BINDING_SUCCESS, .has_mapped = true};
    memcpy(m.tid, check.m.tid, sizeof m.tid);
    changed.m.tid[11] ^= 1;

    assert_int_equal(answer(&r, &check, 0, 1, T0 + 1), -ENOENT); // from another known address
    assert_int_equal(answer(&r, &check, 0, 5, T0 + 1), -ENOENT); // from an unknown one
    assert_int_equal(answer(&r, &changed, 0, 0, T0 + 1), -ENOENT);
    assert_int_equal(input(&r, &m, r.ice.pwd, 0, T0 + 1), -EACCES); // by the wrong password
    assert_int_equal(input(&r, &m, NULL, 0, T0 + 1), -EACCES);      // by none
    assert_int_equal(r.ice.state, LKCAM_ICE_CHECKING);

    assert_int_equal(answer(&r, &check, 0, 0, T0 + 1), 0);
    assert_int_equal(answer(&r, &check, 0, 0, T0 + 2), -ENOENT); // doubled on its way
    assert_int_equal(r.ice.rtt_us, 1);
}

static void consent_is_asked_for_every_five_seconds(void **state)
{
    lkcam_us shortest = LKCAM_NEVER, longest = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct rig r;
        struct lkcam_candidate c = candidate(0);
        start(&r, seed * 0x9e3779b97f4a7c15u);
        lkcam_ice_set_remote(&r.ice, UFRAG, PWD, T0);
        lkcam_ice_add_remote(&r.ice, &c, T0);
        pull(&r, T0);
        answer(&r, &r.sent[0], 0, 0, T0);
        lkcam_us wait = lkcam_ice_deadline(&r.ice) - T0;
        shortest = lkcam_us_min(shortest, wait);
        longest = wait > longest ? wait : longest;
    }
    assert_in_range(shortest, LKCAM_MS(4000), LKCAM_MS(4100));
    assert_in_range(longest, LKCAM_MS(5900), LKCAM_MS(6000));
}

static void consent_ends_thirty_seconds_after_the_last_answer(void **state)
{
    struct rig r;
    struct lkcam_addr to;
    lkcam_us end = T0 + 300 + LKCAM_SECONDS(30);

    start_connected(&r);
    run(&r, end - 1);
    assert_in_range(r.count, 5, 7); // none of them repeated, each one new
    for (int i = 1; i < r.count; i++) {
        assert_in_range(r.sent[i].at - r.sent[i - 1].at, LKCAM_SECONDS(4), LKCAM_SECONDS(6));
        assert_memory_not_equal(r.sent[i].m.tid, r.sent[i - 1].m.tid, LKCAM_STUN_TID);
    }
    assert_int_equal(r.ice.state, LKCAM_ICE_CONNECTED);
    assert_int_equal(lkcam_ice_deadline(&r.ice), end);
    run(&r, end);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
    assert_false(lkcam_ice_route(&r.ice, &to));
}

static void one_answer_of_three_keeps_consent_for_an_hour(void **state)
{
    struct rig r;
    int checks = 0;

    start_connected(&r);
    for (lkcam_us now; (now = lkcam_ice_deadline(&r.ice)) < T0 + LKCAM_SECONDS(3600);) {
        pull(&r, now);
        assert_int_equal(r.ice.state, LKCAM_ICE_CONNECTED);
        assert_int_equal(r.count, 1);
        if (++checks % 3 == 0)
            assert_int_equal(answer(&r, &r.sent[0], 0, 0, now + LKCAM_MS(40)), 0);
        if (checks % 3 == 1) // and a refusal is no consent
            assert_int_equal(answer(&r, &r.sent[0], 400, 0, now + LKCAM_MS(40)), 0);
    }
    assert_in_range(checks, 3600 / 6, 3600 / 4);
    assert_int_equal(r.ice.rtt_us, LKCAM_MS(40));
}

static void refused_consent_runs_out(void **state)
{
    struct rig r;
    start_connected(&r);
    for (lkcam_us now; (now = lkcam_ice_deadline(&r.ice)) != LKCAM_NEVER;) {
        pull(&r, now);
        if (r.count)
            answer(&r, &r.sent[0], r.count & 1 ? 487 : 400, 0, now + 1);
        assert_in_range(now, T0, T0 + 300 + LKCAM_SECONDS(30));
    }
    assert_int_equal(r.ice.state, LKCAM_ICE_FAILED);
}

static void assert_answered(struct rig *r, int from, lkcam_us now)
{
    struct lkcam_addr a = address(from);
    assert_true(lkcam_ice_deadline(&r->ice) <= now);
    pull(r, now);
    assert_true(r->count >= 1);
    const struct sent *s = &r->sent[0];
    assert_int_equal(s->m.type, LKCAM_STUN_BINDING_SUCCESS);
    assert_memory_equal(s->m.tid, "theirrequest", LKCAM_STUN_TID);
    assert_true(lkcam_addr_equal(&s->to, &a));
    assert_true(s->m.has_mapped);
    assert_true(lkcam_addr_equal(&s->m.mapped, &a));
    assert_int_equal(lkcam_stun_verify(s->bytes, s->len, &s->m, r->ice.pwd), 0);
}

static void requests_are_answered(void **state)
{
    struct rig r;
    start_connected(&r);
    assert_int_equal(request(&r, 0, T0 + 500), 0);
    assert_answered(&r, 0, T0 + 500);
    assert_int_equal(r.count, 1);
}

static void a_request_may_overtake_the_credentials(void **state)
{
    struct rig r;
    struct lkcam_addr expected = address(3);

    start(&r, 1);
    assert_int_equal(request_as(&r, ":any", r.ice.pwd, LKCAM_STUN_CONTROLLED, 3, T0), 0);
    assert_answered(&r, 3, T0);
    assert_int_equal(r.count, 1);
    assert_int_equal(request_as(&r, ":any", "wrong", LKCAM_STUN_CONTROLLED, 3, T0), -EACCES);

    // Its address needs no candidate any more.
    assert_int_equal(lkcam_ice_set_remote(&r.ice, UFRAG, PWD, T0 + 10), 0);
    pull(&r, T0 + 10);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.sent[0].m.type, LKCAM_STUN_BINDING_REQUEST);
    assert_true(lkcam_addr_equal(&r.sent[0].to, &expected));
}

static void false_requests_get_nothing(void **state)
{
    struct rig r;
    uint8_t bytes[LKCAM_STUN_MAX];
    struct lkcam_addr a = address(9);
    const struct lkcam_stun nameless = {.type = LKCAM_STUN_BINDING_REQUEST, .tid = "theirrequest"};

    start_checking(&r, 1);
    const struct {
        const char *theirs, *pwd;
    } wrong[] = {{":" UFRAG, "wrong"},  {":" UFRAG, NULL},       {":" UFRAG, PWD},
                 {":pee", r.ice.pwd},   {":peers", r.ice.pwd},   {":Peer", r.ice.pwd},
                 {"", r.ice.pwd},       {"x:" UFRAG, r.ice.pwd}, {":", r.ice.pwd},
                 {"." UFRAG, r.ice.pwd}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(
            request_as(&r, wrong[i].theirs, wrong[i].pwd, LKCAM_STUN_CONTROLLED, 9, T0 + 1),
            -EACCES);
    assert_int_equal(input(&r, &nameless, r.ice.pwd, 9, T0 + 1), -EACCES);
    int len = lkcam_stun_write(bytes, sizeof bytes, &nameless, r.ice.pwd);
    for (int n = 0; n < len; n++)
        assert_int_equal(lkcam_ice_input(&r.ice, bytes, (size_t)n, &a, T0 + 1), -EBADMSG);
    pull(&r, T0 + 1);
    assert_int_equal(r.count, 0); // neither an answer nor a check of their address
}

static void indications_ask_for_nothing(void **state)
{
    struct rig r;
    const struct lkcam_stun m = {.type = LKCAM_STUN_BINDING_INDICATION};
    start_checking(&r, 1);
    assert_int_equal(input(&r, &m, NULL, 5, T0 + 1), 0);
    pull(&r, T0 + 1);
    assert_int_equal(r.count, 0);
}

static void unknown_address_becomes_a_pair(void **state)
{
    struct rig r;
    struct lkcam_addr to, expected = address(6);

    start_checking(&r, 1);
    assert_int_equal(request(&r, 6, T0 + 10), 0);
    assert_answered(&r, 6, T0 + 10);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.sent[1].m.type, LKCAM_STUN_BINDING_REQUEST);
    assert_true(lkcam_addr_equal(&r.sent[1].to, &expected));
    assert_true(r.sent[1].m.use_candidate);
    assert_int_equal(answer(&r, &r.sent[1], 0, 6, T0 + 20), 0);
    assert_true(lkcam_ice_route(&r.ice, &to));
    assert_true(lkcam_addr_equal(&to, &expected));
}

static void pairs_are_bounded(void **state)
{
    struct rig r;
    struct lkcam_candidate c = candidate(0);

    start_checking(&r, 1);
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &c, T0), -EEXIST);
    for (int i = 1; i < 40; i++) {
        assert_int_equal(request(&r, i, T0 + 1), 0);
        assert_answered(&r, i, T0 + 1);
        assert_int_equal(r.count, i < LKCAM_ICE_PAIRS ? 2 : 1);
    }
    c = candidate(50);
    assert_int_equal(lkcam_ice_add_remote(&r.ice, &c, T0 + 1), -ENOSPC);
}

static void answers_are_bounded(void **state)
{
    struct rig r;
    start_connected(&r);
    for (int i = 0; i < 10; i++)
        assert_int_equal(request(&r, 0, T0 + 500), 0);
    pull(&r, T0 + 500);
    assert_int_equal(r.count, 4);
    assert_int_equal(request(&r, 0, T0 + 600), 0);
    pull(&r, T0 + 600);
    assert_int_equal(r.count, 1);
}

static void controlling_peer_is_told_487(void **state)
{
    struct rig r;
    start_checking(&r, 1);
    assert_int_equal(request_as(&r, ":" UFRAG, r.ice.pwd, LKCAM_STUN_CONTROLLING, 6, T0 + 10), 0);
    pull(&r, T0 + 10);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.sent[0].m.type, LKCAM_STUN_BINDING_ERROR);
    assert_int_equal(r.sent[0].m.error_code, 487);
    assert_false(r.sent[0].m.has_mapped);
    assert_int_equal(lkcam_stun_verify(r.sent[0].bytes, r.sent[0].len, &r.sent[0].m, r.ice.pwd), 0);
    assert_int_equal(request(&r, 6, T0 + 20), 0); // it has changed its role
    assert_answered(&r, 6, T0 + 20);
    assert_int_equal(r.count, 2);
}

static void our_487_is_asked_again_with_another_tie_breaker(void **state)
{
    struct rig r;
    start_checking(&r, 1);
    struct sent first = r.sent[0];
    assert_int_equal(answer(&r, &first, 487, 0, T0 + 10), 0);
    pull(&r, T0 + 10 + LKCAM_MS(50) - 1);
    assert_int_equal(r.count, 0);
    pull(&r, T0 + 10 + LKCAM_MS(50));
    assert_int_equal(r.count, 1);
    assert_int_equal(r.sent[0].m.role, LKCAM_STUN_CONTROLLING);
    assert_true(r.sent[0].m.tie_breaker != first.m.tie_breaker);
    assert_memory_not_equal(r.sent[0].m.tid, first.m.tid, LKCAM_STUN_TID);
    assert_int_equal(answer(&r, &first, 0, 0, T0 + LKCAM_MS(70)), -ENOENT);

    int checks = 2;
    for (lkcam_us now = T0 + LKCAM_MS(70); r.count; checks += r.count) {
        assert_int_equal(answer(&r, &r.sent[0], 487, 0, now), 0);
        now += LKCAM_MS(50);
        pull(&r, now);
    }
    assert_int_equal(checks, 8); // two who insist come to an end
}

static void refused_pair_is_not_checked_again(void **state)
{
    static const uint16_t errors[] = {400, 401};
    for (int e = 0; e < 2; e++) {
        struct rig r;
        struct lkcam_addr other = address(1);
        start_checking(&r, 2);
        struct lkcam_stun bare = {.type = LKCAM_STUN_BINDING_ERROR, .error_code = errors[e]};
        memcpy(bare.tid, r.sent[0].m.tid, sizeof bare.tid);
        assert_int_equal(input(&r, &bare, NULL, 0, T0 + 1), -EACCES); // anybody could say so
        assert_int_equal(answer(&r, &r.sent[0], errors[e], 0, T0 + 1), 0);
        run(&r, T0 + LKCAM_SECONDS(14));
        assert_int_equal(r.count, 7);
        for (int i = 0; i < 7; i++)
            assert_true(lkcam_addr_equal(&r.sent[i].to, &other));
    }
}

static void request_of_the_peer_hastens_a_lost_check(void **state)
{
    struct rig r;
    start_checking(&r, 1);
    assert_int_equal(request(&r, 0, T0 + LKCAM_MS(1)), 0);
    assert_answered(&r, 0, T0 + LKCAM_MS(1));
    assert_int_equal(r.count, 1); // sent but once: the answer is on its way

    run(&r, T0 + LKCAM_MS(400));
    assert_int_equal(r.count, 3);
    assert_int_equal(request(&r, 0, T0 + LKCAM_MS(401)), 0);
    pull(&r, T0 + LKCAM_MS(401));
    assert_int_equal(r.count, 2); // 349 ms before its turn
    assert_memory_equal(r.sent[1].m.tid, r.ice.pairs[0].tid, LKCAM_STUN_TID);

    run(&r, T0 + LKCAM_SECONDS(10)); // given up at last
    assert_int_equal(request(&r, 0, T0 + LKCAM_SECONDS(10)), 0);
    pull(&r, T0 + LKCAM_SECONDS(10));
    assert_int_equal(r.count, 2);
    assert_int_equal(answer(&r, &r.sent[1], 0, 0, T0 + LKCAM_SECONDS(10) + 9), 0);
    assert_int_equal(r.ice.state, LKCAM_ICE_CONNECTED);
    assert_int_equal(r.ice.rtt_us, 9);
}

static void remote_credentials_are_set_once(void **state)
{
    struct rig r;
    char longest[258];
    memset(longest, 'a', 257);
    longest[257] = '\0';

    start(&r, 1);
    assert_int_equal(lkcam_ice_set_remote(&r.ice, "", PWD, T0), -EINVAL);
    assert_int_equal(lkcam_ice_set_remote(&r.ice, UFRAG, "", T0), -EINVAL);
    assert_int_equal(lkcam_ice_set_remote(&r.ice, longest, PWD, T0), -EINVAL);
    assert_int_equal(lkcam_ice_set_remote(&r.ice, UFRAG, longest, T0), -EINVAL);
    assert_int_equal(lkcam_ice_set_remote(&r.ice, longest + 1, longest + 1, T0), 0);
    assert_int_equal(lkcam_ice_set_remote(&r.ice, UFRAG, PWD, T0), -EALREADY);

    struct lkcam_candidate c = candidate(0); // the longest ones fit into a check
    lkcam_ice_add_remote(&r.ice, &c, T0);
    pull(&r, T0);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.sent[0].m.username_len, 256 + 1 + LKCAM_ICE_UFRAG);
}

static void seeds_give_credentials(void **state)
{
    struct rig a, b, again;
    start(&a, 1);
    start(&b, 2);
    start(&again, 1);
    assert_int_equal(strlen(a.ice.ufrag), LKCAM_ICE_UFRAG);
    assert_int_equal(strlen(a.ice.pwd), LKCAM_ICE_PWD);
    assert_string_not_equal(a.ice.ufrag, b.ice.ufrag);
    assert_string_not_equal(a.ice.pwd, b.ice.pwd);
    assert_true(a.ice.tie_breaker != b.ice.tie_breaker);
    assert_string_equal(a.ice.pwd, again.ice.pwd);
    assert_true(a.ice.tie_breaker == again.ice.tie_breaker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_check_leaves_at_once_and_nominates),
        cmocka_unit_test(lost_check_is_repeated_eight_times_in_all),
        cmocka_unit_test(without_any_candidate_it_fails_in_time_too),
        cmocka_unit_test(late_candidate_has_its_full_time),
        cmocka_unit_test(failed_is_silent),
        cmocka_unit_test(first_answer_selects_and_stays),
        cmocka_unit_test(round_trip_is_not_told_by_a_repeated_check),
        cmocka_unit_test(only_a_true_answer_counts),
        cmocka_unit_test(consent_is_asked_for_every_five_seconds),
        cmocka_unit_test(consent_ends_thirty_seconds_after_the_last_answer),
        cmocka_unit_test(one_answer_of_three_keeps_consent_for_an_hour),
        cmocka_unit_test(refused_consent_runs_out),
        cmocka_unit_test(requests_are_answered),
        cmocka_unit_test(a_request_may_overtake_the_credentials),
        cmocka_unit_test(false_requests_get_nothing),
        cmocka_unit_test(indications_ask_for_nothing),
        cmocka_unit_test(unknown_address_becomes_a_pair),
        cmocka_unit_test(pairs_are_bounded),
        cmocka_unit_test(answers_are_bounded),
        cmocka_unit_test(controlling_peer_is_told_487),
        cmocka_unit_test(our_487_is_asked_again_with_another_tie_breaker),
        cmocka_unit_test(refused_pair_is_not_checked_again),
        cmocka_unit_test(request_of_the_peer_hastens_a_lost_check),
        cmocka_unit_test(remote_credentials_are_set_once),
        cmocka_unit_test(seeds_give_credentials),
    };
    return cmocka_run_group_tests_name("ice", tests, NULL, NULL);
}
