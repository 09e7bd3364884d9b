// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// RTCP packets as bytes. Knows no stream and no clock, nor who reports on whom.
#include "wire/rtcp.h"

#include <assert.h>
#include <errno.h>

#define SENDER_INFO_LEN 24 // with the sender's SSRC: RFC 3550 s6.4.1
#define REPORT_LEN 24
#define SDES_CNAME 1 // RFC 3550 s6.5.1
#define XR_RRTR 4    // RFC 3611 s4.4
#define XR_DLRR 5    // RFC 3611 s4.5

int lkcam_rtcp_next(struct lkcam_reader *compound, struct lkcam_rtcp_part *out)
{
    if (!compound->bad && lkcam_read_left(compound) == 0)
        return 0;
    uint8_t first = lkcam_read_u8(compound);
    out->type = lkcam_read_u8(compound);
    out->count = first & 0x1f;
    out->body_len = (size_t)lkcam_read_u16(compound) * 4;
    out->body = lkcam_read_bytes(compound, out->body_len);
    if (compound->bad || first >> 6 != 2)
        return -EBADMSG;
    if (first & 0x20) {
        // RFC 3550 s6.4.1: the last byte counts the padding, itself included.
        uint8_t padding = out->body_len ? out->body[out->body_len - 1] : 0;
        if (padding == 0 || padding > out->body_len)
            return -EBADMSG;
        out->body_len -= padding;
    }
    return 1;
}

static struct lkcam_rtcp_report read_report(struct lkcam_reader *r)
{
    struct lkcam_rtcp_report b = {
        .ssrc = lkcam_read_u32(r),
    };
    uint32_t lost = lkcam_read_u32(r);
    b.fraction_lost = (uint8_t)(lost >> 24);
    b.cumulative_lost = (int32_t)(lost & 0x7fffff) - (int32_t)(lost & 0x800000);
    b.highest_seq = lkcam_read_u32(r);
    b.jitter = lkcam_read_u32(r);
    b.lsr = lkcam_read_u32(r);
    b.dlsr = lkcam_read_u32(r);
    return b;
}

int lkcam_rtcp_read_reports(const struct lkcam_rtcp_part *part, struct lkcam_rtcp_report *out,
                            int cap)
{
    struct lkcam_reader r = lkcam_reader_over(part->body, part->body_len);
    int n = part->count < cap ? part->count : cap;

    if (part->type != LKCAM_RTCP_SR && part->type != LKCAM_RTCP_RR)
        return -EBADMSG;
    lkcam_read_bytes(&r, part->type == LKCAM_RTCP_SR ? SENDER_INFO_LEN : 4);
    if (r.bad || lkcam_read_left(&r) < (size_t)part->count * REPORT_LEN)
        return -EBADMSG;
    for (int i = 0; i < n; i++)
        out[i] = read_report(&r);
    return n;
}

int lkcam_rtcp_read_sr(const struct lkcam_rtcp_part *part, struct lkcam_rtcp_sr *out)
{
    struct lkcam_reader r = lkcam_reader_over(part->body, part->body_len);

    out->ssrc = lkcam_read_u32(&r);
    out->ntp = lkcam_read_u64(&r);
    out->rtp = lkcam_read_u32(&r);
    out->packets = lkcam_read_u32(&r);
    out->octets = lkcam_read_u32(&r);
    return r.bad || part->type != LKCAM_RTCP_SR ? -EBADMSG : 0;
}

// RFC 3550 s6.4.1: the length is told in words, without the first one.
static void write_header(struct lkcam_writer *w, uint8_t count, uint8_t type, size_t body_len)
{
    lkcam_write_u8(w, 0x80 | count);
    lkcam_write_u8(w, type);
    lkcam_write_u16(w, (uint16_t)(body_len / 4));
}

void lkcam_rtcp_write_sr(struct lkcam_writer *w, const struct lkcam_rtcp_sr *sr)
{
    write_header(w, 0, LKCAM_RTCP_SR, SENDER_INFO_LEN);
    lkcam_write_u32(w, sr->ssrc);
    lkcam_write_u64(w, sr->ntp);
    lkcam_write_u32(w, sr->rtp);
    lkcam_write_u32(w, sr->packets);
    lkcam_write_u32(w, sr->octets);
}

void lkcam_rtcp_write_sdes(struct lkcam_writer *w, uint32_t ssrc, const char *cname)
{
    size_t len = strnlen(cname, 256);
    assert(len <= 255);
    // At least one zero ends the chunk's items; more fill its last word.
    size_t zeros = 4 - (4 + 2 + len) % 4;

    write_header(w, 1, LKCAM_RTCP_SDES, 4 + 2 + len + zeros);
    lkcam_write_u32(w, ssrc);
    lkcam_write_u8(w, SDES_CNAME);
    lkcam_write_u8(w, (uint8_t)len);
    lkcam_write_bytes(w, cname, len);
    lkcam_write_uint(w, 0, zeros);
}

int lkcam_rtcp_read_rrtr(const struct lkcam_rtcp_part *part, struct lkcam_rtcp_rrtr *out)
{
    struct lkcam_reader r = lkcam_reader_over(part->body, part->body_len);

    out->sender_ssrc = lkcam_read_u32(&r);
    if (part->type != LKCAM_RTCP_XR)
        return -EBADMSG;
    while (!r.bad && lkcam_read_left(&r)) {
        uint8_t type = lkcam_read_u8(&r);
        lkcam_read_u8(&r);
        size_t len = (size_t)lkcam_read_u16(&r) * 4;
        if (type == XR_RRTR && len == 8) {
            out->ntp = lkcam_read_u64(&r);
            return r.bad ? -EBADMSG : 1;
        }
        lkcam_read_bytes(&r, len);
    }
    return r.bad ? -EBADMSG : 0;
}

void lkcam_rtcp_write_dlrr(struct lkcam_writer *w, uint32_t our_ssrc, uint32_t rrtr_ssrc,
                           uint32_t lrr, uint32_t dlrr_16_16)
{
    write_header(w, 0, LKCAM_RTCP_XR, 20);
    lkcam_write_u32(w, our_ssrc);
    lkcam_write_u8(w, XR_DLRR);
    lkcam_write_u8(w, 0);
    lkcam_write_u16(w, 3);
    lkcam_write_u32(w, rrtr_ssrc);
    lkcam_write_u32(w, lrr);
    lkcam_write_u32(w, dlrr_16_16);
}
