// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One RTP packet as it is kept: plain, numbered, complete but for its transport-wide number.
#ifndef LKCAM_SEND_PACKET_H
#define LKCAM_SEND_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

// Ours: UDP payload of at most 1,200 bytes survives every path we know (RFC 8835 s4.1 asks for as
// much).
#define LKCAM_UDP_PAYLOAD_MAX 1200

// The SRTP tag (16), an RTX packet's original sequence number (2) and the longest header
// (12 + 4 + transport-wide number 3 + mid 2 + abs-capture-time 9, padded) are taken off.
#define LKCAM_PAYLOAD_MAX (LKCAM_UDP_PAYLOAD_MAX - 16 - 2 - 32)

#define LKCAM_PACKET_MAX (LKCAM_UDP_PAYLOAD_MAX - 16)

struct lkcam_packet {
    uint64_t seq;                      // extended; its low 16 bits stand in the header
    uint64_t frame;                    // which frame of the source it belongs to
    lkcam_us queued;                   // when it entered the ring
    lkcam_us repeated;                 // when it was last sent by RTX; 0: never
    uint16_t len, payload_at, twcc_at; // twcc_at 0: no transport-wide number in it
    bool first, marker;                // of its frame
    uint8_t bytes[LKCAM_PACKET_MAX];
};

#endif
