// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// RTP headers (RFC 3550 s5.1) with the one-byte header extensions (RFC 8285) that we send.
#ifndef LKCAM_WIRE_RTP_H
#define LKCAM_WIRE_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LKCAM_RTP_EXT_MID "urn:ietf:params:rtp-hdrext:sdes:mid" // RFC 9143
#define LKCAM_RTP_EXT_TWCC                                                                         \
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define LKCAM_RTP_EXT_ABS_CAPTURE_TIME                                                             \
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"

/** Extension ids as negotiated; 0 = not negotiated, not written. Ids are 1-14 (RFC 8285 s4.2). */
struct lkcam_rtp_ext_ids {
    uint8_t mid, twcc, abs_capture_time;
};

struct lkcam_rtp_header {
    uint8_t payload_type;
    bool marker;
    uint16_t seq;
    uint32_t timestamp; // 90 kHz
    uint32_t ssrc;
    const char *mid;          // NULL: leave out. Up to 16 characters
    uint64_t abs_capture_ntp; // 32.32; 0: leave out
    bool twcc;                // room for the transport-wide number, written at *twcc_at later
};

#define LKCAM_RTP_HEADER_MAX 64

/**
 * Write header and extensions. `twcc_at` (if not NULL) receives the offset of the two bytes of the
 * transport-wide number, or 0 where it was not written: the packet learns its number when it
 * leaves.
 * @return length in bytes (a multiple of 4), or -ENOSPC.
 */
int lkcam_rtp_write(uint8_t *out, size_t cap, const struct lkcam_rtp_header *h,
                    const struct lkcam_rtp_ext_ids *ids, size_t *twcc_at);

/** What a reader learns of a packet: for RTX, tests and tools. Offsets into the packet. */
struct lkcam_rtp_view {
    uint8_t payload_type;
    bool marker;
    uint16_t seq;
    uint32_t timestamp, ssrc;
    size_t payload_at, payload_len; // without padding
    size_t ext_at, ext_len;         // elements of a one-byte extension (0xBEDE), or 0
};

/** @return 0, or -EBADMSG. */
int lkcam_rtp_read(const uint8_t *packet, size_t len, struct lkcam_rtp_view *out);

/** Find an element of the one-byte extension. @return its offset in the packet and *len, or
 * -ENOENT. */
int lkcam_rtp_find_ext(const uint8_t *packet, const struct lkcam_rtp_view *v, uint8_t id,
                       size_t *len);

#endif
