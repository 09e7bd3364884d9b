// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The sum of ICE, DTLS, SRTP and of what each track's sender has to send, for one connection:
// datagrams and time in, datagrams out. Knows no socket, no thread and no lock; its owner calls it
// under one.
//
//   input(datagram) -> demux -> ICE | DTLS | feedback.c (RTCP)
//   output() pulls: ICE, DTLS, RTCP, then retransmissions, then new packets as the pacers allow,
//   those that have waited longest first, whichever sender's they are
#ifndef LKCAM_ROOM_TRANSPORT_H
#define LKCAM_ROOM_TRANSPORT_H

#include <stdbool.h>

#include "base/datagram.h"
#include "base/err.h"
#include "base/wallclock.h"
#include "net/dtls.h"
#include "net/ice.h"
#include "net/srtp.h"
#include "room/sender.h"
#include "send/sentlog.h"

struct lkcam_transport_counters {
    uint64_t send_errors; // refused by the socket, without those of senders
    uint64_t rtcp_errors, datagrams_refused;
};

/** What lkcam_transport_output has just handed out. */
struct lkcam_outgoing {
    struct lkcam_datagram datagram;
    bool media, repeat; // an RTP packet; by RTX
    int sender;         // of media: its index
    uint64_t frame;     // of media
    bool first, marker; // of its frame
};

struct lkcam_transport {
    struct lkcam_ice ice;
    struct lkcam_sender senders[LKCAM_SDP_TRACKS];
    int sender_count;
    struct lkcam_sentlog sentlog;
    struct lkcam_transport_counters counters;
    struct lkcam_wallclock wall; // what receivers are told; its owner feeds it
    uint8_t fingerprint[32];     // of our certificate
    char cname[17];
    bool ready;   // keys are there: media may leave
    bool blocked; // the socket is full: nothing leaves until lkcam_transport_unblock
    bool failed;
    struct lkcam_end end; // why, when failed
    lkcam_us rtt_us;      // of the last receiver report; 0: none yet
    enum lkcam_srtp_profile profile;
    /* private */
    struct lkcam_dtls_identity *identity;
    struct lkcam_dtls *dtls;
    lkcam_us dtls_by; // when the handshake must be over; 0: ICE has found no way yet
    struct lkcam_srtp *srtp;
    struct {
        uint32_t to_ssrc, lrr;
        bool due;
        lkcam_us arrived;
    } dlrr;
    _Alignas(8) uint8_t out[LKCAM_DATAGRAM_MAX];
};

/** 1 to LKCAM_SDP_TRACKS senders. `rand` is borrowed for the life of the transport. @return 0 or
 * -ENOMEM. */
int lkcam_transport_init(struct lkcam_transport *t, const struct lkcam_rand *rand, int senders,
                         lkcam_us now, lkcam_us unix_us);
void lkcam_transport_deinit(struct lkcam_transport *t);

/** Borrows and changes the bytes. `now` may be the kernel's arrival time. */
void lkcam_transport_input(struct lkcam_transport *t, uint8_t *bytes, size_t len,
                           const struct lkcam_addr *from, lkcam_us now);

lkcam_us lkcam_transport_deadline(struct lkcam_transport *t, lkcam_us now);
void lkcam_transport_tick(struct lkcam_transport *t, lkcam_us now);

/** @return 1 = here is one (valid until the next call), 0 = no more now. */
int lkcam_transport_output(struct lkcam_transport *t, struct lkcam_outgoing *out, lkcam_us now);

/** The socket refused the packet just handed out: media counts as lost, and stays in the ring for
 * RTX. */
void lkcam_transport_refused(struct lkcam_transport *t, const struct lkcam_outgoing *out,
                             bool full);
/** It has taken the packet just handed out, and takes no more. Means nothing while ICE has found no
 * way yet. */
void lkcam_transport_block(struct lkcam_transport *t);
void lkcam_transport_unblock(struct lkcam_transport *t);

/** Whether media goes by a TCP connection. */
bool lkcam_transport_by_tcp(const struct lkcam_transport *t);

/** NTP time of an instant on our clock; moves when `wall` takes a step. */
uint64_t lkcam_transport_ntp(const struct lkcam_transport *t, lkcam_us at);

/** room/feedback.c: one unprotected RTCP compound. */
void lkcam_feedback_input(struct lkcam_transport *t, const uint8_t *compound, size_t len,
                          lkcam_us now);

#endif
