// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A session brought as far as a test wants it, on a virtual clock that stands at T0. Messages are
// LiveKit's own bytes (tests/vectors/sig/README.txt).
#ifndef TESTS_UNIT_SIG_SESSION_START_H
#define TESTS_UNIT_SIG_SESSION_START_H

#include "sig/session.h"

#include <string.h>

#include "cmocka_all.h"
#include "vector.h"

#define SID "TR_VCabcdef123456"
#define T0 LKCAM_SECONDS(100)

static const struct lkcam_session_track tracks[2] = {
    {.cid = "cid-1", .name = "cam", .width_px = 1280, .height_px = 720, .bitrate_bps = 3000000},
    {.cid = "cid-2", .name = "rear", .width_px = 640, .height_px = 480, .bitrate_bps = 1000000},
};

static inline struct lkcam_session *new_session(int track_count)
{
    struct lkcam_session *s;
    struct lkcam_session_config cfg = {
        .tracks = tracks, .track_count = track_count, .offer = "v=0\r\n", .version = "0.1.0"};
    assert_int_equal(lkcam_session_new(&s, &cfg), 0);
    return s;
}

static inline int give(struct lkcam_session *s, const char *name, lkcam_us now)
{
    static uint8_t bytes[200000];
    char path[80];
    snprintf(path, sizeof path, "sig/%s", name);
    size_t len = vector_read(path, bytes, sizeof bytes);
    return lkcam_session_input(s, bytes, len, now);
}

// ---- states to begin from ----

// AGAIN: a server older than 1.9.1 has refused /rtc/v1.
enum start { NEW, UPGRADING, FIRST, JOINED, LIVE, LEAVING, ENDED, AGAIN, STARTS };

static inline void drain(struct lkcam_session *s)
{
    struct lkcam_session_event e;
    while (lkcam_session_event(s, &e))
        ;
}

static inline void refuse_path(struct lkcam_session *s)
{
    static const char body[] = "404 page not found\n";
    lkcam_session_refused(s, 404, body, sizeof body - 1, T0);
}

static inline struct lkcam_session *session_in(enum start start)
{
    struct lkcam_session *s = new_session(1);
    if (start == AGAIN) {
        lkcam_session_start(s, T0);
        refuse_path(s);
        drain(s);
        return s;
    }
    if (start >= UPGRADING)
        lkcam_session_start(s, T0);
    if (start >= FIRST)
        lkcam_session_opened(s, T0);
    if (start >= JOINED)
        give(s, "join", T0);
    if (start >= LIVE) {
        give(s, "published", T0);
        give(s, "answer", T0);
    }
    if (start == LEAVING)
        lkcam_session_leave(s);
    if (start == ENDED)
        give(s, "leave_duplicate", T0);
    drain(s);
    return s;
}

static inline void assert_event(struct lkcam_session *s, enum lkcam_session_event_type type,
                                struct lkcam_session_event *e)
{
    assert_int_equal(lkcam_session_event(s, e), 1);
    assert_int_equal(e->type, type);
}

static inline void assert_silent(struct lkcam_session *s)
{
    struct lkcam_session_event e;
    assert_int_equal(lkcam_session_event(s, &e), 0);
}

static inline void assert_ended(struct lkcam_session *s, enum lkcam_reason reason,
                                const char *words)
{
    struct lkcam_session_event e;
    assert_event(s, LKCAM_SESSION_ENDED, &e);
    assert_int_equal(e.end->reason, reason);
    if (!strstr(e.end->text, words))
        fail_msg("\"%s\" lacks \"%s\"", e.end->text, words);
    assert_silent(s);
    assert_true(lkcam_session_deadline(s) == LKCAM_NEVER);
}

// Just before its deadline nothing happens.
static inline void assert_deadline(struct lkcam_session *s, lkcam_us at)
{
    assert_true(lkcam_session_deadline(s) == at);
    lkcam_session_tick(s, at - 1);
    assert_silent(s);
    lkcam_session_tick(s, at);
}

static inline void assert_sent(struct lkcam_session *s, lkcam_us now, const char *name)
{
    uint8_t expected[128];
    const uint8_t *message;
    char path[80];
    snprintf(path, sizeof path, "sig/%s", name);
    size_t len = vector_read(path, expected, sizeof expected);
    assert_int_equal(lkcam_session_output(s, &message, now), len);
    assert_memory_equal(message, expected, len);
}

static inline void assert_nothing_sent(struct lkcam_session *s)
{
    const uint8_t *message;
    assert_int_equal(lkcam_session_output(s, &message, 0), 0);
}

#endif
