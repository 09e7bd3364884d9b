// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One ring for what waits to be sent and for what may be asked for again, with two cursors.
//
//          history (for RTX)              backlog            being filled (no lock)
//   ...|s|s|s|s|s|s|s|s|s|s|s|s|s|b|b|b|b|b|b|.|.|.|.|
//                                ^ sent      ^ head
//
// The camera thread fills slots at and after `head` without a lock and commits them under it;
// everything before `head` is read under the lock. A slot being filled is one that history has
// already given up.
#ifndef LKCAM_SEND_SENDBUF_H
#define LKCAM_SEND_SENDBUF_H

#include "send/packet.h"

// Ours: 0.8 s of 6 Mbit/s, 1.6 s of 3 Mbit/s; the server's NACKs come within 0.4 s
// (docs/design/send.md).
#define LKCAM_SENDBUF_LEN 512

// Slots that the camera thread may have under its hands: one hold of the lock commits no more.
#define LKCAM_SENDBUF_BATCH 8

struct lkcam_sendbuf {
    uint64_t head, sent, first; // extended sequence numbers
    struct lkcam_packet *ring;  // LKCAM_SENDBUF_LEN
};

/** The first packet gets the number `first_seq`. @return 0 or -ENOMEM. */
int lkcam_sendbuf_init(struct lkcam_sendbuf *b, uint16_t first_seq);
void lkcam_sendbuf_deinit(struct lkcam_sendbuf *b);

/** The i-th slot after the committed ones, 0 <= i < LKCAM_SENDBUF_BATCH, with its number set.
 * Camera thread, no lock. */
struct lkcam_packet *lkcam_sendbuf_slot(struct lkcam_sendbuf *b, int i);

/** n slots are complete. A backlog that would not fit loses its oldest packets (counted in the
 * return value). */
int lkcam_sendbuf_commit(struct lkcam_sendbuf *b, int n);

/** The oldest packet not yet sent, or NULL. */
struct lkcam_packet *lkcam_sendbuf_peek(struct lkcam_sendbuf *b);
void lkcam_sendbuf_sent(struct lkcam_sendbuf *b);

/** A packet sent before, by the number in a NACK; NULL when it is unknown or gone. */
struct lkcam_packet *lkcam_sendbuf_find(struct lkcam_sendbuf *b, uint16_t seq);

#endif
