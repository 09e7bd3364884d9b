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

struct lkcam_report {
    /* private */
    lkcam_us next; // 0: the first one is due with the first packet
};

static inline lkcam_us lkcam_report_deadline(const struct lkcam_report *r)
{
    return r->next;
}

/** SR and SDES of the media stream, SR of the RTX stream once it has sent. `unix_us` = wall time of
 * `now`. Moves the next deadline. @return bytes written. */
size_t lkcam_report_write(struct lkcam_report *r, const struct lkcam_stream *s, const char *cname,
                          uint8_t *out, size_t cap, lkcam_us now, lkcam_us unix_us);

#endif
