// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One track's sending side: its stream, its share of the line, what its receivers ask for. Several
// of them stand in one transport and share its numbers, keys and route.
#ifndef LKCAM_ROOM_SENDER_H
#define LKCAM_ROOM_SENDER_H

#include "send/pacer.h"
#include "send/report.h"
#include "send/stream.h"

#define LKCAM_SENDER_ACKS 16
#define LKCAM_SENDER_CID 32 // characters

struct lkcam_sender_counters {
    uint64_t packets_sent, bytes_sent; // sent for the first time; bytes of UDP payload
    uint64_t rtx_packets, rtx_bytes;   // retransmissions
    uint64_t backlog_lost;             // packets that left the ring unsent
    uint64_t send_errors;              // refused by the socket after protection
    uint64_t nacks, nacked_packets, plis, firs, receiver_reports;
};

struct lkcam_sender {
    struct lkcam_stream stream;
    struct lkcam_pacer pacer; // of its own: one camera's large frame never makes another's wait
    struct lkcam_report report;
    struct lkcam_sender_counters counters;
    char cid[LKCAM_SENDER_CID + 1]; // of the publication, and the track id of its section
    bool left_out;                  // has no section: set before the offer is written
    int loss_permille;              // of the last receiver report
    /* private */
    uint64_t acks[LKCAM_SENDER_ACKS];
    unsigned acks_read, acks_written;
};

/** `index` becomes the section's mid. @return 0 or -ENOMEM. */
int lkcam_sender_init(struct lkcam_sender *s, const struct lkcam_rand *rand, int index,
                      lkcam_us now);
void lkcam_sender_deinit(struct lkcam_sender *s);

/** n filled slots of the stream's ring are complete. */
void lkcam_sender_commit(struct lkcam_sender *s, int n);

/** How long the oldest unsent packet has been waiting; 0: none waits. */
lkcam_us lkcam_sender_backlog_age(struct lkcam_sender *s, lkcam_us now);

/** Whether packets, new ones or retransmissions, wait to leave. */
bool lkcam_sender_waits(struct lkcam_sender *s);

/** A frame whose last packet was acknowledged; more than LKCAM_SENDER_ACKS untaken ones are
 * dropped. */
void lkcam_sender_acked(struct lkcam_sender *s, uint64_t frame);
/** @return 1 = here is one, 0 = none. */
int lkcam_sender_take_ack(struct lkcam_sender *s, uint64_t *frame);

#endif
