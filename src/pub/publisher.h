// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One room connection: everything it owns, and which thread touches what.
//
//   camera thread:  camera.c (its life), path.c (one frame's journey)
//   network thread: publisher.c (its life), signalling.c (the WebSocket), inbound.c (one datagram's
//   journey) both, under the lock: outbound.c (what may leave, leaves), transport, ledger
#ifndef LKCAM_PUB_PUBLISHER_H
#define LKCAM_PUB_PUBLISHER_H

#include <stdatomic.h>

#include "io/loop.h"
#include "io/rt.h"
#include "io/tcp.h"
#include "io/udp.h"
#include "io/websocket.h"
#include "pub/camera.h"
#include "pub/ledger.h"
#include "pub/lock.h"
#include "room/camstate.h"
#include "room/transport.h"
#include "sig/session.h"
#include "sig/url.h"

enum lkcam_stage {
    LKCAM_STAGE_IDLE,
    LKCAM_STAGE_CAMERA,     // the camera is being opened
    LKCAM_STAGE_CONNECTING, // WebSocket, join, ICE, DTLS
    LKCAM_STAGE_RUNNING,    // media may flow
    LKCAM_STAGE_LEAVING,    // leave is on its way
    LKCAM_STAGE_OVER,
};

struct lkcam {
    // Set by lkcam_open, constant afterwards.
    struct lkcam_url url;
    char *token;
    struct lkcam_rt rt;
    char *cpus;
    void (*ended_cb)(void *ctx, enum lkcam_reason reason, const char *text);
    void *ctx;

    // Any thread.
    atomic_bool stop;
    struct lkcam_loop loop; // lkcam_loop_wake only

    // Under the lock.
    struct lkcam_lock lock;
    struct lkcam_transport transport;
    struct lkcam_ledger ledger;
    bool transport_open;
    int64_t first_packet_us; // since `started`
    struct lkcam_camstate camstate;
    enum lkcam_stage stage;

    // Sends under the lock, receives on the network thread.
    struct lkcam_udp udp;

    // The camera thread's; see pub/camera.h for what others may read.
    struct lkcam_cam camera;
    bool has_camera;

    // Loads the ciphers while the camera opens and the server answers (net/srtp.h), and ends.
    pthread_t warm_up;
    bool warming;

    // Network thread.
    lkcam_us started, leave_by;
    lkcam_us now;     // of the event under way, for callbacks that carry none
    unsigned demoted; // as last said in the log
    struct lkcam_watch udp_watch;
    uint32_t udp_events; // what udp_watch waits for
    struct lkcam_tcp_events stream_events;
    struct lkcam_tcp *tcp;
    struct lkcam_websocket *websocket;
    struct lkcam_session *session;
    bool stream_gone;
    char cid[33];
    const char *target; // of the upgrade; the session's
    struct lkcam_end end;
    bool ended;
};

// publisher.c. The first reason stands. Network thread.
void lkcam_publisher_end(struct lkcam *c, const struct lkcam_end *end);

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

// outbound.c, either thread, without the lock: `commit` filled packets are complete; then
// everything that may leave is handed to the socket.
void lkcam_outbound_flush(struct lkcam *c, int commit);

#endif
