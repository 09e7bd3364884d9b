// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What the server says, message by message: into the session's state and flags.
#include <errno.h>

#include "sig/json.h"
#include "sig/session_state.h"

// LiveKit's own, for a join that names none.
#define PING_TIMEOUT_S 15
#define PING_INTERVAL_S 5
#define PING_LONGEST_S 3600

#define CANDIDATE_LINE_MAX 512 // Ours: an ICE candidate is about 100 characters

static int pass_over(struct lkcam_session *s)
{
    s->ignored++;
    return 0;
}

static struct lkcam_session_publication *track_by_cid(struct lkcam_session *s,
                                                      struct lkcam_text cid)
{
    for (int i = 0; i < s->track_count; i++) {
        struct lkcam_session_publication *t = &s->tracks[i];
        if (cid.len && strlen(t->cid) == cid.len && memcmp(t->cid, cid.p, cid.len) == 0)
            return t;
    }
    return NULL;
}

static lkcam_us seconds_or(int32_t given, int32_t otherwise)
{
    if (given <= 0)
        given = otherwise;
    return LKCAM_SECONDS(given < PING_LONGEST_S ? given : PING_LONGEST_S);
}

static void on_join(struct lkcam_session *s, const struct lkcam_message *m, lkcam_us now)
{
    lkcam_words_clean(m->join.server_version, s->server_version);
    s->ping_timeout = seconds_or(m->join.ping_timeout_s, PING_TIMEOUT_S);
    s->ping_interval = seconds_or(m->join.ping_interval_s, PING_INTERVAL_S);
    s->next_ping = now + s->ping_interval;
    s->state = LKCAM_STATE_JOINED;
    s->tell_joined = true;
}

// A codec that the room does not allow is silently replaced by one that it does.
static bool takes_h264(struct lkcam_session *s, struct lkcam_text mime)
{
    char named[LKCAM_WORDS_MAX];
    if (mime.len == 0 || lkcam_text_is(mime, "video/h264"))
        return true;
    lkcam_words_clean(mime, named);
    if (lkcam_session_finish(s))
        lkcam_end_set(
            &s->end, LKCAM_REASON_CODEC,
            "the room does not take video/H264 but %s; allow H264 among its enabled codecs", named);
    return false;
}

static int on_published(struct lkcam_session *s, const struct lkcam_message *m)
{
    struct lkcam_session_publication *t = track_by_cid(s, m->published.cid);
    if (!t || t->published)
        return pass_over(s);
    if (m->published.sid.len == 0 || !lkcam_text_copy(m->published.sid, t->sid, sizeof t->sid)) {
        s->ignored++;
        return -EBADMSG;
    }
    if (!takes_h264(s, m->published.mime_type))
        return 0;
    t->published = t->tell_published = true;
    return 0;
}

static int on_answer(struct lkcam_session *s, const struct lkcam_message *m)
{
    // 0 is what a server says that does not number its answers.
    bool ours = m->answer.id == 0 || m->answer.id == LKCAM_SESSION_OFFER_ID;
    if (s->answered || !ours || m->answer.sdp.len == 0)
        return pass_over(s);
    if (!lkcam_text_copy(m->answer.sdp, s->answer, sizeof s->answer)) {
        lkcam_session_finish_with(s, LKCAM_REASON_SERVER_REFUSED,
                                  "the server's answer is longer than 64 kB");
        return 0;
    }
    s->answer_len = m->answer.sdp.len;
    s->answered = s->tell_answer = true;
    return 0;
}

static int on_trickle(struct lkcam_session *s, const struct lkcam_message *m)
{
    char line[CANDIDATE_LINE_MAX];
    struct lkcam_candidate c;

    s->tell_candidates_end |= m->trickle.final;
    if (m->trickle.final && m->trickle.candidate_init.len == 0)
        return 0;
    if (lkcam_json_read_candidate(m->trickle.candidate_init, line, sizeof line) < 0) {
        s->ignored++;
        return -EBADMSG;
    }
    if (lkcam_sdp_read_candidate(line, strlen(line), &c) < 0 ||
        s->candidate_count == LKCAM_SDP_CANDIDATES)
        return pass_over(s);
    s->candidates[(s->candidate_first + s->candidate_count++) % LKCAM_SDP_CANDIDATES] = c;
    return 0;
}

static int on_mute(struct lkcam_session *s, const struct lkcam_message *m)
{
    struct lkcam_session_publication *t = lkcam_session_track_by(s, m->mute.sid);
    if (!t)
        return pass_over(s);
    t->muted = m->mute.muted;
    t->tell_muted = true;
    return 0;
}

static int on_quality(struct lkcam_session *s, const struct lkcam_message *m)
{
    struct lkcam_session_publication *t = lkcam_session_track_by(s, m->quality.sid);
    if (!t || !m->quality.h264_named)
        return pass_over(s);
    t->wanted = m->quality.wanted;
    t->tell_wanted = true;
    return 0;
}

static int on_token(struct lkcam_session *s, const struct lkcam_message *m)
{
    if (m->token.len == 0 || m->token.len >= sizeof s->token)
        return pass_over(s);
    lkcam_text_copy(m->token, s->token, sizeof s->token);
    return 0;
}

static int on_pong(struct lkcam_session *s, const struct lkcam_message *m, lkcam_us now)
{
    if (s->pinged && m->last_ping_ms == s->pinged / 1000)
        s->rtt = now - s->pinged;
    return 0;
}

static int on_response(struct lkcam_session *s, const struct lkcam_message *m)
{
    int32_t reason = m->response.reason;
    bool harmless = reason == LKCAM_REQUEST_OK || reason == LKCAM_REQUEST_QUEUED;
    if (!track_by_cid(s, m->response.cid) || harmless)
        return pass_over(s);
    if (lkcam_session_finish(s))
        lkcam_words_track_refused(&s->end, reason, m->response.message);
    return 0;
}

static int on_leave(struct lkcam_session *s, const struct lkcam_message *m)
{
    if (lkcam_session_finish(s))
        lkcam_words_leave(&s->end, m->leave.reason, m->leave.action);
    return 0;
}

static int first_message(struct lkcam_session *s, const struct lkcam_message *m, int err,
                         lkcam_us now)
{
    if (err == 0 && m->type == LKCAM_MESSAGE_JOIN)
        on_join(s, m, now);
    else if (err == 0 && m->type == LKCAM_MESSAGE_LEAVE)
        on_leave(s, m);
    else
        lkcam_session_finish_with(s, LKCAM_REASON_SERVER_REFUSED,
                                  "the server's first message was neither join nor leave");
    return err;
}

static int later_message(struct lkcam_session *s, const struct lkcam_message *m, lkcam_us now)
{
    switch (m->type) {
    case LKCAM_MESSAGE_ANSWER:
        return on_answer(s, m);
    case LKCAM_MESSAGE_TRICKLE:
        return on_trickle(s, m);
    case LKCAM_MESSAGE_TRACK_PUBLISHED:
        return on_published(s, m);
    case LKCAM_MESSAGE_LEAVE:
        return on_leave(s, m);
    case LKCAM_MESSAGE_MUTE:
        return on_mute(s, m);
    case LKCAM_MESSAGE_QUALITY:
        return on_quality(s, m);
    case LKCAM_MESSAGE_REFRESH_TOKEN:
        return on_token(s, m);
    case LKCAM_MESSAGE_PONG_RESP:
        return on_pong(s, m, now);
    case LKCAM_MESSAGE_REQUEST_RESPONSE:
        return on_response(s, m);
    case LKCAM_MESSAGE_JOIN:
    case LKCAM_MESSAGE_OTHER:
        break;
    }
    return pass_over(s);
}

int lkcam_session_input(struct lkcam_session *s, const uint8_t *message, size_t len, lkcam_us now)
{
    struct lkcam_message m;

    if (s->state != LKCAM_STATE_FIRST && s->state != LKCAM_STATE_JOINED)
        return 0;
    s->heard = now;
    int err = lkcam_message_read(&m, message, len);
    if (s->state == LKCAM_STATE_FIRST)
        return first_message(s, &m, err, now);
    if (err < 0) {
        s->ignored++;
        return err;
    }
    return later_message(s, &m, now);
}
