// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Reads the receivers' wishes. What is done about them (repeat, key frame) is decided elsewhere.
#include "wire/feedback.h"

#include <errno.h>

// RFC 4585 s6.1: the SSRC of the sender and that of the media, then the message itself.
static struct lkcam_reader open_message(const struct lkcam_rtcp_part *part, uint8_t type,
                                        uint8_t format, uint32_t *media_ssrc)
{
    struct lkcam_reader r = lkcam_reader_over(part->body, part->body_len);
    lkcam_read_u32(&r);
    *media_ssrc = lkcam_read_u32(&r);
    if (part->type != type || part->count != format)
        r.bad = true;
    return r;
}

// RFC 4585 s6.2.1: one entry names a packet and, bit by bit, those of the 16 after it.
static int read_nack_entry(struct lkcam_reader *r, lkcam_nack_cb cb, void *ctx)
{
    uint16_t seq = lkcam_read_u16(r), following = lkcam_read_u16(r);
    int n = 1;
    cb(ctx, seq);
    for (unsigned i = 0; i < 16; i++) {
        if (following >> i & 1) {
            cb(ctx, (uint16_t)(seq + i + 1));
            n++;
        }
    }
    return n;
}

int lkcam_nack_read(const struct lkcam_rtcp_part *part, uint32_t *media_ssrc, lkcam_nack_cb cb,
                    void *ctx)
{
    struct lkcam_reader r = open_message(part, LKCAM_RTCP_RTPFB, LKCAM_RTPFB_NACK, media_ssrc);
    size_t left = lkcam_read_left(&r);
    int n = 0;

    if (r.bad || left == 0 || left % 4)
        return -EBADMSG;
    while (lkcam_read_left(&r))
        n += read_nack_entry(&r, cb, ctx);
    return n;
}

int lkcam_pli_read(const struct lkcam_rtcp_part *part, uint32_t *media_ssrc)
{
    struct lkcam_reader r = open_message(part, LKCAM_RTCP_PSFB, LKCAM_PSFB_PLI, media_ssrc);
    return r.bad || lkcam_read_left(&r) ? -EBADMSG : 0;
}

int lkcam_fir_read(const struct lkcam_rtcp_part *part, struct lkcam_fir *out, int cap)
{
    uint32_t unused; // RFC 5104 s4.3.1.2: the media SSRC is 0; each entry names its own
    struct lkcam_reader r = open_message(part, LKCAM_RTCP_PSFB, LKCAM_PSFB_FIR, &unused);
    size_t left = lkcam_read_left(&r);
    int n = 0;

    if (r.bad || left == 0 || left % 8)
        return -EBADMSG;
    for (; n < cap && lkcam_read_left(&r); n++) {
        out[n].ssrc = lkcam_read_u32(&r);
        out[n].seq = lkcam_read_u8(&r);
        lkcam_read_bytes(&r, 3);
    }
    return n;
}
