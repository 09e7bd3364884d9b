// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What left under which transport-wide number, until feedback about it comes: the counter itself,
// loss, and which frame of which stream was acknowledged.
#ifndef LKCAM_SEND_SENTLOG_H
#define LKCAM_SEND_SENTLOG_H

#include "base/time.h"
#include "wire/twcc.h"

// Ours, for each stream: 3 s at 600 packets/s; feedback comes each 50-100 ms.
#define LKCAM_SENTLOG_LEN 2048

struct lkcam_sent {
    uint64_t number; // extended transport-wide number; its slot may have been taken by a newer one
    lkcam_us sent;
    uint64_t frame;
    uint16_t bytes;
    uint8_t stream;     // index of the one it belongs to
    bool marker, known; // last packet of its frame; its fate has been reported
};

struct lkcam_sentlog {
    uint64_t next; // transport-wide number of the next packet
    uint64_t messages, lost,
        unknown; // feedback messages; packets reported missing; reports of what we do not know
    lkcam_us acked_us; // when the newest acknowledged packet had been sent
    /* private */
    struct lkcam_sent *ring;
    size_t len;
};

/** Room for so many streams. @return 0 or -ENOMEM. */
int lkcam_sentlog_init(struct lkcam_sentlog *l, int streams);
void lkcam_sentlog_deinit(struct lkcam_sentlog *l);

/** @return the number that the packet must carry. */
uint16_t lkcam_sentlog_add(struct lkcam_sentlog *l, size_t bytes, int stream, uint64_t frame,
                           bool marker, lkcam_us now);

/** Called for each frame whose last packet is reported received for the first time. */
typedef void (*lkcam_sentlog_cb)(void *ctx, int stream, uint64_t frame);

/**
 * Match one feedback message. A packet first reported missing and later received counts as lost
 * once and stays so. Linear in the packets reported.
 */
void lkcam_sentlog_input(struct lkcam_sentlog *l, struct lkcam_twcc *fb, lkcam_sentlog_cb acked,
                         void *ctx);

#endif
