// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Sender reports: when, and what they say (RFC 3550 s6.4.1, s6.5.1). RTP time and NTP time of one
// same instant.
#ifndef LKCAM_SEND_REPORT_H
#define LKCAM_SEND_REPORT_H

#include "send/stream.h"
#include "wire/rtcp.h"

// Ours: each second. The SFU refuses a switch of layers, and rewrites no capture time, without a
// recent report.
#define LKCAM_REPORT_INTERVAL_US LKCAM_SECONDS(1)

// Ours: a receiver speaks of the newest it has; older than this many seconds it has lost touch.
#define LKCAM_REPORT_KEPT 8

struct lkcam_report {
    /* private */
    lkcam_us next; // 0: the first one is due with the first packet
    struct {
        uint32_t ntp; // its middle, as a receiver names the report
        lkcam_us at;
    } sent[LKCAM_REPORT_KEPT];
    unsigned count;
};

static inline lkcam_us lkcam_report_deadline(const struct lkcam_report *r)
{
    return r->next;
}

/** SR and SDES of the media stream, SR of the RTX stream once it has sent. `unix_us` = wall time of
 * `now`. Moves the next deadline. @return bytes written. */
size_t lkcam_report_write(struct lkcam_report *r, const struct lkcam_stream *s, const char *cname,
                          uint8_t *out, size_t cap, lkcam_us now, lkcam_us unix_us);

/** RFC 3550 s6.4.1: the round trip that LSR and DLSR of a receiver report tell which came `now`. By
 * when we sent, not by the NTP time in it: the wall clock may have been set since.
 * @return us, at least 1; 0: none of ours, or of too long ago. */
lkcam_us lkcam_report_round_trip(const struct lkcam_report *r, uint32_t lsr, uint32_t dlsr,
                                 lkcam_us now);

#endif
