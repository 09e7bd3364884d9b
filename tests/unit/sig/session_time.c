// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The session's deadlines, and what it sends.
#include "session_start.h"

// ---- deadlines ----

static void deadlines(void **state)
{
    struct lkcam_session *s = session_in(NEW);
    assert_true(lkcam_session_deadline(s) == LKCAM_NEVER);
    lkcam_session_free(&s);

    s = session_in(UPGRADING);
    assert_deadline(s, T0 + LKCAM_SECONDS(15));
    assert_ended(s, LKCAM_REASON_SERVER_UNREACHABLE, "within 15 s");
    lkcam_session_free(&s);

    s = session_in(FIRST);
    assert_deadline(s, T0 + LKCAM_SECONDS(5));
    assert_ended(s, LKCAM_REASON_SIGNAL_LOST, "for 5 s");
    lkcam_session_free(&s);
}

static void publish_deadlines(void **state)
{
    static const struct {
        const char *given, *words;
    } cases[] = {{"published", "did not answer the offer within 10 s"},
                 {"answer", "did not publish the track within 10 s"}};
    for (int i = 0; i < 2; i++) {
        struct lkcam_session *s = session_in(JOINED);
        give(s, cases[i].given, T0);
        drain(s);
        assert_deadline(s, T0 + LKCAM_SECONDS(7)); // the first ping: join says 7 s
        assert_deadline(s, T0 + LKCAM_SECONDS(10));
        assert_ended(s, LKCAM_REASON_SERVER_REFUSED, cases[i].words);
        lkcam_session_free(&s);
    }
}

static void any_message_rearms_the_silence(void **state)
{
    struct lkcam_session *s = session_in(LIVE);
    give(s, "update", T0 + LKCAM_SECONDS(6)); // join says 20 s
    for (int i = 1; i <= 3; i++)
        assert_deadline(s, T0 + LKCAM_SECONDS(7 * i));
    assert_deadline(s, T0 + LKCAM_SECONDS(26));
    assert_ended(s, LKCAM_REASON_SIGNAL_LOST, "said nothing for 20 s");
    lkcam_session_free(&s);
}

static void times_of_a_join_that_names_none(void **state)
{
    struct lkcam_session *s = session_in(FIRST);
    give(s, "join_old", T0);
    give(s, "published", T0);
    give(s, "answer", T0);
    drain(s);
    assert_deadline(s, T0 + LKCAM_SECONDS(5));
    assert_deadline(s, T0 + LKCAM_SECONDS(10));
    assert_deadline(s, T0 + LKCAM_SECONDS(15));
    assert_ended(s, LKCAM_REASON_SIGNAL_LOST, "said nothing for 15 s");
    lkcam_session_free(&s);
}

// ---- what leaves ----

// The vectors: ping 5005 and, answered by pong_resp 5005, ping_req 10010 with an rtt of 12 ms.
static void pings_and_round_trip(void **state)
{
    struct lkcam_session *s = new_session(1);
    const uint8_t *message;
    lkcam_session_start(s, 0);
    lkcam_session_opened(s, 0);
    give(s, "join_long", 0); // 5 s and 15 s
    give(s, "published", 0);
    give(s, "answer", 0);
    assert_nothing_sent(s);
    lkcam_session_tick(s, LKCAM_MS(5005));
    assert_sent(s, LKCAM_MS(5005), "request_ping");
    assert_true(lkcam_session_output(s, &message, LKCAM_MS(5005)) > 0);
    assert_nothing_sent(s);
    assert_true(lkcam_session_rtt(s) == 0);
    give(s, "pong_resp", LKCAM_MS(5005) + 11700);
    assert_true(lkcam_session_rtt(s) == 11700);
    lkcam_session_tick(s, LKCAM_MS(10010));
    assert_true(lkcam_session_output(s, &message, LKCAM_MS(10010)) > 0);
    assert_sent(s, LKCAM_MS(10010), "request_ping_req");
    give(s, "pong_resp", LKCAM_MS(10020)); // of the ping before: tells nothing
    assert_true(lkcam_session_rtt(s) == 11700);
    lkcam_session_free(&s);
}

static void mute_then_leave(void **state)
{
    struct lkcam_session *s = session_in(LIVE);
    lkcam_session_mute(s, SID, true);
    assert_sent(s, T0, "request_mute");
    assert_nothing_sent(s);
    lkcam_session_tick(s, T0 + LKCAM_SECONDS(7)); // pings are due, and no longer of use
    lkcam_session_mute(s, SID, true);
    lkcam_session_leave(s);
    assert_sent(s, T0, "request_mute");
    assert_sent(s, T0, "request_leave");
    assert_nothing_sent(s);
    assert_silent(s);
    assert_true(lkcam_session_deadline(s) == LKCAM_NEVER);
    lkcam_session_free(&s);
}

static void leave_only_where_it_can_be_sent(void **state)
{
    struct lkcam_session *s = session_in(UPGRADING);
    lkcam_session_leave(s);
    assert_nothing_sent(s);
    lkcam_session_opened(s, T0);
    assert_nothing_sent(s);
    lkcam_session_free(&s);

    s = session_in(LIVE);
    lkcam_session_leave(s);
    lkcam_session_closed(s, 1000, NULL, T0);
    assert_nothing_sent(s);
    lkcam_session_leave(s);
    assert_nothing_sent(s);
    assert_silent(s);
    lkcam_session_free(&s);

    s = session_in(JOINED); // after an end of our own making
    give(s, "published_vp8", T0);
    lkcam_session_leave(s);
    assert_sent(s, T0, "request_leave");
    assert_ended(s, LKCAM_REASON_CODEC, "video/VP8");
    lkcam_session_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines),
        cmocka_unit_test(publish_deadlines),
        cmocka_unit_test(any_message_rearms_the_silence),
        cmocka_unit_test(times_of_a_join_that_names_none),
        cmocka_unit_test(pings_and_round_trip),
        cmocka_unit_test(mute_then_leave),
        cmocka_unit_test(leave_only_where_it_can_be_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
