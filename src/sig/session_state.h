// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The session's inside, for its two files: session.c (its life, time, what it tells and sends) and
// session_input.c (what arrives).
#ifndef LKCAM_SIG_SESSION_STATE_H
#define LKCAM_SIG_SESSION_STATE_H

#include "sig/messages.h"
#include "sig/session.h"
#include "sig/steps.h"
#include "sig/words.h"

enum lkcam_session_state {
    LKCAM_STATE_NEW,
    LKCAM_STATE_AGAIN, // refused, and to be started with another target
    LKCAM_STATE_UPGRADING,
    LKCAM_STATE_FIRST, // open; join or leave is due
    LKCAM_STATE_JOINED,
    LKCAM_STATE_ENDED, // by the server, a fault, or ourselves
};

enum lkcam_session_form {
    LKCAM_FORM_ONE_ROUND_TRIP, // v1: join, add_track and offer in the request
    LKCAM_FORM_TWO_STEP,       // v1: the request joins; add_track and offer follow
    LKCAM_FORM_V0,             // the same over /rtc
};

// What is to be told next is a set of flags, not a queue: the newest mute counts, not all of them,
// and nothing can overflow but the candidates.
struct lkcam_session_publication {
    char cid[LKCAM_SESSION_CID_MAX], sid[64];
    bool published, tell_published;
    bool muted, tell_muted;
    bool wanted, tell_wanted;
    bool own_mute, send_mute;
};

struct lkcam_session {
    char *target, *target_v0;
    struct lkcam_steps steps; // what follows join in all forms but the first
    enum lkcam_session_form form;
    enum lkcam_session_state state;
    bool open;      // messages can be sent
    lkcam_us since; // of this state; once joined: of the opening
    struct lkcam_session_publication tracks[LKCAM_SDP_TRACKS];
    int track_count;

    char server_version[LKCAM_WORDS_MAX];
    bool tell_again, tell_joined;
    bool answered, tell_answer;
    size_t answer_len;
    struct lkcam_candidate candidates[LKCAM_SDP_CANDIDATES]; // a ring
    unsigned candidate_first, candidate_count;
    bool tell_candidates_end;
    struct lkcam_end end;
    bool tell_end;

    lkcam_us heard, ping_timeout, ping_interval, next_ping;
    lkcam_us pinged, rtt; // pinged: when the last ping_req left
    bool send_ping, send_ping_req, send_leave;
    uint64_t ignored;
    uint8_t out[LKCAM_MESSAGE_WRITTEN_MAX];
    char answer[LKCAM_SDP_MAX];
    char token[LKCAM_TOKEN_MAX];
};

// session.c. The first cause counts; `end` is filled in by the caller who gets true.
bool lkcam_session_finish(struct lkcam_session *s);
void lkcam_session_finish_with(struct lkcam_session *s, enum lkcam_reason reason, const char *text);
/** A published track, or NULL. */
struct lkcam_session_publication *lkcam_session_track_by(struct lkcam_session *s,
                                                         struct lkcam_text sid);

#endif
