// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Writes the header and the extensions of a packet, reads any packet's. Knows no payload, no keys.
#include "wire/rtp.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/bytes.h"

#define FIXED_LEN 12
#define EXT_HEADER_LEN 4
// RFC 8285 s4.2: the "defined by profile" word of a one-byte extension, and the id that ends one.
#define ONE_BYTE_PROFILE 0xbede
#define ONE_BYTE_STOP 15
#define MID_MAX 16

// RFC 8285 s4.2: the element's length is told as one less than it is.
static uint8_t element(uint8_t id, size_t len)
{
    assert(id <= 14 && len >= 1 && len <= 16);
    return (uint8_t)((unsigned)id << 4 | (unsigned)(len - 1));
}

static void write_fixed(struct lkcam_writer *w, const struct lkcam_rtp_header *h, bool extended)
{
    lkcam_write_u8(w, extended ? 0x90 : 0x80);
    lkcam_write_u8(w, (uint8_t)((h->marker ? 0x80 : 0) | (h->payload_type & 0x7f)));
    lkcam_write_u16(w, h->seq);
    lkcam_write_u32(w, h->timestamp);
    lkcam_write_u32(w, h->ssrc);
}

// The transport-wide number stands first: most packets carry nothing else.
static size_t write_elements(struct lkcam_writer *w, const struct lkcam_rtp_header *h,
                             const struct lkcam_rtp_ext_ids *ids, size_t mid_len)
{
    size_t twcc_at = 0;
    if (h->twcc && ids->twcc) {
        lkcam_write_u8(w, element(ids->twcc, 2));
        twcc_at = lkcam_written(w);
        lkcam_write_u16(w, 0);
    }
    if (mid_len && ids->mid) {
        lkcam_write_u8(w, element(ids->mid, mid_len));
        lkcam_write_bytes(w, h->mid, mid_len);
    }
    if (h->abs_capture_ntp && ids->abs_capture_time) {
        lkcam_write_u8(w, element(ids->abs_capture_time, 8));
        lkcam_write_u64(w, h->abs_capture_ntp);
    }
    while (lkcam_written(w) % 4 && !w->bad)
        lkcam_write_u8(w, 0);
    return twcc_at;
}

int lkcam_rtp_write(uint8_t *out, size_t cap, const struct lkcam_rtp_header *h,
                    const struct lkcam_rtp_ext_ids *ids, size_t *twcc_at)
{
    struct lkcam_writer w = lkcam_writer_over(out, cap);
    size_t mid_len = h->mid ? strnlen(h->mid, MID_MAX + 1) : 0;
    bool extended = (h->twcc && ids->twcc) || (mid_len && ids->mid) ||
                    (h->abs_capture_ntp && ids->abs_capture_time);
    size_t at = 0;

    assert(mid_len <= MID_MAX);
    if (mid_len > MID_MAX)
        return -EINVAL;
    write_fixed(&w, h, extended);
    if (extended) {
        uint8_t *ext = lkcam_write_room(&w, EXT_HEADER_LEN);
        at = write_elements(&w, h, ids, mid_len);
        if (!w.bad) {
            lkcam_put_uint(ext, ONE_BYTE_PROFILE, 2);
            lkcam_put_uint(ext + 2, (lkcam_written(&w) - FIXED_LEN - EXT_HEADER_LEN) / 4, 2);
        }
    }
    if (twcc_at)
        *twcc_at = at;
    return w.bad ? -ENOSPC : (int)lkcam_written(&w);
}

static void read_extension(struct lkcam_reader *r, const uint8_t *packet,
                           struct lkcam_rtp_view *out)
{
    uint16_t profile = lkcam_read_u16(r);
    size_t len = (size_t)lkcam_read_u16(r) * 4;
    const uint8_t *elements = lkcam_read_bytes(r, len);
    if (elements && profile == ONE_BYTE_PROFILE) {
        out->ext_at = (size_t)(elements - packet);
        out->ext_len = len;
    }
}

int lkcam_rtp_read(const uint8_t *packet, size_t len, struct lkcam_rtp_view *out)
{
    struct lkcam_reader r = lkcam_reader_over(packet, len);
    uint8_t first = lkcam_read_u8(&r), second = lkcam_read_u8(&r);

    *out = (struct lkcam_rtp_view){
        .payload_type = second & 0x7f,
        .marker = second & 0x80,
        .seq = lkcam_read_u16(&r),
    };
    out->timestamp = lkcam_read_u32(&r);
    out->ssrc = lkcam_read_u32(&r);
    lkcam_read_bytes(&r, (size_t)(first & 0x0f) * 4);
    if (first & 0x10)
        read_extension(&r, packet, out);
    if (r.bad || first >> 6 != 2)
        return -EBADMSG;
    out->payload_at = (size_t)(r.p - packet);
    out->payload_len = lkcam_read_left(&r);
    if (first & 0x20) {
        // RFC 3550 s5.1: the last byte counts the padding, itself included.
        uint8_t padding = packet[len - 1];
        if (padding == 0 || padding > out->payload_len)
            return -EBADMSG;
        out->payload_len -= padding;
    }
    return 0;
}

int lkcam_rtp_find_ext(const uint8_t *packet, const struct lkcam_rtp_view *v, uint8_t id,
                       size_t *len)
{
    size_t at = v->ext_at, end = v->ext_at + v->ext_len;

    while (at < end) {
        uint8_t found = packet[at] >> 4;
        size_t n = (size_t)(packet[at] & 0x0f) + 1;
        at++;
        if (found == 0 && n == 1)
            continue;
        if (found == ONE_BYTE_STOP || n > end - at)
            break;
        if (found == id) {
            *len = n;
            return (int)at;
        }
        at += n;
    }
    return -ENOENT;
}
