// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The feedback messages of RFC 4585 and RFC 5104 that a sender obeys: generic NACK, PLI, FIR.
#ifndef LKCAM_WIRE_FEEDBACK_H
#define LKCAM_WIRE_FEEDBACK_H

#include <stddef.h>
#include <stdint.h>

#include "wire/rtcp.h"

enum lkcam_feedback_format {
    LKCAM_RTPFB_NACK = 1,
    LKCAM_RTPFB_TWCC = 15,
    LKCAM_PSFB_PLI = 1,
    LKCAM_PSFB_FIR = 4,
};

/** RFC 4585 s6.2.1: called for each lost sequence number, in the order of the message. */
typedef void (*lkcam_nack_cb)(void *ctx, uint16_t seq);

/** @return the number of sequence numbers named, or -EBADMSG (then the callback was not called). */
int lkcam_nack_read(const struct lkcam_rtcp_part *part, uint32_t *media_ssrc, lkcam_nack_cb cb,
                    void *ctx);

/** RFC 4585 s6.3.1. @return 0 or -EBADMSG. */
int lkcam_pli_read(const struct lkcam_rtcp_part *part, uint32_t *media_ssrc);

struct lkcam_fir {
    uint32_t ssrc;
    uint8_t seq;
};

/** RFC 5104 s4.3.1.1: up to cap entries. @return their number or -EBADMSG. */
int lkcam_fir_read(const struct lkcam_rtcp_part *part, struct lkcam_fir *out, int cap);

#endif
