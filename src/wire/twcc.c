// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A message is checked whole when it is opened, so that walking it cannot fail half way.
#include "wire/twcc.h"

#include <errno.h>

#include "wire/feedback.h"

// s3.1.1: what a symbol says of a packet. Conveniently also the length of its delta in bytes.
enum symbol { NOT_RECEIVED, SMALL_DELTA, LARGE_DELTA, RESERVED };

#define REFERENCE_US 64000
#define DELTA_US 250

static bool is_run(uint32_t chunk)
{
    return !(chunk & 0x8000);
}

// s3.1.3, s3.1.4: a run of 13 bits, or a vector of 14 one-bit or 7 two-bit symbols.
static uint16_t symbol_count(uint32_t chunk)
{
    if (is_run(chunk))
        return chunk & 0x1fff;
    return chunk & 0x4000 ? 7 : 14;
}

// The symbol that has `left` - 1 others behind it in its chunk.
static enum symbol symbol_at(uint32_t chunk, unsigned left)
{
    if (is_run(chunk))
        return (enum symbol)(chunk >> 13 & 3);
    if (chunk & 0x4000)
        return (enum symbol)(chunk >> (2 * (left - 1)) & 3);
    return (enum symbol)(chunk >> (left - 1) & 1);
}

// Walks the chunks to the first delta. @return bytes that the deltas must have, or -EBADMSG.
static long check_chunks(struct lkcam_reader *r, unsigned packets)
{
    long delta_bytes = 0;

    while (packets) {
        uint32_t chunk = lkcam_read_u16(r);
        unsigned n = symbol_count(chunk);
        if (r->bad || (is_run(chunk) && (n == 0 || n > packets)))
            return -EBADMSG;
        for (unsigned left = n; left && packets; left--, packets--) {
            enum symbol s = symbol_at(chunk, left);
            if (s == RESERVED)
                return -EBADMSG;
            delta_bytes += (long)s;
        }
    }
    return delta_bytes;
}

static lkcam_us reference_time(uint32_t word)
{
    int32_t ticks = (int32_t)(word & 0x7fffff) - (int32_t)(word & 0x800000);
    return (lkcam_us)ticks * REFERENCE_US;
}

int lkcam_twcc_read(const struct lkcam_rtcp_part *part, struct lkcam_twcc *out)
{
    struct lkcam_reader r = lkcam_reader_over(part->body, part->body_len);

    *out = (struct lkcam_twcc){0};
    lkcam_read_u32(&r);
    out->media_ssrc = lkcam_read_u32(&r);
    out->base_seq = lkcam_read_u16(&r);
    out->packet_count = lkcam_read_u16(&r);
    uint32_t word = lkcam_read_u32(&r);
    out->reference_us = out->arrival_us = reference_time(word >> 8);
    out->feedback_count = (uint8_t)word;
    out->chunks = r.p;
    out->end = r.end;
    if (r.bad || part->type != LKCAM_RTCP_RTPFB || part->count != LKCAM_RTPFB_TWCC ||
        !out->packet_count)
        return -EBADMSG;
    long delta_bytes = check_chunks(&r, out->packet_count);
    out->deltas = r.p;
    // Bytes behind the last delta are padding, with or without the header's bit.
    return delta_bytes < 0 || (size_t)delta_bytes > lkcam_read_left(&r) ? -EBADMSG : 0;
}

static enum symbol take_symbol(struct lkcam_twcc *t)
{
    if (t->chunk_left == 0) {
        t->chunk = (uint32_t)t->chunks[0] << 8 | t->chunks[1];
        t->chunks += 2;
        t->chunk_left = symbol_count(t->chunk);
    }
    return symbol_at(t->chunk, t->chunk_left--);
}

// s3.1.5: small deltas are unsigned, large ones signed.
static int take_delta(struct lkcam_twcc *t, enum symbol s)
{
    const uint8_t *d = t->deltas;
    t->deltas += s;
    return s == SMALL_DELTA ? d[0] : (int16_t)(uint16_t)(d[0] << 8 | d[1]);
}

int lkcam_twcc_next(struct lkcam_twcc *t, struct lkcam_twcc_packet *out)
{
    if (t->done == t->packet_count)
        return 0;
    enum symbol s = take_symbol(t);
    out->seq = (uint16_t)(t->base_seq + t->done++);
    out->received = s != NOT_RECEIVED;
    if (out->received)
        t->arrival_us += (lkcam_us)take_delta(t, s) * DELTA_US;
    out->arrival_us = out->received ? t->arrival_us : 0;
    return 1;
}
