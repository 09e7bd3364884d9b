// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The sum of ICE, DTLS, SRTP and what leaves when, for one connection: datagrams and time in,
// datagrams out. Knows no socket, no thread and no lock; its owner calls it under one.
//
//   input(datagram) -> demux -> ICE | DTLS | feedback.c (RTCP)
//   output() pulls: ICE, DTLS, RTCP, then retransmissions, then new packets as the pacer allows
#ifndef LKCAM_ROOM_TRANSPORT_H
#define LKCAM_ROOM_TRANSPORT_H

#include <stdbool.h>

#include "base/datagram.h"
#include "base/err.h"
#include "net/dtls.h"
#include "net/ice.h"
#include "net/srtp.h"
#include "send/pacer.h"
#include "send/report.h"
#include "send/sentlog.h"
#include "send/stream.h"

#define LKCAM_TRANSPORT_ACKS 16

struct lkcam_transport_counters {
    uint64_t packets_sent, bytes_sent; // sent for the first time; bytes of UDP payload
    uint64_t rtx_packets, rtx_bytes;   // retransmissions
    uint64_t backlog_lost;             // packets that left the ring unsent
    uint64_t send_errors;              // refused by the socket after protection
    uint64_t nacks, nacked_packets, plis, firs, receiver_reports, rtcp_errors, datagrams_refused;
};

/** What lkcam_transport_output has just handed out. */
struct lkcam_outgoing {
    struct lkcam_datagram datagram;
    bool media, repeat; // an RTP packet; by RTX
    uint64_t frame;     // of media
    bool first, marker; // of its frame
};

struct lkcam_transport {
    struct lkcam_ice ice;
    struct lkcam_stream stream;
    struct lkcam_sentlog sentlog;
    struct lkcam_pacer pacer;
    struct lkcam_transport_counters counters;
    uint8_t fingerprint[32]; // of our certificate
    char cname[17];
    bool ready;            // keys are there: media may leave
    bool blocked;          // the socket is full: nothing leaves until lkcam_transport_unblock
    bool key_frame_wanted; // feedback asked for one; the owner takes it with
                           // lkcam_transport_take_key_frame
    bool failed;
    struct lkcam_end end; // why, when failed
    lkcam_us rtt_us;      // of the last receiver report; 0: none yet
    int loss_permille;    // of the last receiver report
    enum lkcam_srtp_profile profile;
    /* private */
    struct lkcam_dtls_identity *identity;
    struct lkcam_dtls *dtls;
    lkcam_us dtls_by; // when the handshake must be over; 0: ICE has found no way yet
    struct lkcam_srtp *srtp;
    struct lkcam_report report;
    lkcam_us wall_offset_us; // unix = monotonic + this
    uint64_t acks[LKCAM_TRANSPORT_ACKS];
    unsigned acks_read, acks_written;
    struct {
        uint32_t to_ssrc, lrr;
        bool due;
        lkcam_us arrived;
    } dlrr;
    _Alignas(8) uint8_t out[LKCAM_DATAGRAM_MAX];
};

/** `rand` is borrowed for the life of the transport. @return 0 or -ENOMEM. */
int lkcam_transport_init(struct lkcam_transport *t, const struct lkcam_rand *rand, lkcam_us now,
                         lkcam_us unix_us);
void lkcam_transport_deinit(struct lkcam_transport *t);

/** Borrows and changes the bytes. `now` may be the kernel's arrival time. */
void lkcam_transport_input(struct lkcam_transport *t, uint8_t *bytes, size_t len,
                           const struct lkcam_addr *from, lkcam_us now);

lkcam_us lkcam_transport_deadline(struct lkcam_transport *t, lkcam_us now);
void lkcam_transport_tick(struct lkcam_transport *t, lkcam_us now);

/** @return 1 = here is one (valid until the next call), 0 = no more now. */
int lkcam_transport_output(struct lkcam_transport *t, struct lkcam_outgoing *out, lkcam_us now);

/** The socket refused the packet just handed out: it counts as lost, and stays in the ring for RTX.
 */
void lkcam_transport_refused(struct lkcam_transport *t, bool full);
void lkcam_transport_unblock(struct lkcam_transport *t);

/** n filled slots of the stream's ring are complete. */
void lkcam_transport_commit(struct lkcam_transport *t, int n);

/** How long the oldest unsent packet has been waiting; 0: none waits. */
lkcam_us lkcam_transport_backlog_age(struct lkcam_transport *t, lkcam_us now);

/** A key frame is needed: as if a PLI had come. */
void lkcam_transport_want_key_frame(struct lkcam_transport *t, lkcam_us now);
/** Frames begin to flow: the first one is a key frame. */
void lkcam_transport_begin(struct lkcam_transport *t);
/** @return true once for each key frame that has to be made. */
bool lkcam_transport_take_key_frame(struct lkcam_transport *t);

/** A frame whose last packet was acknowledged. @return 1 = here is one, 0 = none. */
int lkcam_transport_take_ack(struct lkcam_transport *t, uint64_t *frame);

/** NTP time of an instant on our clock. */
uint64_t lkcam_transport_ntp(const struct lkcam_transport *t, lkcam_us at);

/** room/feedback.c: one unprotected RTCP compound. */
void lkcam_feedback_input(struct lkcam_transport *t, const uint8_t *compound, size_t len,
                          lkcam_us now);

#endif
