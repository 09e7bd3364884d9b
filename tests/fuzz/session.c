// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The first byte selects how far the conversation has come; then messages, each behind two bytes of
// length.
#include <string.h>

#include "base/bytes.h"
#include "fuzz.h"
#include "sig/session.h"

// SignalResponse{join{}}; SignalResponse{track_published{cid "c", track{sid "t"}}}
static const uint8_t join[] = {0x0a, 0x00};
static const uint8_t published[] = {0x32, 0x08, 0x0a, 0x01, 'c', 0x12, 0x03, 0x0a, 0x01, 't'};

static void advance(struct lkcam_session *s, unsigned steps)
{
    if (steps > 0)
        lkcam_session_start(s, 0);
    if (steps > 1)
        lkcam_session_opened(s, 0);
    if (steps > 2)
        lkcam_session_input(s, join, sizeof join, 0);
    if (steps > 3)
        lkcam_session_input(s, published, sizeof published, 0);
}

// Whatever came: texts end where they say, and nothing follows the end.
static void pull(struct lkcam_session *s, lkcam_us now)
{
    struct lkcam_session_event e;
    const uint8_t *message;
    while (lkcam_session_event(s, &e)) {
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_session_track track = {
        .cid = "c", .name = "n", .width_px = 1, .height_px = 1, .bitrate_bps = 1};
    struct lkcam_session_config cfg = {
        .tracks = &track, .track_count = 1, .offer = "o", .version = "v"};
    struct lkcam_reader r = lkcam_reader_over(data, size);
    struct lkcam_session *s;
    lkcam_us now = 0;

    fuzz_check(lkcam_session_new(&s, &cfg) == 0);
    advance(s, lkcam_read_u8(&r) % 5);
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
