// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What the server says about what we sent: the half of one datagram's journey that follows
// decryption.
#include "wire/feedback.h"
#include "room/transport.h"
#include "wire/rtcp.h"
#include "wire/twcc.h"

// The sender that a message is about; NULL where none is. Who speaks of an SSRC knows it, and needs
// no mid any more.
static struct lkcam_sender *sender_of(struct lkcam_transport *t, uint32_t ssrc)
{
    for (int i = 0; i < t->sender_count; i++) {
        struct lkcam_sender *s = &t->senders[i];
        if (s->stream.ssrc != ssrc)
            continue;
        s->stream.bound = true;
        return s;
    }
    return NULL;
}

struct nack {
    struct lkcam_transport *t;
    uint32_t ssrc; // which stream the message is about; set before the first number is handed over
    lkcam_us now;
};

static void on_missing(void *ctx, uint16_t seq)
{
    struct nack *n = ctx;
    struct lkcam_sender *s = sender_of(n->t, n->ssrc);
    // The first receiver report comes after a second; the check that connected us has measured.
    lkcam_us rtt = n->t->rtt_us ? n->t->rtt_us : n->t->ice.rtt_us;
    // Without an RTX stream nothing can be repeated: under AES-GCM a number is never protected
    // twice.
    if (s && s->stream.rtx_payload_type)
        lkcam_rtx_input(&s->stream.rtx, &s->stream.buf, seq, rtt, n->now);
}

static int on_nack(struct lkcam_transport *t, const struct lkcam_rtcp_part *part, lkcam_us now)
{
    struct nack n = {.t = t, .now = now};
    int named = lkcam_nack_read(part, &n.ssrc, on_missing, &n);
    if (named < 0)
        return named;
    struct lkcam_sender *s = sender_of(t, n.ssrc);
    if (s) {
        s->counters.nacks++;
        s->counters.nacked_packets += (uint64_t)named;
    }
    return 0;
}

static void on_acked(void *ctx, int stream, uint64_t frame)
{
    struct lkcam_transport *t = ctx;
    lkcam_sender_acked(&t->senders[stream], frame);
}

static int on_twcc(struct lkcam_transport *t, const struct lkcam_rtcp_part *part)
{
    struct lkcam_twcc fb;
    int err = lkcam_twcc_read(part, &fb);
    if (!err)
        lkcam_sentlog_input(&t->sentlog, &fb, on_acked, t);
    return err;
}

static int on_pli(struct lkcam_transport *t, const struct lkcam_rtcp_part *part, lkcam_us now)
{
    uint32_t ssrc;
    int err = lkcam_pli_read(part, &ssrc);
    struct lkcam_sender *s = err ? NULL : sender_of(t, ssrc);
    if (s) {
        s->counters.plis++;
        lkcam_keyreq_input(&s->stream.keyreq, t->rtt_us, now);
    }
    return err;
}

static int on_fir(struct lkcam_transport *t, const struct lkcam_rtcp_part *part, lkcam_us now)
{
    struct lkcam_fir fir[LKCAM_SDP_TRACKS];
    int n = lkcam_fir_read(part, fir, LKCAM_SDP_TRACKS);
    for (int i = 0; i < n; i++) {
        struct lkcam_sender *s = sender_of(t, fir[i].ssrc);
        if (!s)
            continue;
        s->counters.firs++;
        lkcam_keyreq_input_fir(&s->stream.keyreq, fir[i].seq, t->rtt_us, now);
    }
    return n < 0 ? n : 0;
}

static void on_report(struct lkcam_transport *t, const struct lkcam_rtcp_report *r, lkcam_us now)
{
    struct lkcam_sender *s = sender_of(t, r->ssrc);
    if (!s)
        return;
    s->counters.receiver_reports++;
    s->loss_permille = r->fraction_lost * 1000 / 256;
    lkcam_us rtt = lkcam_report_round_trip(&s->report, r->lsr, r->dlsr, now);
    if (rtt)
        t->rtt_us = rtt;
}

static int on_reports(struct lkcam_transport *t, const struct lkcam_rtcp_part *part, lkcam_us now)
{
    struct lkcam_rtcp_report r[2 * LKCAM_SDP_TRACKS - 1]; // as many as a packet holds (5 bits)
    int n = lkcam_rtcp_read_reports(part, r, 2 * LKCAM_SDP_TRACKS - 1);
    for (int i = 0; i < n; i++)
        on_report(t, &r[i], now);
    return n < 0 ? n : 0;
}

static int on_xr(struct lkcam_transport *t, const struct lkcam_rtcp_part *part, lkcam_us now)
{
    struct lkcam_rtcp_rrtr rrtr;
    int found = lkcam_rtcp_read_rrtr(part, &rrtr);
    if (found == 1) {
        t->dlrr.to_ssrc = rrtr.sender_ssrc;
        t->dlrr.lrr = lkcam_ntp_middle(rrtr.ntp);
        t->dlrr.arrived = now;
        t->dlrr.due = true;
    }
    return found < 0 ? found : 0;
}

static int on_part(struct lkcam_transport *t, const struct lkcam_rtcp_part *part, lkcam_us now)
{
    switch (part->type) {
    case LKCAM_RTCP_SR:
    case LKCAM_RTCP_RR:
        return on_reports(t, part, now);
    case LKCAM_RTCP_XR:
        return on_xr(t, part, now);
    case LKCAM_RTCP_RTPFB:
        if (part->count == LKCAM_RTPFB_NACK)
            return on_nack(t, part, now);
        return part->count == LKCAM_RTPFB_TWCC ? on_twcc(t, part) : 0;
    case LKCAM_RTCP_PSFB:
        if (part->count == LKCAM_PSFB_PLI)
            return on_pli(t, part, now);
        return part->count == LKCAM_PSFB_FIR ? on_fir(t, part, now) : 0;
    default:
        return 0;
    }
}

void lkcam_feedback_input(struct lkcam_transport *t, const uint8_t *compound, size_t len,
                          lkcam_us now)
{
    struct lkcam_reader r = lkcam_reader_over(compound, len);
    struct lkcam_rtcp_part part;
    int got;

    while ((got = lkcam_rtcp_next(&r, &part)) == 1)
        if (on_part(t, &part, now))
            t->counters.rtcp_errors++;
    if (got < 0)
        t->counters.rtcp_errors++;
}
