// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Looks at two bytes of a datagram and at nothing else.
#include "wire/demux.h"

#include <stdbool.h>

static bool between(uint8_t byte, uint8_t low, uint8_t high)
{
    return byte >= low && byte <= high;
}

enum lkcam_demux lkcam_demux(const uint8_t *bytes, size_t len)
{
    if (len < 2)
        return LKCAM_DEMUX_UNKNOWN;
    if (between(bytes[0], 0, 3))
        return LKCAM_DEMUX_STUN;
    if (between(bytes[0], 20, 63))
        return LKCAM_DEMUX_DTLS;
    if (between(bytes[0], 128, 191))
        return between(bytes[1], 192, 223) ? LKCAM_DEMUX_RTCP : LKCAM_DEMUX_RTP;
    return LKCAM_DEMUX_UNKNOWN;
}
