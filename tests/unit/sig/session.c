// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The conversation on a virtual clock; messages are LiveKit's own bytes
// (tests/vectors/sig/README.txt).
#include "session_start.h"

#include <errno.h>

// ---- every (state, event) ----

static void do_opened(struct lkcam_session *s)
{
    lkcam_session_opened(s, T0);
}

static void do_refused(struct lkcam_session *s)
{
    lkcam_session_refused(s, 401, "no", 2, T0);
}

static void do_unknown_path(struct lkcam_session *s)
{
    refuse_path(s);
}

static void do_closed(struct lkcam_session *s)
{
    lkcam_session_closed(s, 1006, "reset", T0);
}

static void do_leave(struct lkcam_session *s)
{
    lkcam_session_leave(s);
}

static void do_late(struct lkcam_session *s)
{
    lkcam_session_tick(s, T0 + LKCAM_SECONDS(60));
}

static void do_garbage(struct lkcam_session *s)
{
    lkcam_session_input(s, (const uint8_t *)"\xff", 1, T0);
}

static void do_join(struct lkcam_session *s)
{
    give(s, "join", T0);
}

static void do_published(struct lkcam_session *s)
{
    give(s, "published", T0);
}

static void do_vp8(struct lkcam_session *s)
{
    give(s, "published_vp8", T0);
}

static void do_answer(struct lkcam_session *s)
{
    give(s, "answer", T0);
}

static void do_trickle(struct lkcam_session *s)
{
    give(s, "trickle", T0);
}

static void do_mute(struct lkcam_session *s)
{
    give(s, "mute", T0);
}

static void do_quality(struct lkcam_session *s)
{
    give(s, "quality_off", T0);
}

static void do_left(struct lkcam_session *s)
{
    give(s, "leave_duplicate", T0);
}

static void do_denied(struct lkcam_session *s)
{
    give(s, "response_not_allowed", T0);
}

static void do_update(struct lkcam_session *s)
{
    give(s, "update", T0);
}

#define NOTHING (-1)
#define END(reason) (100 + LKCAM_REASON_##reason)

// Rows: what happens. Columns: NEW, UPGRADING, FIRST, JOINED, LIVE, LEAVING, ENDED, AGAIN. What is
// told then.
static const struct {
    const char *name;
    void (*happens)(struct lkcam_session *s);
    int told[STARTS];
} table[] = {
    {"opened", do_opened, {NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING}},
    {"refused",
     do_refused,
     {END(TOKEN), END(TOKEN), END(TOKEN), END(TOKEN), END(TOKEN), NOTHING, NOTHING, NOTHING}},
    {"refused with 404",
     do_unknown_path,
     {END(SERVER_REFUSED), LKCAM_SESSION_AGAIN, END(SERVER_REFUSED), END(SERVER_REFUSED),
      END(SERVER_REFUSED), NOTHING, NOTHING, NOTHING}},
    {"closed",
     do_closed,
     {END(SERVER_UNREACHABLE), END(SERVER_UNREACHABLE), END(SIGNAL_LOST), END(SIGNAL_LOST),
      END(SIGNAL_LOST), NOTHING, NOTHING, NOTHING}},
    {"leave", do_leave, {NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING}},
    {"60 s pass",
     do_late,
     {NOTHING, END(SERVER_UNREACHABLE), END(SIGNAL_LOST), END(SIGNAL_LOST), END(SIGNAL_LOST),
      NOTHING, NOTHING, NOTHING}},
    {"garbage",
     do_garbage,
     {NOTHING, NOTHING, END(SERVER_REFUSED), NOTHING, NOTHING, NOTHING, NOTHING, NOTHING}},
    {"join",
     do_join,
     {NOTHING, NOTHING, LKCAM_SESSION_JOINED, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING}},
    {"track_published",
     do_published,
     {NOTHING, NOTHING, END(SERVER_REFUSED), LKCAM_SESSION_PUBLISHED, NOTHING, NOTHING, NOTHING,
      NOTHING}},
    {"track_published VP8",
     do_vp8,
     {NOTHING, NOTHING, END(SERVER_REFUSED), END(CODEC), NOTHING, NOTHING, NOTHING, NOTHING}},
    {"answer",
     do_answer,
     {NOTHING, NOTHING, END(SERVER_REFUSED), LKCAM_SESSION_ANSWER, NOTHING, NOTHING, NOTHING,
      NOTHING}},
    {"trickle",
     do_trickle,
     {NOTHING, NOTHING, END(SERVER_REFUSED), LKCAM_SESSION_CANDIDATE, LKCAM_SESSION_CANDIDATE,
      NOTHING, NOTHING, NOTHING}},
    {"mute",
     do_mute,
     {NOTHING, NOTHING, END(SERVER_REFUSED), NOTHING, LKCAM_SESSION_MUTE, NOTHING, NOTHING,
      NOTHING}},
    {"quality",
     do_quality,
     {NOTHING, NOTHING, END(SERVER_REFUSED), NOTHING, LKCAM_SESSION_WANTED, NOTHING, NOTHING,
      NOTHING}},
    {"leave from the server",
     do_left,
     {NOTHING, NOTHING, END(LEFT), END(LEFT), END(LEFT), NOTHING, NOTHING, NOTHING}},
    {"request_response",
     do_denied,
     {NOTHING, NOTHING, END(SERVER_REFUSED), END(TOKEN), END(TOKEN), NOTHING, NOTHING, NOTHING}},
    {"update",
     do_update,
     {NOTHING, NOTHING, END(SERVER_REFUSED), NOTHING, NOTHING, NOTHING, NOTHING, NOTHING}},
};

static int told(struct lkcam_session *s)
{
    struct lkcam_session_event e;
    if (!lkcam_session_event(s, &e))
        return NOTHING;
    assert_silent(s);
    return e.type == LKCAM_SESSION_ENDED ? 100 + (int)e.end->reason : (int)e.type;
}

static void every_state_and_event(void **state)
{
    for (size_t row = 0; row < sizeof table / sizeof *table; row++) {
        for (int start = 0; start < STARTS; start++) {
            struct lkcam_session *s = session_in((enum start)start);
            table[row].happens(s);
            int got = told(s);
            if (got != table[row].told[start])
                fail_msg("%s in state %d told %d, not %d", table[row].name, start, got,
                         table[row].told[start]);
            lkcam_session_free(&s);
            assert_null(s);
        }
    }
}

// ---- the usual way ----

static void unusable_config(void **state)
{
    char long_cid[LKCAM_SESSION_CID_MAX + 1] = "";
    struct lkcam_session_track t = tracks[0];
    struct lkcam_session_config cfg = {
        .tracks = &t, .track_count = 1, .offer = "v=0\r\n", .version = "0.1.0"};
    struct lkcam_session *s;

    memset(long_cid, 'c', LKCAM_SESSION_CID_MAX);
    t.cid = long_cid;
    assert_int_equal(lkcam_session_new(&s, &cfg), -EINVAL);
    t.cid = long_cid + 1;
    assert_int_equal(lkcam_session_new(&s, &cfg), 0);
    lkcam_session_free(&s);
    t.cid = "";
    assert_int_equal(lkcam_session_new(&s, &cfg), -EINVAL);
    cfg.track_count = LKCAM_SDP_TRACKS + 1;
    assert_int_equal(lkcam_session_new(&s, &cfg), -EINVAL);
    assert_null(s);
}

static void one_round_trip(void **state)
{
    static const char *const all[] = {"join_long", "published",   "refresh_token", "answer_40k",
                                      "trickle",   "trickle_tcp", "trickle_name"};
    struct lkcam_session *s = session_in(FIRST);
    struct lkcam_session_event e;

    assert_null(lkcam_session_token(s));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_int_equal(give(s, all[i], T0), 0);
    assert_event(s, LKCAM_SESSION_JOINED, &e);
    assert_string_equal(e.text, "1.13.5");
    assert_event(s, LKCAM_SESSION_PUBLISHED, &e);
    assert_string_equal(e.text, "cid-1");
    assert_string_equal(e.sid, SID);
    assert_event(s, LKCAM_SESSION_ANSWER, &e);
    assert_int_equal(e.len, 40000);
    assert_int_equal(e.text[39999], 'z');
    assert_int_equal(e.text[40000], '\0');
    assert_event(s, LKCAM_SESSION_CANDIDATE, &e);
    assert_int_equal(e.candidate.addr.port, 7882);
    assert_int_equal(e.candidate.priority, 2130706431);
    assert_event(s, LKCAM_SESSION_CANDIDATE, &e);
    assert_int_equal(e.candidate.addr.port, 7881);
    assert_true(e.candidate.addr.tcp);
    assert_event(s, LKCAM_SESSION_CANDIDATES_END, &e); // the TCP one was the last
    assert_silent(s);
    assert_string_equal(lkcam_session_token(s), "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln");
    assert_int_equal(lkcam_session_ignored(s), 1); // the candidate with a name
    lkcam_session_free(&s);
}

static void two_tracks(void **state)
{
    struct lkcam_session *s = new_session(2);
    struct lkcam_session_event e;
    lkcam_session_start(s, T0);
    lkcam_session_opened(s, T0);
    give(s, "join", T0);
    give(s, "published_second", T0);
    give(s, "answer", T0);
    drain(s);
    give(s, "published_other_cid", T0); // nobody's
    assert_silent(s);
    give(s, "pong", T0 + LKCAM_SECONDS(9));
    lkcam_session_tick(s, T0 + LKCAM_SECONDS(10)); // the first one is missing
    assert_event(s, LKCAM_SESSION_ENDED, &e);
    assert_int_equal(e.end->reason, LKCAM_REASON_SERVER_REFUSED);
    assert_string_equal(e.end->text, "the server did not publish the track within 10 s");
    lkcam_session_free(&s);
}

static void codecs(void **state)
{
    struct lkcam_session *s = session_in(JOINED);
    struct lkcam_session_event e;
    give(s, "published_lower_case", T0);
    assert_event(s, LKCAM_SESSION_PUBLISHED, &e);
    lkcam_session_free(&s);

    s = session_in(JOINED);
    give(s, "published_no_codecs", T0);
    assert_ended(s, LKCAM_REASON_CODEC, "but video/VP8;");
    lkcam_session_free(&s);

    s = session_in(JOINED);
    assert_int_equal(give(s, "published_long_sid", T0), -EBADMSG);
    assert_silent(s);
    lkcam_session_free(&s);
}

static void only_our_answer(void **state)
{
    struct lkcam_session *s = session_in(JOINED);
    struct lkcam_session_event e;
    give(s, "answer_id7", T0);
    assert_silent(s);
    give(s, "answer", T0);
    assert_event(s, LKCAM_SESSION_ANSWER, &e);
    assert_string_equal(e.text, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n");
    give(s, "answer_40k", T0);
    assert_silent(s);
    assert_string_equal(e.text, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n");
    assert_int_equal(lkcam_session_ignored(s), 2);
    lkcam_session_free(&s);
}

// An answer of 64 kB and more: 12 xx xx xx is field 2 of SignalResponse, in it again field 2, the
// SDP.
static void answer_too_long(void **state)
{
    static uint8_t message[8 + LKCAM_SDP_MAX] = {0x12, 0x84, 0x80, 0x04, 0x12, 0x80, 0x80, 0x04};
    struct lkcam_session *s = session_in(JOINED);
    memset(message + 8, 'v', LKCAM_SDP_MAX);
    lkcam_session_input(s, message, sizeof message, T0);
    assert_ended(s, LKCAM_REASON_SERVER_REFUSED, "longer than 64 kB");
    lkcam_session_free(&s);

    // One byte less: 65535 = 7f ff in groups of 7 bits: ff ff 03; with its header 4 more: 83 80 04.
    static const uint8_t head[8] = {0x12, 0x83, 0x80, 0x04, 0x12, 0xff, 0xff, 0x03};
    struct lkcam_session_event e;
    memcpy(message, head, sizeof head);
    s = session_in(JOINED);
    lkcam_session_input(s, message, sizeof message - 1, T0);
    assert_event(s, LKCAM_SESSION_ANSWER, &e);
    assert_int_equal(e.len, LKCAM_SDP_MAX - 1);
    lkcam_session_free(&s);
}

// The vector with another port in the place of 7882.
static void give_candidate(struct lkcam_session *s, int port)
{
    uint8_t bytes[256];
    char digits[5];
    size_t len = vector_read("sig/trickle", bytes, sizeof bytes);
    uint8_t *at = memmem(bytes, len, " 7882 ", 6);
    assert_non_null(at);
    snprintf(digits, sizeof digits, "%04d", port);
    memcpy(at + 1, digits, 4);
    assert_int_equal(lkcam_session_input(s, bytes, len, T0), 0);
}

static void assert_candidate(struct lkcam_session *s, int port)
{
    struct lkcam_session_event e;
    assert_event(s, LKCAM_SESSION_CANDIDATE, &e);
    assert_int_equal(e.candidate.addr.port, port);
}

static void candidates_are_bounded(void **state)
{
    struct lkcam_session *s = session_in(LIVE);
    for (int round = 0; round < 3; round++) { // around the ring
        for (int i = 0; i < LKCAM_SDP_CANDIDATES + 4; i++)
            give_candidate(s, 1000 + i);
        for (int i = 0; i < LKCAM_SDP_CANDIDATES; i++)
            assert_candidate(s, 1000 + i);
        assert_silent(s);
        give_candidate(s, 2000);
        assert_candidate(s, 2000);
    }
    assert_int_equal(lkcam_session_ignored(s), 12);
    assert_int_equal(give(s, "trickle_no_json", T0), -EBADMSG);
    lkcam_session_free(&s);
}

static void newest_mute_and_quality_count(void **state)
{
    struct lkcam_session *s = session_in(LIVE);
    struct lkcam_session_event e;
    give(s, "mute", T0);
    give(s, "unmute", T0);
    give(s, "mute_other", T0);
    give(s, "quality_off", T0);
    give(s, "quality_other_codec", T0);
    give(s, "quality_other_track", T0);
    assert_event(s, LKCAM_SESSION_MUTE, &e);
    assert_string_equal(e.sid, SID);
    assert_false(e.on);
    assert_event(s, LKCAM_SESSION_WANTED, &e);
    assert_string_equal(e.sid, SID);
    assert_false(e.on);
    assert_silent(s);
    give(s, "quality_low", T0);
    assert_event(s, LKCAM_SESSION_WANTED, &e);
    assert_true(e.on);
    give(s, "quality_legacy", T0);
    assert_event(s, LKCAM_SESSION_WANTED, &e);
    assert_true(e.on);
    assert_int_equal(lkcam_session_ignored(s), 3);
    lkcam_session_free(&s);
}

// A track that is not published has no sid; a message without one is not about it.
static void no_sid_is_nobodys(void **state)
{
    static const uint8_t mute_nobody[] = {0x4a, 0x02, 0x10, 0x01};
    struct lkcam_session *s = session_in(JOINED);
    assert_int_equal(lkcam_session_input(s, mute_nobody, sizeof mute_nobody, T0), 0);
    assert_silent(s);
    lkcam_session_free(&s);
}

static void what_is_told_before_the_end(void **state)
{
    struct lkcam_session *s = session_in(FIRST);
    struct lkcam_session_event e;
    give(s, "join", T0);
    give(s, "published", T0);
    give(s, "leave_reconnect", T0);
    give(s, "answer", T0); // too late
    lkcam_session_closed(s, 1000, "", T0);
    assert_event(s, LKCAM_SESSION_JOINED, &e);
    assert_event(s, LKCAM_SESSION_PUBLISHED, &e);
    assert_ended(s, LKCAM_REASON_LEFT,
                 "its state and ours do not match (reason 6, action RECONNECT)");
    lkcam_session_free(&s);
}

static void ends_in_words(void **state)
{
    static const struct {
        const char *name;
        enum lkcam_reason reason;
        const char *words;
    } cases[] = {
        {"leave_duplicate", LKCAM_REASON_LEFT,
         "another participant joined with our identity (reason 2, action DISCONNECT); give each "
         "publisher its own --identity"},
        {"leave_resume", LKCAM_REASON_LEFT,
         "to move us to another server (reason 8, action RESUME)"},
        {"leave_unknown", LKCAM_REASON_LEFT, "(reason 99, action unknown)"},
        {"response_not_allowed", LKCAM_REASON_TOKEN,
         "video.canPublishSources) (reason 2): does not have permission"},
        {"response_limit", LKCAM_REASON_SERVER_REFUSED, "too many tracks"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam_session *s = session_in(JOINED);
        give(s, cases[i].name, T0);
        assert_ended(s, cases[i].reason, cases[i].words);
        lkcam_session_free(&s);
    }
}

static void responses_that_change_nothing(void **state)
{
    struct lkcam_session *s = session_in(JOINED);
    give(s, "response_queued", T0);
    give(s, "response_other", T0);
    assert_silent(s);
    lkcam_session_free(&s);
}

static void closed_in_words(void **state)
{
    struct lkcam_session *s = session_in(UPGRADING);
    lkcam_session_closed(s, 0, "Connection refused", T0);
    assert_ended(s, LKCAM_REASON_SERVER_UNREACHABLE,
                 "the server cannot be reached: Connection refused");
    lkcam_session_free(&s);

    s = session_in(LIVE);
    lkcam_session_closed(s, 1001, NULL, T0);
    assert_ended(s, LKCAM_REASON_SIGNAL_LOST,
                 "the signalling connection was lost (WebSocket close 1001)");
    lkcam_session_free(&s);
}

static void free_takes_null(void **state)
{
    struct lkcam_session *s = NULL;
    lkcam_session_free(&s);
    assert_null(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_and_event),
        cmocka_unit_test(unusable_config),
        cmocka_unit_test(one_round_trip),
        cmocka_unit_test(two_tracks),
        cmocka_unit_test(codecs),
        cmocka_unit_test(only_our_answer),
        cmocka_unit_test(answer_too_long),
        cmocka_unit_test(candidates_are_bounded),
        cmocka_unit_test(newest_mute_and_quality_count),
        cmocka_unit_test(no_sid_is_nobodys),
        cmocka_unit_test(what_is_told_before_the_end),
        cmocka_unit_test(ends_in_words),
        cmocka_unit_test(responses_that_change_nothing),
        cmocka_unit_test(closed_in_words),
        cmocka_unit_test(free_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
