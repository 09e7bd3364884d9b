// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/stream.h"

#include <assert.h>
#include <string.h>

int lkcam_stream_init(struct lkcam_stream *s, const struct lkcam_rand *rand, const char *mid,
                      lkcam_us now)
{
    *s = (struct lkcam_stream){.epoch = now};
    s->time_base = lkcam_rand_u32(rand);
    s->rtx_seq = lkcam_rand_u32(rand) & 0x7fff;
    // The server drops SSRC 0 as a padding probe.
    do {
        s->ssrc = lkcam_rand_u32(rand);
        s->rtx_ssrc = lkcam_rand_u32(rand);
    } while (!s->ssrc || !s->rtx_ssrc || s->ssrc == s->rtx_ssrc);
    assert(strlen(mid) < sizeof s->mid);
    memcpy(s->mid, mid, strlen(mid));
    return lkcam_sendbuf_init(&s->buf, (uint16_t)(lkcam_rand_u32(rand) & 0x7fff));
}

void lkcam_stream_deinit(struct lkcam_stream *s)
{
    lkcam_sendbuf_deinit(&s->buf);
}

uint32_t lkcam_stream_time(const struct lkcam_stream *s, lkcam_us at)
{
    return s->time_base + lkcam_90k_from_us(at - s->epoch);
}

void lkcam_stream_begin(struct lkcam_stream *s, uint64_t frame, lkcam_us captured,
                        uint64_t captured_ntp)
{
    uint32_t time = lkcam_stream_time(s, captured);
    if (s->begun && (int32_t)(time - s->frame_time) <= 0)
        time = s->frame_time + 1;
    s->begun = true;
    s->frame_time = time;
    s->frame = frame;
    s->frame_ntp = captured_ntp;
}

struct lkcam_packet *lkcam_stream_packet(struct lkcam_stream *s, int i, bool first)
{
    struct lkcam_packet *p = lkcam_sendbuf_slot(&s->buf, i);
    size_t twcc_at = 0;
    struct lkcam_rtp_header h = {
        .payload_type = s->payload_type,
        .seq = (uint16_t)p->seq,
        .timestamp = s->frame_time,
        .ssrc = s->ssrc,
        .mid = s->bound ? NULL : s->mid,
        .abs_capture_ntp = first ? s->frame_ntp : 0,
        .twcc = true,
    };
    int len = lkcam_rtp_write(p->bytes, sizeof p->bytes, &h, &s->ext, &twcc_at);
    assert(len > 0 && len + LKCAM_PAYLOAD_MAX <= LKCAM_PACKET_MAX);
    p->payload_at = (uint16_t)len;
    p->twcc_at = (uint16_t)twcc_at;
    p->first = first;
    p->frame = s->frame;
    return p;
}

void lkcam_stream_finish(struct lkcam_packet *p, size_t payload_len, bool marker, lkcam_us now)
{
    assert(payload_len <= LKCAM_PAYLOAD_MAX);
    if (marker)
        p->bytes[1] |= 0x80;
    p->marker = marker;
    p->len = (uint16_t)(p->payload_at + payload_len);
    p->queued = now;
}

size_t lkcam_stream_write_rtx(struct lkcam_stream *s, const struct lkcam_packet *p, uint8_t *out,
                              size_t *twcc_at)
{
    struct lkcam_rtp_view v;
    int bad = lkcam_rtp_read(p->bytes, p->len, &v);
    assert(!bad);
    (void)bad;
    struct lkcam_rtp_header h = {
        .payload_type = s->rtx_payload_type,
        .marker = v.marker,
        .seq = (uint16_t)s->rtx_seq++,
        .timestamp = v.timestamp,
        .ssrc = s->rtx_ssrc,
        .twcc = true,
    };
    int head = lkcam_rtp_write(out, LKCAM_UDP_PAYLOAD_MAX, &h, &s->ext, twcc_at);
    size_t at = (size_t)head, n = (size_t)(p->len - p->payload_at);
    out[at] = (uint8_t)(p->seq >> 8);
    out[at + 1] = (uint8_t)p->seq;
    memcpy(out + at + 2, p->bytes + p->payload_at, n);
    return at + 2 + n;
}
