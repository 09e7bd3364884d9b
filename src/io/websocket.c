// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/websocket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "io/upgrade.h"

// The server's own limit of one signalling message.
#define MESSAGE_MAX (2 * 1024 * 1024)

enum state { IDLE, UPGRADING, OPEN, OVER };

struct lkcam_websocket {
    struct lkcam_websocket_events events;
    const struct lkcam_rand *rand;
    enum state state;
    struct lkcam_upgrade_key key;
    char head[LKCAM_UPGRADE_HEAD_MAX + LKCAM_UPGRADE_BODY_MAX];
    size_t head_len;
    char reason[123]; // RFC 6455 s5.5: a control frame's 125 bytes less the code
    size_t reason_len;
    uint8_t out[16384]; // wslay hands out header and payload apart: they leave in one piece
    size_t out_len;
    wslay_event_context_ptr wslay;
    const uint8_t *in; // what wslay may still read of the bytes under way
    size_t in_len;
};

static void tell(struct lkcam_websocket *w, enum lkcam_websocket_event_type type, int status,
                 const void *bytes, size_t len)
{
    struct lkcam_websocket_event e = {type, status, bytes, len};
    if (type == LKCAM_WEBSOCKET_REFUSED || type == LKCAM_WEBSOCKET_CLOSED)
        w->state = OVER;
    w->events.event(w->events.ctx, &e);
}

static ssize_t on_recv(wslay_event_context_ptr ctx, uint8_t *buf, size_t len, int flags, void *user)
{
    struct lkcam_websocket *w = user;
    size_t n = w->in_len < len ? w->in_len : len;
    if (!n) {
        wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(buf, w->in, n);
    w->in += n;
    w->in_len -= n;
    return (ssize_t)n;
}

static void send_out(struct lkcam_websocket *w)
{
    if (w->out_len)
        w->events.send(w->events.ctx, w->out, w->out_len);
    w->out_len = 0;
}

static ssize_t on_send(wslay_event_context_ptr ctx, const uint8_t *data, size_t len, int flags,
                       void *user)
{
    struct lkcam_websocket *w = user;
    size_t room = sizeof w->out - w->out_len, n = len < room ? len : room;
    memcpy(w->out + w->out_len, data, n);
    w->out_len += n;
    if (w->out_len == sizeof w->out)
        send_out(w);
    return (ssize_t)n;
}

static int on_genmask(wslay_event_context_ptr ctx, uint8_t *buf, size_t len, void *user)
{
    struct lkcam_websocket *w = user;
    w->rand->fill(w->rand->ctx, buf, len);
    return 0;
}

static void on_message(wslay_event_context_ptr ctx, const struct wslay_event_on_msg_recv_arg *m,
                       void *user)
{
    struct lkcam_websocket *w = user;
    if (m->opcode == WSLAY_CONNECTION_CLOSE && m->msg_length > 2 &&
        m->msg_length - 2 <= sizeof w->reason) {
        w->reason_len = m->msg_length - 2;
        memcpy(w->reason, m->msg + 2, w->reason_len);
    }
    if (m->opcode == WSLAY_BINARY_FRAME && w->state == OPEN)
        tell(w, LKCAM_WEBSOCKET_MESSAGE, 0, m->msg, m->msg_length);
}

int lkcam_websocket_new(struct lkcam_websocket **out, const struct lkcam_websocket_events *events,
                        const struct lkcam_rand *rand)
{
    static const struct wslay_event_callbacks callbacks = {.recv_callback = on_recv,
                                                           .send_callback = on_send,
                                                           .genmask_callback = on_genmask,
                                                           .on_msg_recv_callback = on_message};
    struct lkcam_websocket *w = calloc(1, sizeof *w);
    if (!w)
        return -ENOMEM;
    w->events = *events;
    w->rand = rand;
    if (wslay_event_context_client_init(&w->wslay, &callbacks, w)) {
        free(w);
        return -ENOMEM;
    }
    wslay_event_config_set_max_recv_msg_length(w->wslay, MESSAGE_MAX);
    *out = w;
    return 0;
}

void lkcam_websocket_free(struct lkcam_websocket **w)
{
    if (!*w)
        return;
    wslay_event_context_free((*w)->wslay);
    free(*w);
    *w = NULL;
}

int lkcam_websocket_start(struct lkcam_websocket *w, const char *host, const char *target,
                          const char *token)
{
    uint8_t nonce[16];
    char *request;

    w->rand->fill(w->rand->ctx, nonce, sizeof nonce);
    lkcam_upgrade_key_make(&w->key, nonce);
    int len = lkcam_upgrade_request(&request, host, target, token, w->key.key);
    if (len < 0)
        return len;
    w->state = UPGRADING;
    w->events.send(w->events.ctx, (const uint8_t *)request, (size_t)len);
    explicit_bzero(request, (size_t)len); // it holds the token
    free(request);
    return 0;
}

// What wslay has queued: messages, pongs, the answer to a close.
static void flush(struct lkcam_websocket *w)
{
    if (wslay_event_want_write(w->wslay))
        wslay_event_send(w->wslay);
    send_out(w);
}

static void input_frames(struct lkcam_websocket *w, const uint8_t *bytes, size_t len)
{
    w->in = bytes;
    w->in_len = len;
    int err = wslay_event_recv(w->wslay);
    flush(w);
    if (w->state != OPEN)
        return;
    if (wslay_event_get_close_received(w->wslay))
        tell(w, LKCAM_WEBSOCKET_CLOSED, wslay_event_get_status_code_received(w->wslay), w->reason,
             w->reason_len);
    else if (err) // no frame at all: wslay's close has no code
        tell(w, LKCAM_WEBSOCKET_CLOSED, WSLAY_CODE_PROTOCOL_ERROR, NULL, 0);
    else if (!wslay_event_get_read_enabled(w->wslay)) // wslay's close says why
        tell(w, LKCAM_WEBSOCKET_CLOSED, wslay_event_get_status_code_sent(w->wslay), NULL, 0);
}

static void input_head(struct lkcam_websocket *w, bool ended)
{
    struct lkcam_upgrade u;

    switch (lkcam_upgrade_read(w->head, w->head_len, ended, w->key.accept, &u)) {
    case LKCAM_UPGRADE_MORE:
        break;
    case LKCAM_UPGRADE_BROKEN:
        tell(w, LKCAM_WEBSOCKET_CLOSED, WSLAY_CODE_PROTOCOL_ERROR, NULL, 0);
        break;
    case LKCAM_UPGRADE_REFUSED:
        tell(w, LKCAM_WEBSOCKET_REFUSED, u.status, u.body, u.body_len);
        break;
    case LKCAM_UPGRADE_DONE:
        w->state = OPEN;
        tell(w, LKCAM_WEBSOCKET_OPENED, u.status, NULL, 0);
        input_frames(w, (const uint8_t *)w->head + u.used, w->head_len - u.used);
        break;
    }
}

void lkcam_websocket_input(struct lkcam_websocket *w, const uint8_t *bytes, size_t len)
{
    while (len && w->state == UPGRADING) {
        // Always room for more: a head of HEAD_MAX is refused, and a body needs no more than
        // BODY_MAX.
        size_t room = sizeof w->head - w->head_len, n = len < room ? len : room;
        if (!n) {
            tell(w, LKCAM_WEBSOCKET_CLOSED, WSLAY_CODE_PROTOCOL_ERROR, NULL, 0);
            return;
        }
        memcpy(w->head + w->head_len, bytes, n);
        w->head_len += n;
        bytes += n;
        len -= n;
        input_head(w, false);
    }
    if (len && w->state == OPEN)
        input_frames(w, bytes, len);
}

void lkcam_websocket_end(struct lkcam_websocket *w)
{
    if (w->state == UPGRADING)
        input_head(w, true);
}

int lkcam_websocket_send(struct lkcam_websocket *w, const uint8_t *message, size_t len)
{
    struct wslay_event_msg m = {WSLAY_BINARY_FRAME, message, len};
    if (w->state != OPEN)
        return -ENOTCONN;
    int err = wslay_event_queue_msg(w->wslay, &m);
    if (err)
        return err == WSLAY_ERR_NO_MORE_MSG ? -ENOTCONN : -ENOMEM;
    flush(w);
    return 0;
}

void lkcam_websocket_close(struct lkcam_websocket *w, uint16_t code)
{
    if (w->state != OPEN)
        return;
    wslay_event_queue_close(w->wslay, code, NULL, 0);
    flush(w);
}
