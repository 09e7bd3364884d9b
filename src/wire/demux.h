// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Which protocol a datagram of the one ICE transport belongs to.
#ifndef LKCAM_WIRE_DEMUX_H
#define LKCAM_WIRE_DEMUX_H

#include <stddef.h>
#include <stdint.h>

enum lkcam_demux {
    LKCAM_DEMUX_UNKNOWN,
    LKCAM_DEMUX_STUN,
    LKCAM_DEMUX_DTLS,
    LKCAM_DEMUX_RTP,
    LKCAM_DEMUX_RTCP
};

/** RFC 7983 s7 by the first byte; RFC 5761 s4 by the second (RTCP: packet types 192-223). */
enum lkcam_demux lkcam_demux(const uint8_t *bytes, size_t len);

#endif
