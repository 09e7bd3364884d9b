// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "room/transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/demux.h"

// Ours: the server itself gives up between 10 and 20 s after ICE.
#define DTLS_TIMEOUT_US LKCAM_SECONDS(15)

int lkcam_transport_init(struct lkcam_transport *t, const struct lkcam_rand *rand, int senders,
                         lkcam_us now, lkcam_us unix_us)
{
    memset(t, 0, sizeof *t);
    lkcam_wallclock_init(&t->wall, now, unix_us);
    lkcam_ice_init(&t->ice, rand);
    lkcam_rand_text(rand, t->cname, sizeof t->cname - 1);
    int err = lkcam_sentlog_init(&t->sentlog, senders);
    for (int i = 0; i < senders && !err; i++)
        err = lkcam_sender_init(&t->senders[t->sender_count++], rand, i, now);
    if (!err)
        err = lkcam_dtls_identity_new(&t->identity, t->fingerprint);
    if (err)
        lkcam_transport_deinit(t);
    return err;
}

void lkcam_transport_deinit(struct lkcam_transport *t)
{
    if (t->dtls)
        t->dtls->ops->free(t->dtls);
    t->dtls = NULL;
    lkcam_srtp_free(&t->srtp);
    lkcam_dtls_identity_free(&t->identity);
    for (int i = 0; i < t->sender_count; i++)
        lkcam_sender_deinit(&t->senders[i]);
    lkcam_sentlog_deinit(&t->sentlog);
}

static void fail(struct lkcam_transport *t, const char *what, const char *why)
{
    if (t->failed)
        return;
    t->failed = true;
    t->ready = false;
    lkcam_end_set(&t->end, LKCAM_REASON_MEDIA_LOST, "%s: %s", what, why);
}

static void fail_ice(struct lkcam_transport *t)
{
    char why[256];
    lkcam_ice_explain(&t->ice, why, sizeof why);
    fail(t, "ICE", why);
}

static void take_keys(struct lkcam_transport *t)
{
    struct lkcam_srtp_keys keys;
    uint32_t ssrcs[2 * LKCAM_SDP_TRACKS];
    int n = 0;

    for (int i = 0; i < t->sender_count; i++) {
        ssrcs[n++] = t->senders[i].stream.ssrc;
        ssrcs[n++] = t->senders[i].stream.rtx_ssrc;
    }
    if (t->dtls->ops->keys(t->dtls, &keys) || lkcam_srtp_new(&t->srtp, &keys, ssrcs, n)) {
        fail(t, "SRTP", "no keys from the DTLS handshake");
        return;
    }
    t->profile = keys.profile;
    t->ready = true;
    explicit_bzero(&keys, sizeof keys);
}

static void after_dtls(struct lkcam_transport *t)
{
    if (t->dtls->state == LKCAM_DTLS_READY && !t->srtp && !t->failed)
        take_keys(t);
    else if (t->dtls->state == LKCAM_DTLS_FAILED)
        fail(t, "DTLS handshake failed", t->dtls->reason);
    // CLOSED is not obeyed: the server closes DTLS where the room goes on (signalling says when it
    // ends).
}

// Until it is over a handshake can be disturbed by anyone who reaches the socket: only the
// addresses of ICE are listened to.
static void input_dtls(struct lkcam_transport *t, const uint8_t *bytes, size_t len,
                       const struct lkcam_addr *from, lkcam_us now)
{
    if (!t->dtls || !lkcam_ice_knows(&t->ice, from)) {
        t->counters.datagrams_refused++;
        return;
    }
    t->dtls->ops->input(t->dtls, bytes, len, now);
    after_dtls(t);
}

static void input_rtcp(struct lkcam_transport *t, uint8_t *bytes, size_t len, lkcam_us now)
{
    if (!t->srtp)
        return;
    if (lkcam_srtp_unprotect_rtcp(t->srtp, bytes, &len))
        t->counters.datagrams_refused++;
    else
        lkcam_feedback_input(t, bytes, len, now);
}

void lkcam_transport_input(struct lkcam_transport *t, uint8_t *bytes, size_t len,
                           const struct lkcam_addr *from, lkcam_us now)
{
    switch (lkcam_demux(bytes, len)) {
    case LKCAM_DEMUX_STUN:
        if (lkcam_ice_input(&t->ice, bytes, len, from, now))
            t->counters.datagrams_refused++;
        break;
    case LKCAM_DEMUX_DTLS:
        input_dtls(t, bytes, len, from, now);
        break;
    case LKCAM_DEMUX_RTCP:
        input_rtcp(t, bytes, len, now);
        break;
    case LKCAM_DEMUX_RTP: // we receive none
    case LKCAM_DEMUX_UNKNOWN:
        t->counters.datagrams_refused++;
        break;
    }
}

static lkcam_us sender_deadline(struct lkcam_sender *s, bool blocked, lkcam_us now)
{
    lkcam_us next = s->stream.packets ? lkcam_report_deadline(&s->report) : LKCAM_NEVER;
    if (!blocked && lkcam_sender_waits(s))
        next = lkcam_us_min(next, lkcam_pacer_next(&s->pacer, now));
    return next;
}

lkcam_us lkcam_transport_deadline(struct lkcam_transport *t, lkcam_us now)
{
    lkcam_us next = lkcam_ice_deadline(&t->ice);
    if (t->failed)
        return now;
    if (t->dtls_by)
        next = lkcam_us_min(next, t->dtls->ops->deadline(t->dtls, now));
    if (t->dtls_by && !t->ready)
        next = lkcam_us_min(next, t->dtls_by);
    for (int i = 0; i < t->sender_count && t->ready; i++)
        next = lkcam_us_min(next, sender_deadline(&t->senders[i], t->blocked, now));
    return next;
}

// The handshake's time begins when there is a way for it.
static void tick_dtls(struct lkcam_transport *t, lkcam_us now)
{
    if (!t->dtls_by)
        t->dtls_by = now + DTLS_TIMEOUT_US;
    t->dtls->ops->tick(t->dtls, now);
    after_dtls(t);
    if (!t->ready && now >= t->dtls_by)
        fail(t, "DTLS", "the handshake did not end in time");
}

void lkcam_transport_tick(struct lkcam_transport *t, lkcam_us now)
{
    if (t->failed)
        return;
    lkcam_ice_tick(&t->ice, now);
    if (t->ice.state == LKCAM_ICE_FAILED)
        fail_ice(t);
    if (t->dtls && t->ice.state == LKCAM_ICE_CONNECTED)
        tick_dtls(t, now);
}

static int output_rtcp(struct lkcam_transport *t, struct lkcam_outgoing *out, size_t len)
{
    if (lkcam_srtp_protect_rtcp(t->srtp, t->out, &len))
        return 0;
    out->datagram.bytes = t->out;
    out->datagram.len = len;
    return 1;
}

static int output_dlrr(struct lkcam_transport *t, struct lkcam_outgoing *out, lkcam_us now)
{
    struct lkcam_writer w = lkcam_writer_over(t->out, sizeof t->out - LKCAM_SRTP_TRAILER);
    lkcam_rtcp_write_dlrr(&w, t->senders[0].stream.ssrc, t->dlrr.to_ssrc, t->dlrr.lrr,
                          lkcam_16_16_from_us(now - t->dlrr.arrived));
    t->dlrr.due = false;
    return output_rtcp(t, out, lkcam_written(&w));
}

static int output_report(struct lkcam_transport *t, struct lkcam_sender *s,
                         struct lkcam_outgoing *out, lkcam_us now)
{
    size_t len = lkcam_report_write(&s->report, &s->stream, t->cname, t->out,
                                    sizeof t->out - LKCAM_SRTP_TRAILER, now,
                                    lkcam_wallclock_unix(&t->wall, now));
    return output_rtcp(t, out, len);
}

// Numbers, logs, protects what stands in t->out. The number is the last thing known of a packet.
static int output_rtp(struct lkcam_transport *t, struct lkcam_sender *s, struct lkcam_outgoing *out,
                      size_t len, size_t twcc_at, lkcam_us now)
{
    out->sender = (int)(s - t->senders);
    uint16_t number = lkcam_sentlog_add(&t->sentlog, len, out->sender, out->frame,
                                        out->marker && !out->repeat, now);
    if (twcc_at)
        lkcam_put_uint(t->out + twcc_at, number, 2);
    if (lkcam_srtp_protect(t->srtp, t->out, &len))
        return 0;
    lkcam_pacer_spend(&s->pacer, len, now);
    if (out->repeat) {
        s->counters.rtx_packets++;
        s->counters.rtx_bytes += len;
    } else {
        s->counters.packets_sent++;
        s->counters.bytes_sent += len;
    }
    out->media = true;
    out->datagram.bytes = t->out;
    out->datagram.len = len;
    return 1;
}

static int output_repeat(struct lkcam_transport *t, struct lkcam_sender *s, struct lkcam_packet *p,
                         struct lkcam_outgoing *out, lkcam_us now)
{
    size_t twcc_at = 0, len = lkcam_stream_write_rtx(&s->stream, p, t->out, &twcc_at);
    out->frame = p->frame;
    out->repeat = true;
    s->stream.rtx_packets++;
    s->stream.rtx_octets += (uint32_t)(p->len - p->payload_at + 2);
    return output_rtp(t, s, out, len, twcc_at, now);
}

static int output_packet(struct lkcam_transport *t, struct lkcam_sender *s, struct lkcam_packet *p,
                         struct lkcam_outgoing *out, lkcam_us now)
{
    memcpy(t->out, p->bytes, p->len);
    out->frame = p->frame;
    out->first = p->first;
    out->marker = p->marker;
    lkcam_sendbuf_sent(&s->stream.buf);
    s->stream.packets++;
    s->stream.octets += (uint32_t)(p->len - p->payload_at);
    return output_rtp(t, s, out, p->len, p->twcc_at, now);
}

// Retransmissions count as having waited for ever.
static lkcam_us waiting_since(struct lkcam_sender *s)
{
    if (lkcam_rtx_waiting(&s->stream.rtx))
        return 0;
    const struct lkcam_packet *p = lkcam_sendbuf_peek(&s->stream.buf);
    return p ? p->queued : LKCAM_NEVER;
}

// Whose turn it is: of those whose pacer lets them, the one whose packet has waited longest.
static struct lkcam_sender *next_sender(struct lkcam_transport *t, lkcam_us now)
{
    struct lkcam_sender *best = NULL;
    lkcam_us longest = LKCAM_NEVER;
    for (int i = 0; i < t->sender_count; i++) {
        struct lkcam_sender *s = &t->senders[i];
        lkcam_us since = waiting_since(s);
        if (since >= longest || !lkcam_pacer_allows(&s->pacer, now))
            continue;
        best = s;
        longest = since;
    }
    return best;
}

// A sender whose waiting retransmissions have all left the ring gives its turn on.
static int output_media(struct lkcam_transport *t, struct lkcam_outgoing *out, lkcam_us now)
{
    struct lkcam_sender *s;
    while (!t->blocked && (s = next_sender(t, now))) {
        if (now >= lkcam_report_deadline(&s->report)) // the first one goes before the first packet
            return output_report(t, s, out, now);
        struct lkcam_packet *p = lkcam_rtx_take(&s->stream.rtx, &s->stream.buf, now);
        if (p)
            return output_repeat(t, s, p, out, now);
        p = lkcam_sendbuf_peek(&s->stream.buf);
        if (p)
            return output_packet(t, s, p, out, now);
    }
    return 0;
}

static int output_due_report(struct lkcam_transport *t, struct lkcam_outgoing *out, lkcam_us now)
{
    for (int i = 0; i < t->sender_count; i++) {
        struct lkcam_sender *s = &t->senders[i];
        if (s->stream.packets && now >= lkcam_report_deadline(&s->report))
            return output_report(t, s, out, now);
    }
    return 0;
}

int lkcam_transport_output(struct lkcam_transport *t, struct lkcam_outgoing *out, lkcam_us now)
{
    *out = (struct lkcam_outgoing){0};
    if (lkcam_ice_output(&t->ice, &out->datagram, now))
        return 1;
    if (t->failed || !lkcam_ice_route(&t->ice, &out->datagram.to))
        return 0;
    if (t->dtls) {
        size_t len = t->dtls->ops->output(t->dtls, t->out, sizeof t->out);
        if (len) {
            out->datagram.bytes = t->out;
            out->datagram.len = len;
            return 1;
        }
    }
    if (!t->ready)
        return 0;
    if (t->dlrr.due)
        return output_dlrr(t, out, now);
    return output_due_report(t, out, now) || output_media(t, out, now);
}

void lkcam_transport_refused(struct lkcam_transport *t, const struct lkcam_outgoing *out, bool full)
{
    if (out->media)
        t->senders[out->sender].counters.send_errors++;
    else
        t->counters.send_errors++;
    if (full)
        lkcam_transport_block(t);
}

// What was full before there is a way for media is not, or no longer, that way: nobody would tell
// us that it has room again.
void lkcam_transport_block(struct lkcam_transport *t)
{
    struct lkcam_addr to;
    t->blocked = t->blocked || lkcam_ice_route(&t->ice, &to);
}

void lkcam_transport_unblock(struct lkcam_transport *t)
{
    t->blocked = false;
}

bool lkcam_transport_by_tcp(const struct lkcam_transport *t)
{
    struct lkcam_addr to;
    return lkcam_ice_route(&t->ice, &to) && to.tcp;
}

uint64_t lkcam_transport_ntp(const struct lkcam_transport *t, lkcam_us at)
{
    return lkcam_ntp_from_unix(lkcam_wallclock_unix(&t->wall, at));
}
