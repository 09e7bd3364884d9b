// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/session.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sig/session_state.h"
#include "sig/target.h"

// The server decides on the join before it upgrades, in up to 3 attempts of 3, 4 and 5 s.
#define UPGRADE_TIMEOUT_US LKCAM_SECONDS(15)
// Ours: as long as LiveKit's Rust client waits.
#define FIRST_TIMEOUT_US LKCAM_SECONDS(5)
// Ours: as long as LiveKit's Rust client waits. An offer that does not parse gets no reply at all.
#define PUBLISH_TIMEOUT_US LKCAM_SECONDS(10)

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

// Everything that may have to be asked, whichever server answers.
static int write_requests(struct lkcam_session *s, const struct lkcam_session_config *cfg)
{
    int whole = lkcam_target_v1(&s->target, cfg);
    if (whole < 0)
        return whole;
    s->form = whole ? LKCAM_FORM_ONE_ROUND_TRIP : LKCAM_FORM_TWO_STEP;
    int err = lkcam_target_v0(&s->target_v0, cfg);
    return err < 0 ? err : lkcam_steps_init(&s->steps, cfg);
}

int lkcam_session_new(struct lkcam_session **out, const struct lkcam_session_config *cfg)
{
    *out = NULL;
    if (!is_usable(cfg))
        return -EINVAL;
    struct lkcam_session *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    int err = write_requests(s, cfg);
    if (err < 0) {
        lkcam_session_free(&s);
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
    free((*s)->target_v0);
    lkcam_steps_deinit(&(*s)->steps);
    free(*s);
    *s = NULL;
}

const char *lkcam_session_target(const struct lkcam_session *s)
{
    return s->form == LKCAM_FORM_V0 ? s->target_v0 : s->target;
}

const char *lkcam_session_form(const struct lkcam_session *s)
{
    static const char *const names[] = {"v1", "v1 two-step", "v0"};
    return names[s->form];
}

// ---- the end ----

// The first cause counts; `end` is filled in by the caller who gets true.
bool lkcam_session_finish(struct lkcam_session *s)
{
    if (s->state == LKCAM_STATE_ENDED)
        return false;
    s->state = LKCAM_STATE_ENDED;
    s->tell_end = true;
    s->send_ping = s->send_ping_req = false;
    return true;
}

void lkcam_session_finish_with(struct lkcam_session *s, enum lkcam_reason reason, const char *text)
{
    if (lkcam_session_finish(s))
        lkcam_end_set(&s->end, reason, "%s", text);
}

void lkcam_session_leave(struct lkcam_session *s)
{
    s->send_leave = true;
    if (s->state != LKCAM_STATE_ENDED)
        s->tell_end = false;
    s->tell_again = false;
    s->state = LKCAM_STATE_ENDED;
    s->send_ping = s->send_ping_req = false;
}

// ---- the connection ----

void lkcam_session_start(struct lkcam_session *s, lkcam_us now)
{
    assert(s->state == LKCAM_STATE_NEW || s->state == LKCAM_STATE_AGAIN);
    s->state = LKCAM_STATE_UPGRADING;
    s->since = now;
}

void lkcam_session_opened(struct lkcam_session *s, lkcam_us now)
{
    if (s->state != LKCAM_STATE_UPGRADING)
        return;
    s->state = LKCAM_STATE_FIRST;
    s->open = true;
    s->since = s->heard = now;
}

void lkcam_session_refused(struct lkcam_session *s, int status, const char *body, size_t len,
                           lkcam_us now)
{
    struct lkcam_text said = {body, len};

    (void)now;
    if (s->state == LKCAM_STATE_AGAIN)
        return;
    if (s->state == LKCAM_STATE_UPGRADING && s->form != LKCAM_FORM_V0 &&
        lkcam_words_is_unknown_path(status, said)) {
        s->form = LKCAM_FORM_V0;
        s->state = LKCAM_STATE_AGAIN;
        s->tell_again = true;
    } else if (lkcam_session_finish(s)) {
        lkcam_words_refused(&s->end, status, said);
    }
}

void lkcam_session_closed(struct lkcam_session *s, int code, const char *why, lkcam_us now)
{
    char with[32] = "";
    bool was_open = s->open;

    (void)now;
    s->open = false;
    if (s->state == LKCAM_STATE_AGAIN || !lkcam_session_finish(s))
        return;
    if (code)
        snprintf(with, sizeof with, " (WebSocket close %d)", code);
    lkcam_end_set(&s->end, was_open ? LKCAM_REASON_SIGNAL_LOST : LKCAM_REASON_SERVER_UNREACHABLE,
                  "%s%s%s%s",
                  was_open ? "the signalling connection was lost" : "the server cannot be reached",
                  with, why && *why ? ": " : "", why ? why : "");
}

// ---- the tracks ----

struct lkcam_session_publication *lkcam_session_track_by(struct lkcam_session *s,
                                                         struct lkcam_text sid)
{
    for (int i = 0; i < s->track_count; i++) {
        struct lkcam_session_publication *t = &s->tracks[i];
        if (t->published && strlen(t->sid) == sid.len && memcmp(t->sid, sid.p, sid.len) == 0)
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
    case LKCAM_STATE_UPGRADING:
        return s->since + UPGRADE_TIMEOUT_US;
    case LKCAM_STATE_FIRST:
        return s->since + FIRST_TIMEOUT_US;
    case LKCAM_STATE_JOINED:
        return joined_deadline(s);
    case LKCAM_STATE_NEW:
    case LKCAM_STATE_AGAIN:
    case LKCAM_STATE_ENDED:
        break;
    }
    return LKCAM_NEVER;
}

static void joined_tick(struct lkcam_session *s, lkcam_us now)
{
    bool late = now >= s->since + PUBLISH_TIMEOUT_US;
    if (now >= s->heard + s->ping_timeout) {
        if (lkcam_session_finish(s))
            lkcam_end_set(&s->end, LKCAM_REASON_SIGNAL_LOST, "the server has said nothing for %d s",
                          (int)(s->ping_timeout / LKCAM_SECONDS(1)));
    } else if (late && !all_published(s)) {
        lkcam_session_finish_with(s, LKCAM_REASON_SERVER_REFUSED,
                                  "the server did not publish the track within 10 s");
    } else if (late && !s->answered) {
        lkcam_session_finish_with(s, LKCAM_REASON_SERVER_REFUSED,
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
    if (s->state == LKCAM_STATE_UPGRADING)
        lkcam_session_finish_with(s, LKCAM_REASON_SERVER_UNREACHABLE,
                                  "the server did not answer the WebSocket upgrade within 15 s");
    else if (s->state == LKCAM_STATE_FIRST)
        lkcam_session_finish_with(s, LKCAM_REASON_SIGNAL_LOST,
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
        struct lkcam_session_publication *t = &s->tracks[i];
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
    if (s->state == LKCAM_STATE_JOINED && s->form != LKCAM_FORM_ONE_ROUND_TRIP) {
        size_t len = lkcam_steps_next(&s->steps, message);
        if (len)
            return len;
    }
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
    struct lkcam_session_publication *t =
        lkcam_session_track_by(s, (struct lkcam_text){sid, strlen(sid)});
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

static int tell_track(struct lkcam_session_publication *t, struct lkcam_session_event *out)
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
    if (take(&s->tell_again))
        return tell(out, LKCAM_SESSION_AGAIN, NULL, 0);
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
