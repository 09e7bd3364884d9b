// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// RTCP (RFC 3550 s6): walking a compound, sender reports, SDES, report blocks, extended reports
// (RFC 3611).
#ifndef LKCAM_WIRE_RTCP_H
#define LKCAM_WIRE_RTCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum lkcam_rtcp_type {
    LKCAM_RTCP_SR = 200,
    LKCAM_RTCP_RR = 201,
    LKCAM_RTCP_SDES = 202,
    LKCAM_RTCP_BYE = 203,
    LKCAM_RTCP_RTPFB = 205,
    LKCAM_RTCP_PSFB = 206,
    LKCAM_RTCP_XR = 207,
};

/** One packet of a compound. `body` is what follows the 4-byte header, padding removed. */
struct lkcam_rtcp_part {
    uint8_t type, count; // count: report count, source count or feedback message type (FMT)
    const uint8_t *body; // borrowed from the compound
    size_t body_len;
};

/**
 * Take the next packet of a compound.
 * @return 1 = here is one, 0 = the end, -EBADMSG = the rest cannot be read (one bad part ends the
 * walk).
 */
int lkcam_rtcp_next(struct lkcam_reader *compound, struct lkcam_rtcp_part *out);

/** RFC 3550 s6.4.1: a report block about one of our streams. */
struct lkcam_rtcp_report {
    uint32_t ssrc;
    uint8_t fraction_lost;   // of 256
    int32_t cumulative_lost; // signed 24 bit
    uint32_t highest_seq;    // extended
    uint32_t jitter;         // 90 kHz ticks
    uint32_t lsr, dlsr;      // middle 32 of our NTP; 1/65536 s
};

/** Read up to cap report blocks of an SR or RR. @return their number, or -EBADMSG. */
int lkcam_rtcp_read_reports(const struct lkcam_rtcp_part *part, struct lkcam_rtcp_report *out,
                            int cap);

struct lkcam_rtcp_sr {
    uint32_t ssrc;
    uint64_t ntp; // 32.32
    uint32_t rtp; // the same instant on the stream's clock
    uint32_t packets, octets;
};

/** The sender info of an SR (the reports: lkcam_rtcp_read_reports). @return 0 or -EBADMSG. */
int lkcam_rtcp_read_sr(const struct lkcam_rtcp_part *part, struct lkcam_rtcp_sr *out);

/** SR without report blocks: 28 bytes. */
void lkcam_rtcp_write_sr(struct lkcam_writer *w, const struct lkcam_rtcp_sr *sr);

/** SDES with one CNAME chunk (RFC 3550 s6.5.1), padded to 32 bits. */
void lkcam_rtcp_write_sdes(struct lkcam_writer *w, uint32_t ssrc, const char *cname);

/** RFC 3611 s4.4: the peer's receiver reference time. */
struct lkcam_rtcp_rrtr {
    uint32_t sender_ssrc;
    uint64_t ntp;
};

/** Find the RRTR block of an XR packet. @return 1 = found, 0 = none in it, -EBADMSG. */
int lkcam_rtcp_read_rrtr(const struct lkcam_rtcp_part *part, struct lkcam_rtcp_rrtr *out);

/** RFC 3611 s4.5: XR with one DLRR sub-block. `lrr` = middle 32 bits of the RRTR's NTP. */
void lkcam_rtcp_write_dlrr(struct lkcam_writer *w, uint32_t our_ssrc, uint32_t rrtr_ssrc,
                           uint32_t lrr, uint32_t dlrr_16_16);

#endif
