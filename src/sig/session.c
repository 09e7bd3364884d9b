// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/session.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sig/json.h"
#include "sig/messages.h"
#include "sig/target.h"
#include "sig/words.h"

// The server decides on the join before it upgrades, in up to 3 attempts of 3, 4 and 5 s.
#define UPGRADE_TIMEOUT_US LKCAM_SECONDS(15)
// Ours: as long as LiveKit's Rust client waits.
#define FIRST_TIMEOUT_US LKCAM_SECONDS(5)
// Ours: as long as LiveKit's Rust client waits. An offer that does not parse gets no reply at all.
#define PUBLISH_TIMEOUT_US LKCAM_SECONDS(10)
// LiveKit's own, for a join that names none.
#define PING_TIMEOUT_S 15
#define PING_INTERVAL_S 5
#define PING_LONGEST_S 3600

#define CANDIDATE_LINE_MAX 512 // Ours: an ICE candidate is about 100 characters

enum state {
    STATE_NEW,
    STATE_UPGRADING,
    STATE_FIRST, // open; join or leave is due
    STATE_JOINED,
    STATE_ENDED, // by the server, a fault, or ourselves
};

// What is to be told next is a set of flags, not a queue: the newest mute counts, not all of them,
// and nothing can overflow but the candidates.
struct track {
    char cid[LKCAM_SESSION_CID_MAX], sid[64];
    bool published, tell_published;
    bool muted, tell_muted;
    bool wanted, tell_wanted;
    bool own_mute, send_mute;
};

struct lkcam_session {
    char *target;
    enum state state;
    bool open;      // messages can be sent
    lkcam_us since; // of this state; for STATE_JOINED: of the opening
    struct track tracks[LKCAM_SDP_TRACKS];
    int track_count;

    char server_version[LKCAM_WORDS_MAX];
    bool tell_joined;
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

// ---- made once ----

static bool is_usable(const struct lkcam_session_config *cfg)
{
    if (cfg->track_count < 0 || cfg->track_count > LKCAM_SDP_TRACKS)
        return false;
    for (int i = 0; i < cfg->track_count; i++) {
        const char *cid = cfg->tracks[i].cid;
        if (!cid || !cid[0] || strlen(cid) >= LKCAM_SESSION_CID_MAX)
            return false;
    }
    return true;
}

int lkcam_session_new(struct lkcam_session **out, const struct lkcam_session_config *cfg)
{
    *out = NULL;
    if (!is_usable(cfg))
        return -EINVAL;
    struct lkcam_session *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    int err = lkcam_target_new(&s->target, cfg);
    if (err < 0) {
        free(s);
        return err;
    }
    s->track_count = cfg->track_count;
    for (int i = 0; i < s->track_count; i++)
        snprintf(s->tracks[i].cid, sizeof s->tracks[i].cid, "%s", cfg->tracks[i].cid);
    *out = s;
    return 0;
}

void lkcam_session_free(struct lkcam_session **s)
{
    if (!*s)
        return;
    free((*s)->target);
    free(*s);
    *s = NULL;
}

const char *lkcam_session_target(const struct lkcam_session *s)
{
    return s->target;
}

// ---- the end ----

// The first cause counts; `end` is filled in by the caller who gets true.
static bool finish(struct lkcam_session *s)
{
    if (s->state == STATE_ENDED)
        return false;
    s->state = STATE_ENDED;
    s->tell_end = true;
    s->send_ping = s->send_ping_req = false;
    return true;
}

static void finish_with(struct lkcam_session *s, enum lkcam_reason reason, const char *text)
{
    if (finish(s))
        lkcam_end_set(&s->end, reason, "%s", text);
}

void lkcam_session_leave(struct lkcam_session *s)
{
    s->send_leave = true;
    if (s->state != STATE_ENDED)
        s->tell_end = false;
    s->state = STATE_ENDED;
    s->send_ping = s->send_ping_req = false;
}

// ---- the connection ----

void lkcam_session_start(struct lkcam_session *s, lkcam_us now)
{
    assert(s->state == STATE_NEW);
    s->state = STATE_UPGRADING;
    s->since = now;
}

void lkcam_session_opened(struct lkcam_session *s, lkcam_us now)
{
    if (s->state != STATE_UPGRADING)
        return;
    s->state = STATE_FIRST;
    s->open = true;
    s->since = s->heard = now;
}

void lkcam_session_refused(struct lkcam_session *s, int status, const char *body, size_t len,
                           lkcam_us now)
{
    (void)now;
    if (finish(s))
        lkcam_words_refused(&s->end, status, (struct lkcam_text){body, len});
}

void lkcam_session_closed(struct lkcam_session *s, int code, const char *why, lkcam_us now)
{
    char said[LKCAM_WORDS_MAX], with[32] = "";
    bool was_open = s->open;

    (void)now;
    s->open = false;
    if (!finish(s))
        return;
    lkcam_words_clean((struct lkcam_text){why, why ? strlen(why) : 0}, said);
    if (code)
        snprintf(with, sizeof with, " (WebSocket close %d)", code);
    lkcam_end_set(&s->end, was_open ? LKCAM_REASON_SIGNAL_LOST : LKCAM_REASON_SERVER_UNREACHABLE,
                  "%s%s%s%s",
                  was_open ? "the signalling connection was lost" : "the server cannot be reached",
                  with, said[0] ? ": " : "", said);
}

// ---- what arrives ----

static int pass_over(struct lkcam_session *s)
{
    s->ignored++;
    return 0;
}

static struct track *track_by(struct lkcam_session *s, struct lkcam_text sid)
{
    for (int i = 0; i < s->track_count; i++) {
        struct track *t = &s->tracks[i];
        if (t->published && strlen(t->sid) == sid.len && memcmp(t->sid, sid.p, sid.len) == 0)
            return t;
    }
    return NULL;
}

static struct track *track_by_cid(struct lkcam_session *s, struct lkcam_text cid)
{
    for (int i = 0; i < s->track_count; i++) {
        struct track *t = &s->tracks[i];
        if (cid.len && strlen(t->cid) == cid.len && memcmp(t->cid, cid.p, cid.len) == 0)
            return t;
    }
    return NULL;
}

static bool all_published(const struct lkcam_session *s)
{
    for (int i = 0; i < s->track_count; i++) {
        if (!s->tracks[i].published)
            return false;
    }
    return true;
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
    s->state = STATE_JOINED;
    s->tell_joined = true;
}

// A codec that the room does not allow is silently replaced by one that it does.
static bool takes_h264(struct lkcam_session *s, struct lkcam_text mime)
{
    char named[LKCAM_WORDS_MAX];
    if (mime.len == 0 || lkcam_text_is(mime, "video/h264"))
        return true;
    lkcam_words_clean(mime, named);
    if (finish(s))
        lkcam_end_set(
            &s->end, LKCAM_REASON_CODEC,
            "the room does not take video/H264 but %s; allow H264 among its enabled codecs", named);
    return false;
}

static int on_published(struct lkcam_session *s, const struct lkcam_message *m)
{
    struct track *t = track_by_cid(s, m->published.cid);
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
        finish_with(s, LKCAM_REASON_SERVER_REFUSED, "the server's answer is longer than 64 kB");
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
    struct track *t = track_by(s, m->mute.sid);
    if (!t)
        return pass_over(s);
    t->muted = m->mute.muted;
    t->tell_muted = true;
    return 0;
}

static int on_quality(struct lkcam_session *s, const struct lkcam_message *m)
{
    struct track *t = track_by(s, m->quality.sid);
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
    if (finish(s))
        lkcam_words_track_refused(&s->end, reason, m->response.message);
    return 0;
}

static int on_leave(struct lkcam_session *s, const struct lkcam_message *m)
{
    if (finish(s))
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
        finish_with(s, LKCAM_REASON_SERVER_REFUSED,
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

    if (s->state != STATE_FIRST && s->state != STATE_JOINED)
        return 0;
    s->heard = now;
    int err = lkcam_message_read(&m, message, len);
    if (s->state == STATE_FIRST)
        return first_message(s, &m, err, now);
    if (err < 0) {
        s->ignored++;
        return err;
    }
    return later_message(s, &m, now);
}

// ---- time ----

static lkcam_us joined_deadline(const struct lkcam_session *s)
{
    lkcam_us at = lkcam_us_min(s->heard + s->ping_timeout, s->next_ping);
    if (!s->answered || !all_published(s))
        at = lkcam_us_min(at, s->since + PUBLISH_TIMEOUT_US);
    return at;
}

lkcam_us lkcam_session_deadline(const struct lkcam_session *s)
{
    switch (s->state) {
    case STATE_UPGRADING:
        return s->since + UPGRADE_TIMEOUT_US;
    case STATE_FIRST:
        return s->since + FIRST_TIMEOUT_US;
    case STATE_JOINED:
        return joined_deadline(s);
    case STATE_NEW:
    case STATE_ENDED:
        break;
    }
    return LKCAM_NEVER;
}

static void joined_tick(struct lkcam_session *s, lkcam_us now)
{
    bool late = now >= s->since + PUBLISH_TIMEOUT_US;
    if (now >= s->heard + s->ping_timeout) {
        if (finish(s))
            lkcam_end_set(&s->end, LKCAM_REASON_SIGNAL_LOST, "the server has said nothing for %d s",
                          (int)(s->ping_timeout / LKCAM_SECONDS(1)));
    } else if (late && !all_published(s)) {
        finish_with(s, LKCAM_REASON_SERVER_REFUSED,
                    "the server did not publish the track within 10 s");
    } else if (late && !s->answered) {
        finish_with(s, LKCAM_REASON_SERVER_REFUSED,
                    "the server did not answer the offer within 10 s");
    } else if (now >= s->next_ping) {
        s->send_ping = s->send_ping_req = true;
        s->next_ping = now + s->ping_interval;
    }
}

void lkcam_session_tick(struct lkcam_session *s, lkcam_us now)
{
    if (now < lkcam_session_deadline(s))
        return;
    if (s->state == STATE_UPGRADING)
        finish_with(s, LKCAM_REASON_SERVER_UNREACHABLE,
                    "the server did not answer the WebSocket upgrade within 15 s");
    else if (s->state == STATE_FIRST)
        finish_with(s, LKCAM_REASON_SIGNAL_LOST,
                    "the server opened the connection but said nothing for 5 s");
    else
        joined_tick(s, now);
}

// ---- what leaves ----

static bool take(bool *flag)
{
    bool was = *flag;
    *flag = false;
    return was;
}

static int write_mute(struct lkcam_session *s)
{
    for (int i = 0; i < s->track_count; i++) {
        struct track *t = &s->tracks[i];
        if (take(&t->send_mute))
            return lkcam_message_write_mute(s->out, sizeof s->out, t->sid, t->own_mute);
    }
    return 0;
}

static int write_ping_req(struct lkcam_session *s, lkcam_us now)
{
    s->pinged = now;
    return lkcam_message_write_ping_req(s->out, sizeof s->out, now / 1000, (s->rtt + 500) / 1000);
}

size_t lkcam_session_output(struct lkcam_session *s, const uint8_t **message, lkcam_us now)
{
    *message = s->out;
    if (!s->open)
        return 0;
    int n = write_mute(s);
    if (n == 0 && take(&s->send_ping))
        n = lkcam_message_write_ping(s->out, sizeof s->out, now / 1000);
    else if (n == 0 && take(&s->send_ping_req))
        n = write_ping_req(s, now);
    else if (n == 0 && take(&s->send_leave))
        n = lkcam_message_write_leave(s->out, sizeof s->out);
    assert(n >= 0);
    return (size_t)n;
}

void lkcam_session_mute(struct lkcam_session *s, const char *sid, bool muted)
{
    struct track *t = track_by(s, (struct lkcam_text){sid, strlen(sid)});
    assert(t);
    if (!t)
        return;
    t->own_mute = muted;
    t->send_mute = true;
}

// ---- what is told ----

static int tell(struct lkcam_session_event *out, enum lkcam_session_event_type type,
                const char *text, size_t len)
{
    *out = (struct lkcam_session_event){.type = type, .text = text, .len = len};
    return 1;
}

static int tell_track(struct track *t, struct lkcam_session_event *out)
{
    if (take(&t->tell_published)) {
        tell(out, LKCAM_SESSION_PUBLISHED, t->cid, strlen(t->cid));
    } else if (take(&t->tell_muted)) {
        tell(out, LKCAM_SESSION_MUTE, NULL, 0);
        out->on = t->muted;
    } else if (take(&t->tell_wanted)) {
        tell(out, LKCAM_SESSION_WANTED, NULL, 0);
        out->on = t->wanted;
    } else {
        return 0;
    }
    memcpy(out->sid, t->sid, sizeof out->sid);
    return 1;
}

// In the order in which a caller can use them: the end comes last, whatever came with it.
int lkcam_session_event(struct lkcam_session *s, struct lkcam_session_event *out)
{
    if (take(&s->tell_joined))
        return tell(out, LKCAM_SESSION_JOINED, s->server_version, strlen(s->server_version));
    for (int i = 0; i < s->track_count; i++) {
        if (tell_track(&s->tracks[i], out))
            return 1;
    }
    if (take(&s->tell_answer))
        return tell(out, LKCAM_SESSION_ANSWER, s->answer, s->answer_len);
    if (s->candidate_count) {
        tell(out, LKCAM_SESSION_CANDIDATE, NULL, 0);
        out->candidate = s->candidates[s->candidate_first++ % LKCAM_SDP_CANDIDATES];
        s->candidate_count--;
        return 1;
    }
    if (take(&s->tell_candidates_end))
        return tell(out, LKCAM_SESSION_CANDIDATES_END, NULL, 0);
    if (take(&s->tell_end)) {
        tell(out, LKCAM_SESSION_ENDED, s->end.text, strlen(s->end.text));
        out->end = &s->end;
        return 1;
    }
    return 0;
}

// ---- what can be asked ----

const char *lkcam_session_token(const struct lkcam_session *s)
{
    return s->token[0] ? s->token : NULL;
}

lkcam_us lkcam_session_rtt(const struct lkcam_session *s)
{
    return s->rtt;
}

uint64_t lkcam_session_ignored(const struct lkcam_session *s)
{
    return s->ignored;
}
