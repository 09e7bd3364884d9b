// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The first byte selects how the server is spoken to and how far the conversation has come; then
// messages, each behind two bytes of length. Or it selects a refusal: two bytes of status, the
// body.
#include <string.h>

#include "base/bytes.h"
#include "fuzz.h"
#include "sig/session.h"

// SignalResponse{join{}}; SignalResponse{track_published{cid "c", track{sid "t"}}}
static const uint8_t join[] = {0x0a, 0x00};
static const uint8_t published[] = {0x32, 0x08, 0x0a, 0x01, 'c', 0x12, 0x03, 0x0a, 0x01, 't'};

enum way { ONE_ROUND_TRIP, TWO_STEP, V0, REFUSED, WAYS };
#define STEPS 5

// Whatever came: texts end where they say, and nothing follows the end.
static void pull(struct lkcam_session *s, lkcam_us now)
{
    struct lkcam_session_event e;
    const uint8_t *message;
    while (lkcam_session_event(s, &e)) {
        if (e.type == LKCAM_SESSION_AGAIN)
            fuzz_check(lkcam_session_deadline(s) == LKCAM_NEVER &&
                       memcmp(lkcam_session_target(s), "/rtc?", 5) == 0);
        fuzz_check(!e.text || e.text[e.len] == '\0');
        fuzz_check(memchr(e.sid, '\0', sizeof e.sid) != NULL);
        if (e.type == LKCAM_SESSION_ENDED)
            fuzz_check(e.end && e.end->text[0] && !lkcam_session_event(s, &e) &&
                       lkcam_session_deadline(s) == LKCAM_NEVER);
    }
    while (lkcam_session_output(s, &message, now))
        ;
    fuzz_check(lkcam_session_rtt(s) >= 0);
}

static void advance(struct lkcam_session *s, enum way way, unsigned steps)
{
    if (way == V0) {
        lkcam_session_start(s, 0);
        lkcam_session_refused(s, 404, NULL, 0, 0);
        pull(s, 0);
    }
    if (steps > 0)
        lkcam_session_start(s, 0);
    if (steps > 1)
        lkcam_session_opened(s, 0);
    if (steps > 2)
        lkcam_session_input(s, join, sizeof join, 0);
    if (steps > 3)
        lkcam_session_input(s, published, sizeof published, 0);
}

static void refuse(struct lkcam_session *s, struct lkcam_reader *r)
{
    lkcam_session_start(s, 0);
    for (int i = 0; i < 2; i++) {
        uint16_t status = lkcam_read_u16(r);
        lkcam_session_refused(s, status, (const char *)r->p, lkcam_read_left(r), 0);
        pull(s, 0);
        if (i == 0 && strcmp(lkcam_session_form(s), "v0") == 0)
            lkcam_session_start(s, 0);
    }
}

static struct lkcam_session *new_session(enum way way)
{
    static char long_offer[6000] = "o";
    struct lkcam_session_track track = {
        .cid = "c", .name = "n", .width_px = 1, .height_px = 1, .bitrate_bps = 1};
    struct lkcam_session_config cfg = {
        .tracks = &track, .track_count = 1, .offer = long_offer, .version = "v"};
    struct lkcam_session *s;

    memset(long_offer + 1, way == TWO_STEP ? 'o' : '\0', sizeof long_offer - 2);
    fuzz_check(lkcam_session_new(&s, &cfg) == 0);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_reader r = lkcam_reader_over(data, size);
    unsigned first = lkcam_read_u8(&r);
    enum way way = first / STEPS % WAYS;
    struct lkcam_session *s = new_session(way);
    lkcam_us now = 0;

    if (way == REFUSED)
        refuse(s, &r);
    else
        advance(s, way, first % STEPS);
    while (lkcam_read_left(&r)) {
        size_t len = lkcam_read_u16(&r);
        if (len > lkcam_read_left(&r))
            len = lkcam_read_left(&r);
        const uint8_t *message = lkcam_read_bytes(&r, len);
        if (!message)
            break;
        lkcam_session_input(s, message, len, now);
        pull(s, now);
        now += LKCAM_SECONDS(3);
        lkcam_session_tick(s, now);
        pull(s, now);
    }
    lkcam_session_free(&s);
    return 0;
}
