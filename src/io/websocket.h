// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A WebSocket client (RFC 6455) as a machine over bytes: upgrade, framing by libwslay. Owns no
// socket.
#ifndef LKCAM_IO_WEBSOCKET_H
#define LKCAM_IO_WEBSOCKET_H

#include <stddef.h>
#include <stdint.h>

#include "base/rand.h"

enum lkcam_websocket_event_type {
    LKCAM_WEBSOCKET_OPENED,
    LKCAM_WEBSOCKET_REFUSED, // status, bytes = body (up to 4 kB)
    LKCAM_WEBSOCKET_MESSAGE, // binary; text frames are passed over
    LKCAM_WEBSOCKET_CLOSED,  // status = close code (1005: none was given), bytes = reason (any
                            // bytes, not only text). Also for broken bytes (1002) and messages
                            // above 2 MiB (1009). Nothing follows
};

struct lkcam_websocket_event {
    enum lkcam_websocket_event_type type;
    int status;
    const uint8_t *bytes;
    size_t len;
};

struct lkcam_websocket_events {
    void (*event)(void *ctx, const struct lkcam_websocket_event *e);
    void (*send)(void *ctx, const uint8_t *bytes, size_t len); // borrowed
    void *ctx;
};

struct lkcam_websocket;

/** `rand` borrowed for the life of the machine (keys, masks). */
int lkcam_websocket_new(struct lkcam_websocket **out, const struct lkcam_websocket_events *events,
                        const struct lkcam_rand *rand);
void lkcam_websocket_free(struct lkcam_websocket **w);

/** Send the upgrade request. `token` goes into the Authorization header and nowhere else.
 * @return 0, -EINVAL (line ends in a value), -ENOMEM. */
int lkcam_websocket_start(struct lkcam_websocket *w, const char *host, const char *target,
                          const char *token);

/** Bytes of the stream; events and replies are called from inside. The machine is not freed from
 * inside an event. */
void lkcam_websocket_input(struct lkcam_websocket *w, const uint8_t *bytes, size_t len);

/** The stream has ended: a refusal whose body ends with it is complete now. */
void lkcam_websocket_end(struct lkcam_websocket *w);

/** @return 0, -ENOTCONN before the upgrade or after the close, -ENOMEM. */
int lkcam_websocket_send(struct lkcam_websocket *w, const uint8_t *message, size_t len);
/** Send a close frame (RFC 6455 s7.4.1). */
void lkcam_websocket_close(struct lkcam_websocket *w, uint16_t code);

#endif
