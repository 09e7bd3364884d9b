// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The other side of a transport, made of wire/ and net/ alone: it answers checks, is the DTLS
// client (or server), opens what we protect and remembers it. The link between is a for-loop over
// bytes, the clock a number.
#ifndef TESTS_UNIT_ROOM_PEER_H
#define TESTS_UNIT_ROOM_PEER_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../seeded.h"
#include "cmocka_all.h"
#include "room/negotiate.h"
#include "wire/demux.h"
#include "wire/feedback.h"

#define T0 LKCAM_SECONDS(1000)
#define UNIX0 LKCAM_SECONDS(1700000000)

#define PEER_UFRAG "peer"
#define PEER_PWD "peerpeerpeerpeerpeerpeer"
#define PEER_PORT 7882

#define RTX_LINES "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
#define CODEC_LINES "a=rtpmap:96 H264/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 transport-cc\r\n"
#define EXT_LINES                                                                                  \
    "a=extmap:1 " LKCAM_RTP_EXT_MID "\r\na=extmap:4 " LKCAM_RTP_EXT_TWCC                           \
    "\r\na=extmap:5 " LKCAM_RTP_EXT_ABS_CAPTURE_TIME "\r\n"

// One datagram that has come out of the transport, opened.
struct seen {
    enum lkcam_demux kind;
    lkcam_us at;
    size_t len; // as sent
    struct lkcam_rtp_view rtp;
    int twcc; // -1: without
    bool mid;
    uint8_t plain[LKCAM_DATAGRAM_MAX];
    size_t plain_len;
};

struct rig {
    uint64_t seed;
    struct lkcam_rand rand;
    struct lkcam_transport t;
    lkcam_us now;
    struct lkcam_addr addr; // the peer's
    struct lkcam_dtls_identity *identity;
    uint8_t fingerprint[32];
    struct lkcam_dtls *dtls;
    struct lkcam_srtp *srtp;
    bool deaf; // answers no check
    int checks;
    struct lkcam_stun first_check;
    struct seen seen[1024];
    int count;
    uint64_t frame;
    // Where the peer's datagrams go; NULL: straight into the transport.
    void (*carry)(struct rig *r, const uint8_t *bytes, size_t len);
};

static inline void peer_send(struct rig *r, const uint8_t *bytes, size_t len)
{
    _Alignas(8) uint8_t copy[LKCAM_DATAGRAM_MAX];
    if (r->carry) {
        r->carry(r, bytes, len);
        return;
    }
    memcpy(copy, bytes, len);
    lkcam_transport_input(&r->t, copy, len, &r->addr, r->now);
}

static inline void peer_flush_dtls(struct rig *r)
{
    uint8_t out[LKCAM_DATAGRAM_MAX];
    size_t len;
    while (r->dtls && (len = r->dtls->ops->output(r->dtls, out, sizeof out)) > 0)
        peer_send(r, out, len);
}

static inline void peer_take_stun(struct rig *r, const uint8_t *bytes, size_t len)
{
    uint8_t out[LKCAM_STUN_MAX];
    struct lkcam_stun m;
    assert_int_equal(lkcam_stun_read(bytes, len, &m), 0);
    if (m.type != LKCAM_STUN_BINDING_REQUEST)
        return;
    assert_int_equal(lkcam_stun_verify(bytes, len, &m, PEER_PWD), 0);
    if (!r->checks++)
        r->first_check = m;
    if (r->deaf)
        return;
    struct lkcam_stun yes = {
        .type = LKCAM_STUN_BINDING_SUCCESS, .has_mapped = true, .mapped = r->addr};
    memcpy(yes.tid, m.tid, sizeof yes.tid);
    int n = lkcam_stun_write(out, sizeof out, &yes, PEER_PWD);
    assert_true(n > 0);
    peer_send(r, out, (size_t)n);
}

static inline void peer_take_dtls(struct rig *r, const uint8_t *bytes, size_t len)
{
    struct lkcam_srtp_keys keys;
    const uint32_t ssrcs[] = {r->t.senders[0].stream.ssrc}; // to protect; anything is opened
    r->dtls->ops->input(r->dtls, bytes, len, r->now);
    if (!r->srtp && r->dtls->state == LKCAM_DTLS_READY) {
        assert_int_equal(r->dtls->ops->keys(r->dtls, &keys), 0);
        assert_int_equal(lkcam_srtp_new(&r->srtp, &keys, ssrcs, 1), 0);
    }
    peer_flush_dtls(r);
}

static inline void peer_open_rtp(struct rig *r, struct seen *s)
{
    size_t n;
    assert_int_equal(lkcam_srtp_unprotect(r->srtp, s->plain, &s->plain_len), 0);
    assert_int_equal(lkcam_rtp_read(s->plain, s->plain_len, &s->rtp), 0);
    int at = lkcam_rtp_find_ext(s->plain, &s->rtp, 4, &n);
    s->twcc = at < 0 ? -1 : s->plain[at] << 8 | s->plain[at + 1];
    s->mid = lkcam_rtp_find_ext(s->plain, &s->rtp, 1, &n) >= 0;
}

// @return what it was, opened; valid until `seen` is emptied.
static inline const struct seen *peer_take(struct rig *r, const uint8_t *bytes, size_t len)
{
    assert_in_range(r->count, 0, 1023);
    struct seen *s = &r->seen[r->count++];
    *s = (struct seen){
        .kind = lkcam_demux(bytes, len), .at = r->now, .len = len, .twcc = -1, .plain_len = len};
    memcpy(s->plain, bytes, len);
    if (s->kind == LKCAM_DEMUX_STUN)
        peer_take_stun(r, bytes, len);
    else if (s->kind == LKCAM_DEMUX_DTLS)
        peer_take_dtls(r, bytes, len);
    else if (s->kind == LKCAM_DEMUX_RTP)
        peer_open_rtp(r, s);
    else
        assert_int_equal(lkcam_srtp_unprotect_rtcp(r->srtp, s->plain, &s->plain_len), 0);
    return s;
}

// Everything that may leave now. @return datagrams.
static inline int pull(struct rig *r)
{
    struct lkcam_outgoing out;
    int n = 0;
    while (lkcam_transport_output(&r->t, &out, r->now)) {
        assert_in_range(out.datagram.len, 1, LKCAM_UDP_PAYLOAD_MAX);
        assert_true(lkcam_addr_equal(&out.datagram.to, &r->addr));
        peer_take(r, out.datagram.bytes, out.datagram.len);
        n++;
    }
    return n;
}

static inline int count_kind(const struct rig *r, enum lkcam_demux kind)
{
    int n = 0;
    for (int i = 0; i < r->count; i++)
        n += r->seen[i].kind == kind;
    return n;
}

// Ticks and carries until nothing moves.
static inline void pump(struct rig *r)
{
    lkcam_transport_tick(&r->t, r->now);
    while (pull(r))
        lkcam_transport_tick(&r->t, r->now);
}

static inline void rig_open_with(struct rig *r, uint64_t seed, int senders)
{
    memset(r, 0, sizeof *r);
    r->seed = seed;
    r->rand = seeded(&r->seed);
    r->now = T0;
    assert_int_equal(lkcam_addr_parse(&r->addr, "192.0.2.1", PEER_PORT), 0);
    assert_int_equal(lkcam_transport_init(&r->t, &r->rand, senders, T0, UNIX0), 0);
    assert_int_equal(lkcam_dtls_identity_new(&r->identity, r->fingerprint), 0);
}

static inline void rig_open(struct rig *r, uint64_t seed)
{
    rig_open_with(r, seed, 1);
}

static inline void rig_close(struct rig *r)
{
    if (r->dtls)
        r->dtls->ops->free(r->dtls);
    lkcam_srtp_free(&r->srtp);
    lkcam_dtls_identity_free(&r->identity);
    lkcam_transport_deinit(&r->t);
}

// `media` stands for everything from the m= line on. @return what the transport says to it.
static inline int rig_answer(struct rig *r, const char *setup, const char *media)
{
    char sdp[8192], hex[97] = "";
    for (int i = 0; i < 32; i++)
        sprintf(hex + 3 * i, i < 31 ? "%02X:" : "%02X", r->fingerprint[i]);
    int n =
        snprintf(sdp, sizeof sdp,
                 "v=0\r\na=fingerprint:sha-256 %s\r\na=setup:%s\r\na=ice-ufrag:" PEER_UFRAG
                 "\r\na=ice-pwd:" PEER_PWD "\r\n%sa=candidate:1 1 udp 1 192.0.2.1 %d typ host\r\n",
                 hex, setup, media, PEER_PORT);
    struct lkcam_dtls_config cfg = {.identity = r->identity,
                                    .client = strcmp(setup, "active") == 0};
    memcpy(cfg.peer_fingerprint, r->t.fingerprint, 32);
    assert_int_equal(lkcam_dtls_openssl_new(&r->dtls, &cfg), 0);
    return lkcam_negotiate_answer(&r->t, sdp, (size_t)n, r->now);
}

#define MEDIA_LINES                                                                                \
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:0\r\n" CODEC_LINES RTX_LINES EXT_LINES

// ICE, then DTLS, in no time. `seen` is empty afterwards.
static inline void rig_connect_with(struct rig *r, uint64_t seed, int senders, const char *media)
{
    rig_open_with(r, seed, senders);
    assert_int_equal(rig_answer(r, "active", media), 0);
    pump(r);
    assert_false(r->t.ready);
    r->dtls->ops->tick(r->dtls, r->now);
    peer_flush_dtls(r);
    pump(r);
    assert_true(r->t.ready && r->srtp);
    for (int i = 0; i < senders; i++)
        lkcam_pacer_set(&r->t.senders[i].pacer, 3000000, 30000, r->now);
    r->count = 0;
}

static inline void rig_connect(struct rig *r, uint64_t seed, const char *media)
{
    rig_connect_with(r, seed, 1, media);
}

// Puts one frame of n full packets into a sender's ring. Their payload tells frame and index.
static inline void add_frame_of(struct rig *r, struct lkcam_sender *s, int n)
{
    uint64_t frame = ++r->frame;
    int filled = 0;
    lkcam_stream_begin(&s->stream, frame, r->now, lkcam_transport_ntp(&r->t, r->now));
    for (int i = 0; i < n; i++) {
        struct lkcam_packet *p = lkcam_stream_packet(&s->stream, filled++, i == 0);
        memset(p->bytes + p->payload_at, (int)frame, LKCAM_PAYLOAD_MAX);
        lkcam_put_uint(p->bytes + p->payload_at, frame, 4);
        lkcam_put_uint(p->bytes + p->payload_at + 4, (uint64_t)i, 2);
        lkcam_stream_finish(p, LKCAM_PAYLOAD_MAX, i == n - 1, r->now);
        if (filled < LKCAM_SENDBUF_BATCH && i < n - 1)
            continue;
        lkcam_sender_commit(s, filled);
        filled = 0;
    }
}

static inline void add_frame(struct rig *r, int n)
{
    add_frame_of(r, &r->t.senders[0], n);
}

// RTCP (RFC 3550 s6.4.1 and RFC 4585 s6.1): a header over n 32-bit words that follow it.
static inline size_t rtcp_words(uint8_t *out, int count, int type, const uint32_t *words, int n)
{
    lkcam_put_uint(out, (uint64_t)(0x8000 | count << 8 | type) << 16 | (unsigned)n, 4);
    for (int i = 0; i < n; i++)
        lkcam_put_uint(out + 4 + 4 * i, words[i], 4);
    return 4 + 4 * (size_t)n;
}

static inline void peer_send_rtcp(struct rig *r, const uint8_t *plain, size_t len)
{
    _Alignas(8) uint8_t out[LKCAM_DATAGRAM_MAX];
    memcpy(out, plain, len);
    assert_int_equal(lkcam_srtp_protect_rtcp(r->srtp, out, &len), 0);
    peer_send(r, out, len);
}

static inline void peer_send_words(struct rig *r, int count, int type, const uint32_t *words, int n)
{
    uint8_t plain[512];
    peer_send_rtcp(r, plain, rtcp_words(plain, count, type, words, n));
}

// livekit-server's RTCP names our own SSRC as its sender.
static inline void peer_nack(struct rig *r, uint16_t seq)
{
    const uint32_t words[] = {r->t.senders[0].stream.ssrc, r->t.senders[0].stream.ssrc,
                              (uint32_t)seq << 16};
    peer_send_words(r, LKCAM_RTPFB_NACK, LKCAM_RTCP_RTPFB, words, 3);
}

/** Whether the next frame of a sender, now, has to be a key frame; it is then taken for sent. */
static inline bool rig_takes_key_frame(struct rig *r, int sender)
{
    return lkcam_keyreq_take(&r->t.senders[sender].stream.keyreq, r->now);
}

static inline void peer_pli(struct rig *r, uint32_t ssrc)
{
    const uint32_t words[] = {r->t.senders[0].stream.ssrc, ssrc};
    peer_send_words(r, LKCAM_PSFB_PLI, LKCAM_RTCP_PSFB, words, 2);
}

#endif
