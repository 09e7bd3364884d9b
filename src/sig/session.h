// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The LiveKit conversation of a publisher, as a machine: WebSocket messages and time in, messages
// and events out. Knows no socket and no SDP beyond its text.
//
//   target(): GET /rtc/v1?join_request=... (join + add_track + offer: one round trip)
//             GET /rtc/v1?join_request=... (join), where that would be too long for proxies
//             GET /rtc?protocol=...        (join), after a server older than 1.9.1 has refused v1
//   input():  join, track_published, answer, trickle, refresh_token, mute,
//             subscribed_quality_update, leave, pongs
//   output(): add_track, offer (where the target has none), ping, ping_req, mute, leave
#ifndef LKCAM_SIG_SESSION_H
#define LKCAM_SIG_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/time.h"
#include "sig/token.h"
#include "wire/sdp.h"

#define LKCAM_SESSION_OFFER_ID 1 // there is one offer; its answer carries the number back

struct lkcam_session_track {
    const char *cid, *name;
    int width_px, height_px, bitrate_bps;
};

struct lkcam_session_config {
    const struct lkcam_session_track *tracks; // borrowed for init only (copied)
    int track_count;
    const char *offer;   // SDP, copied
    const char *version; // of lkcam
    const char *prefix;  // of every target's path: "/some/where", or NULL
    bool can_subscribe;  // the token's claim, for servers older than 1.9.1
};

enum lkcam_session_event_type {
    LKCAM_SESSION_AGAIN,          // refused: connect anew to target(), then start()
    LKCAM_SESSION_JOINED,         // text: server version
    LKCAM_SESSION_PUBLISHED,      // text: cid; sid
    LKCAM_SESSION_ANSWER,         // text: SDP, length in `len` (with a terminator behind it)
    LKCAM_SESSION_CANDIDATE,      // candidate
    LKCAM_SESSION_CANDIDATES_END, // no more will come
    LKCAM_SESSION_MUTE,           // sid, on: the server wants it muted
    LKCAM_SESSION_WANTED,         // sid, on: somebody needs a quality of ours
    LKCAM_SESSION_ENDED,          // `end` tells why; nothing follows
};

struct lkcam_session_event {
    enum lkcam_session_event_type type;
    const char *text; // borrowed until the session is freed
    size_t len;
    char sid[64];
    bool on;
    struct lkcam_candidate candidate;
    const struct lkcam_end *end; // borrowed until the session is freed
};

#define LKCAM_SESSION_CID_MAX 64 // Ours: with the terminator

struct lkcam_session; // heap: it holds the newest token and an answer of up to 64 kB

/** @return 0, -ENOMEM, or -EINVAL (tracks without a cid or with one too long, more than
 * LKCAM_SDP_TRACKS). */
int lkcam_session_new(struct lkcam_session **out, const struct lkcam_session_config *cfg);
void lkcam_session_free(struct lkcam_session **s);

/** The request target, percent-encoded. Borrowed; another one after AGAIN. */
const char *lkcam_session_target(const struct lkcam_session *s);
/** How the server is spoken to: "v1", "v1 two-step" or "v0". */
const char *lkcam_session_form(const struct lkcam_session *s);

/** The upgrade has begun, the first or after AGAIN; deadlines run (upgrade 15 s). */
void lkcam_session_start(struct lkcam_session *s, lkcam_us now);
/** 101 received; the first message is due within 5 s, track_published and answer within 10 s. */
void lkcam_session_opened(struct lkcam_session *s, lkcam_us now);
/** The upgrade was answered with another status: AGAIN or ENDED follows. */
void lkcam_session_refused(struct lkcam_session *s, int status, const char *body, size_t len,
                           lkcam_us now);
/** The WebSocket is gone: close code or 0, and one line of ours, taken as it stands. */
void lkcam_session_closed(struct lkcam_session *s, int code, const char *why, lkcam_us now);
/** One binary message. @return 0, -EBADMSG (counted and passed over, unless it is the first). */
int lkcam_session_input(struct lkcam_session *s, const uint8_t *message, size_t len, lkcam_us now);

lkcam_us lkcam_session_deadline(const struct lkcam_session *s);
void lkcam_session_tick(struct lkcam_session *s, lkcam_us now);
/** A binary message to send; pings carry `now`. Borrowed until the next call. @return its length, 0
 * = none. */
size_t lkcam_session_output(struct lkcam_session *s, const uint8_t **message, lkcam_us now);
/** @return 1 = here is one, 0 = none. */
int lkcam_session_event(struct lkcam_session *s, struct lkcam_session_event *out);

/**
 * Queue leave{CLIENT_INITIATED}; the caller flushes output and closes. Nothing is read and no
 * deadline runs any more. Also after ENDED, so that the server need not find out by itself.
 */
void lkcam_session_leave(struct lkcam_session *s);
/** Tell the server that a track is muted (after obeying its own mute). */
void lkcam_session_mute(struct lkcam_session *s, const char *sid, bool muted);

/** The newest token the server gave, or NULL. */
const char *lkcam_session_token(const struct lkcam_session *s);
/** Messages passed over so far: unreadable, unknown, or of no meaning to a publisher. */
uint64_t lkcam_session_ignored(const struct lkcam_session *s);
/** Signalling round trip of the last pong_resp, 0: none. */
lkcam_us lkcam_session_rtt(const struct lkcam_session *s);

#endif
