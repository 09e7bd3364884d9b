// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The WebSocket between its socket and the session machine, and what the session's events mean for
// the rest.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "io/clock.h"
#include "pub/publisher.h"
#include "room/negotiate.h"

// Ours: leave is one small message; who does not take it in this time will notice the closed
// socket.
#define LEAVE_US LKCAM_MS(300)

// ---- the stream ----

static void on_websocket_event(void *ctx, const struct lkcam_websocket_event *e)
{
    struct lkcam *c = ctx;
    lkcam_us now = c->now;

    switch (e->type) {
    case LKCAM_WEBSOCKET_OPENED:
        lkcam_session_opened(c->session, now);
        break;
    case LKCAM_WEBSOCKET_REFUSED:
        lkcam_session_refused(c->session, e->status, (const char *)e->bytes, e->len, now);
        break;
    case LKCAM_WEBSOCKET_MESSAGE:
        lkcam_session_input(c->session, e->bytes, e->len, now);
        break;
    case LKCAM_WEBSOCKET_CLOSED:
        lkcam_session_closed(c->session, e->status, "the server closed the WebSocket", now);
        break;
    }
}

static void on_websocket_send(void *ctx, const uint8_t *bytes, size_t len)
{
    struct lkcam *c = ctx;
    if (c->tcp && !c->stream_gone)
        lkcam_tcp_send(c->tcp, bytes, len, c->now);
}

static void on_opened(void *ctx, lkcam_us now)
{
    struct lkcam *c = ctx;
    char authority[300];

    c->now = now;
    lkcam_url_authority(&c->url, authority, sizeof authority);
    if (lkcam_websocket_start(c->websocket, authority, lkcam_session_target(c->session),
                              lkcam_tokens_token(&c->tokens)) == 0)
        return;
    struct lkcam_end end;
    lkcam_end_set(&end, LKCAM_REASON_TOKEN, "the token holds characters that no token has");
    lkcam_publisher_end(c, &end);
}

static void on_received(void *ctx, const uint8_t *bytes, size_t len, lkcam_us now)
{
    struct lkcam *c = ctx;
    c->now = now;
    lkcam_websocket_input(c->websocket, bytes, len);
}

static void on_closed(void *ctx, int error, const char *why, lkcam_us now)
{
    struct lkcam *c = ctx;
    const bool v6 = strchr(c->url.host, ':') != NULL;
    char where[600];
    c->now = now;
    c->stream_gone = true;
    lkcam_websocket_end(c->websocket); // a refusal whose body ends with the stream is complete now
    snprintf(where, sizeof where, v6 ? "[%s]:%u: %s" : "%s:%u: %s", c->url.host, c->url.port, why);
    lkcam_session_closed(c->session, 0, where, now);
}

// A session's first stream, or another one.
static int open_stream(struct lkcam *c, lkcam_us now)
{
    const struct lkcam_websocket_events events = {on_websocket_event, on_websocket_send, c};
    int err = lkcam_websocket_new(&c->websocket, &events, &lkcam_clock_rand);
    if (err)
        return err;
    c->stream_gone = false;
    lkcam_session_start(c->session, now);
    c->stream_events = (struct lkcam_tcp_events){on_opened, on_received, on_closed, c};
    return lkcam_tcp_open(&c->tcp, &c->loop, c->url.host, c->url.port, c->url.tls, &c->ca,
                          &c->stream_events);
}

// ---- what the session tells ----

static void on_answer(struct lkcam *c, const struct lkcam_session_event *e, lkcam_us now)
{
    lkcam_lock_take(&c->lock);
    lkcam_negotiate_answer(&c->transport, e->text, e->len, now);
    lkcam_lock_give_back(&c->lock);
}

static void on_candidate(struct lkcam *c, const struct lkcam_session_event *e, lkcam_us now)
{
    lkcam_us rtt = lkcam_tcp_rtt(c->tcp);
    lkcam_lock_take(&c->lock);
    c->transport.ice.path_rtt_us = rtt;
    if (e->type == LKCAM_SESSION_CANDIDATE)
        lkcam_ice_add_remote(&c->transport.ice, &e->candidate, now);
    else
        lkcam_ice_end_of_candidates(&c->transport.ice);
    lkcam_lock_give_back(&c->lock);
}

static struct lkcam_track *camera_by_cid(struct lkcam *c, const char *cid)
{
    for (int i = 0; i < c->camera_count; i++)
        if (strcmp(c->cameras[i]->sender->cid, cid) == 0)
            return c->cameras[i];
    return NULL;
}

static struct lkcam_track *camera_by_sid(struct lkcam *c, const char *sid)
{
    for (int i = 0; i < c->camera_count; i++)
        if (strcmp(c->cameras[i]->camstate.sid, sid) == 0)
            return c->cameras[i];
    return NULL;
}

static void on_camstate(struct lkcam *c, const struct lkcam_session_event *e)
{
    bool first = e->type == LKCAM_SESSION_PUBLISHED;
    struct lkcam_track *cam = first ? camera_by_cid(c, e->text) : camera_by_sid(c, e->sid);
    if (!cam)
        return;

    lkcam_lock_take(&c->lock);
    if (first) {
        snprintf(cam->camstate.sid, sizeof cam->camstate.sid, "%s", e->sid);
        cam->camstate.published = true;
    } else if (e->type == LKCAM_SESSION_MUTE) {
        cam->camstate.muted = e->on;
    } else {
        cam->camstate.wanted = e->on;
    }
    lkcam_lock_give_back(&c->lock);
    // A camera that has failed stays muted, whatever the server wants.
    if (e->type == LKCAM_SESSION_MUTE)
        lkcam_session_mute(c->session, e->sid, e->on || cam->told_failed);
}

static void on_joined(struct lkcam *c, const struct lkcam_session_event *e)
{
    lkcam_lock_take(&c->lock);
    c->signalling = lkcam_session_form(c->session);
    lkcam_lock_give_back(&c->lock);
    lkcam_log(LKCAM_LOG_INFO, "joined; server %s, signalling %s", e->text, c->signalling);
}

static void on_again(struct lkcam *c, lkcam_us now)
{
    struct lkcam_end end;

    lkcam_log(LKCAM_LOG_INFO, "no signalling v1 here (HTTP 404); trying %s",
              lkcam_session_form(c->session));
    lkcam_tcp_close(&c->tcp);
    lkcam_websocket_free(&c->websocket);
    int err = open_stream(c, now);
    if (!err)
        return;
    lkcam_end_set(&end, LKCAM_REASON_INTERNAL, "cannot connect again: %s", strerror(-err));
    lkcam_publisher_end(c, &end);
}

static void on_session_event(struct lkcam *c, const struct lkcam_session_event *e, lkcam_us now)
{
    switch (e->type) {
    case LKCAM_SESSION_AGAIN:
        on_again(c, now);
        break;
    case LKCAM_SESSION_JOINED:
        on_joined(c, e);
        break;
    case LKCAM_SESSION_ANSWER:
        on_answer(c, e, now);
        break;
    case LKCAM_SESSION_CANDIDATE:
    case LKCAM_SESSION_CANDIDATES_END:
        on_candidate(c, e, now);
        break;
    case LKCAM_SESSION_PUBLISHED:
    case LKCAM_SESSION_MUTE:
    case LKCAM_SESSION_WANTED:
        on_camstate(c, e);
        break;
    case LKCAM_SESSION_ENDED:
        lkcam_publisher_end(c, e->end);
        break;
    }
}

void lkcam_signalling_flush(struct lkcam *c, lkcam_us now)
{
    struct lkcam_session_event e;
    const uint8_t *message;
    size_t len;

    if (!c->session)
        return;
    while (lkcam_session_event(c->session, &e))
        on_session_event(c, &e, now);
    while ((len = lkcam_session_output(c->session, &message, now)) > 0)
        lkcam_websocket_send(c->websocket, message, len);
}

// ---- its life ----

static int make_offer(struct lkcam *c, char *offer, size_t cap)
{
    struct lkcam_addr hosts[8];
    struct lkcam_addr server;
    // A server on this machine may listen on loopback alone; anyone else has no use for such a
    // candidate.
    bool local =
        strcmp(c->url.host, "localhost") == 0 ||
        (lkcam_addr_parse(&server, c->url.host, 0) == 0 && lkcam_addr_is_loopback(&server));
    int n = lkcam_udp_host_addresses(hosts, 8, local);
    for (int i = 0; i < n; i++)
        hosts[i].port = c->udp.port;
    return lkcam_negotiate_offer(&c->transport, lkcam_rand_u64(&lkcam_clock_rand) >> 1, hosts, n,
                                 offer, cap);
}

// A camera that is not open yet is announced as it was asked for.
static struct lkcam_session_track describe(const struct lkcam_track *cam)
{
    bool open = atomic_load(&cam->state) == LKCAM_CAM_OPEN;
    return (struct lkcam_session_track){.cid = cam->sender->cid,
                                        .name = cam->name,
                                        .width_px = open ? cam->mode.width_px : cam->want.width,
                                        .height_px = open ? cam->mode.height_px : cam->want.height,
                                        .bitrate_bps = cam->want.max_bitrate_bps};
}

// What a token does not say, LiveKit grants.
static bool may_subscribe(const char *token)
{
    struct lkcam_token claims;
    return lkcam_token_read(token, &claims) < 0 || claims.can_subscribe;
}

static int make_session(struct lkcam *c, const char *offer)
{
    struct lkcam_session_track tracks[LKCAM_CAMERAS_MAX];
    struct lkcam_session_config cfg = {.tracks = tracks,
                                       .offer = offer,
                                       .version = lkcam_version(),
                                       .prefix = c->url.prefix,
                                       .can_subscribe =
                                           may_subscribe(lkcam_tokens_token(&c->tokens))};
    for (int i = 0; i < c->camera_count; i++)
        if (!c->cameras[i]->sender->left_out)
            tracks[cfg.track_count++] = describe(c->cameras[i]);
    return lkcam_session_new(&c->session, &cfg);
}

int lkcam_signalling_connect(struct lkcam *c, lkcam_us now)
{
    char offer[LKCAM_NEGOTIATE_OFFER_MAX];

    int err = make_offer(c, offer, sizeof offer);
    if (err >= 0)
        err = make_session(c, offer);
    return err ? err : open_stream(c, now);
}

lkcam_us lkcam_signalling_deadline(const struct lkcam *c)
{
    lkcam_us next = LKCAM_NEVER;
    if (c->session)
        next = lkcam_us_min(next, lkcam_session_deadline(c->session));
    if (c->tcp && !c->stream_gone)
        next = lkcam_us_min(next, lkcam_tcp_deadline(c->tcp));
    return next;
}

void lkcam_signalling_tick(struct lkcam *c, lkcam_us now)
{
    c->now = now;
    if (c->tcp && !c->stream_gone && now >= lkcam_tcp_deadline(c->tcp))
        lkcam_tcp_tick(c->tcp, now);
    if (c->session && now >= lkcam_session_deadline(c->session))
        lkcam_session_tick(c->session, now);
    lkcam_signalling_flush(c, now);
}

void lkcam_signalling_leave(struct lkcam *c, lkcam_us now)
{
    c->now = now;
    c->leave_by = now + LEAVE_US;
    if (!c->session || !c->websocket || c->stream_gone)
        return;
    lkcam_session_leave(c->session);
    lkcam_signalling_flush(c, now);
    lkcam_websocket_close(c->websocket, 1000);
}

bool lkcam_signalling_gone(const struct lkcam *c)
{
    return !c->tcp || c->stream_gone || lkcam_tcp_flushed(c->tcp);
}

void lkcam_signalling_close(struct lkcam *c)
{
    lkcam_tcp_close(&c->tcp);
    lkcam_websocket_free(&c->websocket);
    lkcam_session_free(&c->session);
}
