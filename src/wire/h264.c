// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// NAL units in and out of byte streams and RTP payloads. Knows no encoder and no RTP header.
#include "wire/h264.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/bytes.h"

#define FU_OVERHEAD 2 // RFC 6184 s5.8: FU indicator and FU header
#define FU_START 0x80
#define FU_END 0x40

// Where 00 00 01 begins at or after `from`; `len` where there is none.
static size_t find_start_code(const uint8_t *p, size_t len, size_t from)
{
    size_t i = from;
    while (i + 3 <= len) {
        if (p[i + 2] > 1)
            i += 3; // no start code holds this byte
        else if (p[i + 2] == 1 && p[i] == 0 && p[i + 1] == 0)
            return i;
        else
            i++;
    }
    return len;
}

int lkcam_h264_next_nal(const uint8_t *annexb, size_t len, size_t *at, struct lkcam_nal *out)
{
    size_t begin = find_start_code(annexb, len, *at);

    while (begin < len) {
        size_t end = find_start_code(annexb, len, begin + 3);
        *at = end;
        out->p = annexb + begin + 3;
        out->len = end - begin - 3;
        // H.264 sB.1.1: trailing_zero_8bits and the zero_byte of the next start code are no NAL's.
        while (out->len && out->p[out->len - 1] == 0)
            out->len--;
        if (out->len)
            return 1;
        begin = end;
    }
    *at = len;
    return 0;
}

int lkcam_h264_write_stap_a(uint8_t *out, size_t cap, const struct lkcam_nal *nals, int n)
{
    struct lkcam_writer w = lkcam_writer_over(out, cap);
    uint8_t forbidden = 0, nri = 0;

    lkcam_write_u8(&w, LKCAM_NAL_STAP_A);
    for (int i = 0; i < n; i++) {
        assert(nals[i].len > 0 && nals[i].len <= UINT16_MAX);
        forbidden |= nals[i].p[0] & 0x80;
        if ((nals[i].p[0] & 0x60) > nri)
            nri = nals[i].p[0] & 0x60;
        lkcam_write_u16(&w, (uint16_t)nals[i].len);
        lkcam_write_bytes(&w, nals[i].p, nals[i].len);
    }
    if (w.bad)
        return -ENOSPC;
    // RFC 6184 s5.7: F of any, NRI the highest of those inside.
    out[0] |= forbidden | nri;
    return (int)lkcam_written(&w);
}

void lkcam_h264_cut_begin(struct lkcam_h264_cut *c, struct lkcam_nal nal, size_t max)
{
    assert(nal.len > 0 && max > FU_OVERHEAD);
    size_t room = max - FU_OVERHEAD;

    *c = (struct lkcam_h264_cut){.nal = nal, .max = max, .parts_left = 1};
    if (nal.len > max) {
        c->at = 1; // the NAL header's bits travel in the FU's own two bytes
        c->parts_left = (nal.len - 1 + room - 1) / room;
    }
}

size_t lkcam_h264_cut_next(struct lkcam_h264_cut *c, uint8_t *out, bool *last)
{
    size_t left = c->nal.len - c->at;

    if (c->parts_left == 0)
        return 0;
    *last = c->parts_left == 1;
    if (c->nal.len <= c->max) {
        memcpy(out, c->nal.p, left);
        c->parts_left = 0;
        return left;
    }
    size_t part = (left + c->parts_left - 1) / c->parts_left;
    out[0] = (uint8_t)((c->nal.p[0] & 0xe0) | LKCAM_NAL_FU_A);
    out[1] = (uint8_t)((c->at == 1 ? FU_START : 0) | (*last ? FU_END : 0) | (c->nal.p[0] & 0x1f));
    memcpy(out + FU_OVERHEAD, c->nal.p + c->at, part);
    c->at += part;
    c->parts_left--;
    return FU_OVERHEAD + part;
}
