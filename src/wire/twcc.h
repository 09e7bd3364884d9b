// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Transport-wide feedback: which packets arrived, and when.
// Source: draft-holmer-rmcat-transport-wide-cc-extensions-01 s3.1.
#ifndef LKCAM_WIRE_TWCC_H
#define LKCAM_WIRE_TWCC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "wire/rtcp.h"

struct lkcam_twcc {
    uint32_t media_ssrc;
    uint16_t base_seq, packet_count;
    uint8_t feedback_count; // wraps; a gap is a lost feedback message
    lkcam_us reference_us;  // 24-bit signed count of 64 ms, as us; relative to an unknown epoch
    /* private */
    const uint8_t *chunks, *deltas, *end;
    uint32_t chunk; // the current chunk's remaining symbols
    uint16_t done, chunk_left;
    lkcam_us arrival_us;
};

struct lkcam_twcc_packet {
    uint16_t seq;
    bool received;
    lkcam_us arrival_us; // on the receiver's clock; only where received
};

/**
 * Check a whole message (chunks cover packet_count, every delta is there) and begin at its first
 * packet. Borrows the part. @return 0 or -EBADMSG.
 */
int lkcam_twcc_read(const struct lkcam_rtcp_part *part, struct lkcam_twcc *out);

/** @return 1 = here is the next packet's status, 0 = that was the last one. */
int lkcam_twcc_next(struct lkcam_twcc *t, struct lkcam_twcc_packet *out);

#endif
