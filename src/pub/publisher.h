// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One room connection: everything it owns, and which thread touches what.
//
//   camera threads: camera.c (its life), path.c (one frame's journey); one a camera
//   network thread: publisher.c (its life), cameras.c (what becomes of them), signalling.c (the
//                   WebSocket), inbound.c (one datagram's journey)
//   both, under the lock: outbound.c (what may leave, leaves), transport, ledgers
#ifndef LKCAM_PUB_PUBLISHER_H
#define LKCAM_PUB_PUBLISHER_H

#include <stdatomic.h>

#include "io/ca.h"
#include "io/duty.h"
#include "io/framed.h"
#include "io/loop.h"
#include "io/rt.h"
#include "io/tcp.h"
#include "io/udp.h"
#include "io/websocket.h"
#include "pub/camera.h"
#include "pub/lock.h"
#include "pub/tokens.h"
#include "room/camstate.h"
#include "room/transport.h"
#include "sig/session.h"
#include "sig/url.h"

enum lkcam_stage {
    LKCAM_STAGE_IDLE,
    LKCAM_STAGE_CAMERA,     // the cameras are being opened
    LKCAM_STAGE_TOKEN,      // a token for the connect is awaited
    LKCAM_STAGE_CONNECTING, // WebSocket, join, ICE, DTLS
    LKCAM_STAGE_RUNNING,    // media may flow
    LKCAM_STAGE_LEAVING,    // leave is on its way
    LKCAM_STAGE_OVER,
};

struct lkcam {
    // Set by lkcam_open, constant afterwards.
    bool url_given;
    struct lkcam_ca ca;
    struct lkcam_rt rt;
    char *cpus;
    void (*log_cb)(void *ctx, enum lkcam_level level, const char *line);
    void (*ended_cb)(void *ctx, enum lkcam_reason reason, const char *text);
    void (*track_ended_cb)(void *ctx, struct lkcam_track *t, enum lkcam_reason reason,
                           const char *text);
    void *ctx;

    // Any thread.
    atomic_bool stop;
    struct lkcam_loop loop; // lkcam_loop_wake only

    // Under the lock.
    struct lkcam_lock lock;
    struct lkcam_transport transport;
    bool transport_open;
    const char *signalling; // its form; NULL before the join
    lkcam_us started;
    int64_t first_packet_us; // since `started`
    enum lkcam_stage stage;

    // Sends under the lock, receives on the network thread.
    struct lkcam_udp udp;

    // Each belongs to its thread; see pub/camera.h for what others may touch.
    struct lkcam_track *cameras[LKCAM_CAMERAS_MAX];
    int camera_count;

    // Loads the ciphers while the camera opens and the server answers (net/srtp.h), and ends.
    pthread_t warm_up;
    bool warming;

    // Network thread.
    struct lkcam_url url; // given, or as the token service told it
    struct lkcam_tokens tokens;
    lkcam_us leave_by;
    lkcam_us now;     // of the event under way, for callbacks that carry none
    unsigned demoted; // as last said in the log
    struct lkcam_duty duty;
    lkcam_us clock_due; // when the wall clock is read next
    struct lkcam_watch udp_watch;
    uint32_t udp_events; // what udp_watch waits for
    struct lkcam_framed streams[LKCAM_ICE_STREAMS];
    struct lkcam_tcp_events stream_events;
    struct lkcam_tcp *tcp;
    struct lkcam_websocket *websocket;
    struct lkcam_session *session;
    bool stream_gone;
    struct lkcam_end end;
    bool ended;
};

// publisher.c. The first reason stands. Network thread.
void lkcam_publisher_end(struct lkcam *c, const struct lkcam_end *end);

// cameras.c, network thread.
/** @return 0 or -errno: not every thread could be started. */
int lkcam_cameras_start(struct lkcam *c);
/** What has opened or failed since the last call. @return whether the room can be joined now. */
bool lkcam_cameras_step(struct lkcam *c, lkcam_us now);
lkcam_us lkcam_cameras_deadline(const struct lkcam *c);
/** What feedback and signalling have changed becomes orders for the camera threads. */
void lkcam_cameras_order(struct lkcam *c, lkcam_us now);
/** Nothing flows any more; the cameras stay open. */
void lkcam_cameras_pause(struct lkcam *c);
void lkcam_cameras_stop(struct lkcam *c);

// signalling.c, network thread.
int lkcam_signalling_connect(struct lkcam *c, lkcam_us now);
void lkcam_signalling_flush(struct lkcam *c, lkcam_us now);
void lkcam_signalling_tick(struct lkcam *c, lkcam_us now);
lkcam_us lkcam_signalling_deadline(const struct lkcam *c);
void lkcam_signalling_leave(struct lkcam *c, lkcam_us now);
bool lkcam_signalling_gone(const struct lkcam *c);
void lkcam_signalling_close(struct lkcam *c);

// inbound.c, network thread: the UDP socket is readable or writable.
void lkcam_inbound_ready(void *ctx, uint32_t events, lkcam_us now);

// streams.c, network thread: connections that ICE wants are made, others closed.
void lkcam_streams_step(struct lkcam *c, lkcam_us now);
lkcam_us lkcam_streams_deadline(const struct lkcam *c);
// Under the lock. `*full`: nothing more may be sent there until the loop says so.
// @return 0, -ENOTCONN, or as lkcam_framed_send.
int lkcam_streams_send(struct lkcam *c, const struct lkcam_datagram *d, lkcam_us now, bool *full);
void lkcam_streams_close(struct lkcam *c);

// outbound.c, without the lock: everything that may leave is handed to the socket. Network thread.
void lkcam_outbound_flush(struct lkcam *c);
// `filled` packets of the camera are complete: the same. Its thread, or one of its encoder's.
void lkcam_outbound_commit(struct lkcam_track *cam, int filled);

#endif
