// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The ways in beside the one round trip: a join without tracks, and servers older than 1.9.1.
#include "session_start.h"

#include "sig/target.h"

static void assert_again(struct lkcam_session *s)
{
    struct lkcam_session_event e;
    assert_event(s, LKCAM_SESSION_AGAIN, &e);
    assert_silent(s);
}

// ---- what follows join ----

// `count` tracks, each with a section of a real offer's size: the request would be too long.
static struct lkcam_session *session_of_many(int count)
{
    static char offer[LKCAM_SDP_TRACKS * 1000 + 1], cids[LKCAM_SDP_TRACKS][8];
    struct lkcam_session_track many[LKCAM_SDP_TRACKS];
    struct lkcam_session_config cfg = {
        .tracks = many, .track_count = count, .offer = offer, .version = "0.1.0"};
    struct lkcam_session *s;

    memset(offer, 0, sizeof offer);
    memset(offer, 'v', (size_t)count * 1000);
    for (int i = 0; i < count; i++) {
        snprintf(cids[i], sizeof cids[i], "cid-%d", i);
        many[i] = tracks[0];
        many[i].cid = cids[i];
    }
    assert_int_equal(lkcam_session_new(&s, &cfg), 0);
    // Nothing of the configuration is used later.
    memset(offer, 'x', sizeof offer);
    memset(cids, 'x', sizeof cids);
    return s;
}

static void assert_all_steps(struct lkcam_session *s, int count)
{
    const uint8_t *message;
    char cid[16];
    for (int i = 0; i < count; i++) {
        size_t len = lkcam_session_output(s, &message, T0);
        snprintf(cid, sizeof cid, "\x0a%c%s%d", i < 10 ? 5 : 6, "cid-", i);
        assert_true(len > 60);
        assert_int_equal(message[0], 0x22); // field 4, add_track
        assert_memory_equal(message + 2, cid, strlen(cid));
    }
    size_t len = lkcam_session_output(s, &message, T0);
    assert_int_equal(message[0], 0x0a); // field 1, offer
    assert_in_range(len, (size_t)count * 1000, (size_t)count * 1000 + 32);
    assert_memory_equal(message + len - 4, "vv\x18\x01", 4);
    assert_nothing_sent(s);
}

static void many_tracks(void **state)
{
    static const int counts[] = {6, LKCAM_SDP_TRACKS};
    for (int i = 0; i < 2; i++) {
        struct lkcam_session *s = session_of_many(counts[i]);
        struct lkcam_session_event e;
        assert_string_equal(lkcam_session_form(s), "v1 two-step");
        assert_true(strlen(lkcam_session_target(s)) < 100);
        lkcam_session_start(s, T0);
        lkcam_session_opened(s, T0);
        assert_nothing_sent(s); // join or leave comes first
        give(s, "join", T0);
        assert_event(s, LKCAM_SESSION_JOINED, &e);
        assert_all_steps(s, counts[i]);
        give(s, "answer", T0);
        assert_event(s, LKCAM_SESSION_ANSWER, &e);
        assert_silent(s);
        lkcam_session_free(&s);
    }
}

static void two_tracks_fit(void **state)
{
    struct lkcam_session *s = session_of_many(2);
    assert_string_equal(lkcam_session_form(s), "v1");
    lkcam_session_start(s, T0);
    lkcam_session_opened(s, T0);
    give(s, "join", T0);
    assert_nothing_sent(s);
    lkcam_session_free(&s);
}

static void steps_end_with_the_session(void **state)
{
    struct lkcam_session *s = session_of_many(6);
    lkcam_session_start(s, T0);
    lkcam_session_opened(s, T0);
    give(s, "join", T0);
    lkcam_session_leave(s);
    assert_sent(s, T0, "request_leave");
    assert_nothing_sent(s);
    lkcam_session_free(&s);
}

static void steps_have_deadlines(void **state)
{
    struct lkcam_session *s = session_of_many(6);
    lkcam_session_start(s, T0);
    lkcam_session_opened(s, T0);
    give(s, "join", T0);
    drain(s);
    assert_all_steps(s, 6);
    assert_deadline(s, T0 + LKCAM_SECONDS(7)); // the first ping: join says 7 s
    assert_deadline(s, T0 + LKCAM_SECONDS(10));
    assert_ended(s, LKCAM_REASON_SERVER_REFUSED, "did not publish the track within 10 s");
    lkcam_session_free(&s);
}

// ---- servers older than 1.9.1 ----

static void v0_conversation(void **state)
{
    struct lkcam_session *s = session_in(UPGRADING);
    struct lkcam_session_event e;
    lkcam_us later = T0 + LKCAM_SECONDS(14);

    assert_string_equal(lkcam_session_form(s), "v1");
    assert_memory_equal(lkcam_session_target(s), "/rtc/v1?", 8);
    refuse_path(s);
    assert_again(s);
    assert_true(lkcam_session_deadline(s) == LKCAM_NEVER);
    lkcam_session_closed(s, 0, "the server closed the stream that it has refused", T0);
    assert_silent(s);
    assert_string_equal(lkcam_session_form(s), "v0");
    assert_memory_equal(lkcam_session_target(s), "/rtc?protocol=17&", 17);
    lkcam_session_start(s, later);
    assert_true(lkcam_session_deadline(s) == later + LKCAM_SECONDS(15));
    lkcam_session_opened(s, later);
    assert_nothing_sent(s);
    give(s, "join_old", later);
    assert_event(s, LKCAM_SESSION_JOINED, &e);
    assert_string_equal(e.text, "1.8.4");
    assert_sent(s, later, "request_add_track");
    assert_sent(s, later, "request_offer");
    assert_nothing_sent(s);
    give(s, "published", later);
    assert_event(s, LKCAM_SESSION_PUBLISHED, &e);
    give(s, "answer", later);
    assert_event(s, LKCAM_SESSION_ANSWER, &e);
    give(s, "leave_old", later);
    assert_ended(s, LKCAM_REASON_LEFT, "(reason 6, action RECONNECT)");
    lkcam_session_free(&s);
}

// Once is enough: whoever knows neither path is no LiveKit server.
static void neither_v1_nor_v0(void **state)
{
    struct lkcam_session *s = session_in(AGAIN);
    lkcam_session_start(s, T0);
    refuse_path(s);
    assert_ended(s, LKCAM_REASON_SERVER_REFUSED, "no LiveKit signalling here: wrong URL?");
    lkcam_session_free(&s);
}

static void other_ends_of_v0(void **state)
{
    struct lkcam_session *s = session_in(AGAIN);
    lkcam_session_start(s, T0);
    lkcam_session_refused(s, 401, "no", 2, T0);
    assert_ended(s, LKCAM_REASON_TOKEN, "the server refused the token (HTTP 401): no");
    lkcam_session_free(&s);

    s = session_in(AGAIN);
    lkcam_session_start(s, T0);
    assert_deadline(s, T0 + LKCAM_SECONDS(15));
    assert_ended(s, LKCAM_REASON_SERVER_UNREACHABLE, "within 15 s");
    lkcam_session_free(&s);

    s = session_in(AGAIN);
    lkcam_session_start(s, T0);
    lkcam_session_closed(s, 0, "Connection refused", T0);
    assert_ended(s, LKCAM_REASON_SERVER_UNREACHABLE, "cannot be reached: Connection refused");
    lkcam_session_free(&s);
}

static void a_missing_room_is_final(void **state)
{
    static const char body[] = "requested room does not exist";
    for (int old = 0; old < 2; old++) {
        struct lkcam_session *s = session_in(old ? AGAIN : UPGRADING);
        if (old)
            lkcam_session_start(s, T0);
        lkcam_session_refused(s, 404, body, sizeof body - 1, T0);
        assert_ended(s, LKCAM_REASON_SERVER_REFUSED, "requested room does not exist");
        lkcam_session_free(&s);
    }
}

static void leave_before_the_second_connection(void **state)
{
    struct lkcam_session *s = session_in(UPGRADING);
    refuse_path(s);
    lkcam_session_leave(s);
    assert_silent(s);
    assert_nothing_sent(s);
    lkcam_session_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_tracks),
        cmocka_unit_test(two_tracks_fit),
        cmocka_unit_test(steps_end_with_the_session),
        cmocka_unit_test(steps_have_deadlines),
        cmocka_unit_test(v0_conversation),
        cmocka_unit_test(neither_v1_nor_v0),
        cmocka_unit_test(other_ends_of_v0),
        cmocka_unit_test(a_missing_room_is_final),
        cmocka_unit_test(leave_before_the_second_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
