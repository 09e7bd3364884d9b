// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Writes the publisher's offer. Knows livekit-server's wants, and nothing of what is agreed upon.
#include "wire/sdp.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/** Text that grows line by line; what does not fit sets `full` and is left out. */
struct text_out {
    char *p;
    size_t cap, len;
    bool full;
};

static void put(struct text_out *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text_out *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = t->full ? 0 : vsnprintf(t->p + t->len, t->cap - t->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= t->cap - t->len)
        t->full = true;
    else
        t->len += (size_t)n;
}

static void put_session(struct text_out *t, const struct lkcam_sdp_offer *o)
{
    put(t, "v=0\r\no=- %llu %llu IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE",
        (unsigned long long)o->session_id, (unsigned long long)o->session_version);
    for (int i = 0; i < o->track_count; i++)
        put(t, " %s", o->tracks[i].mid);
    put(t, "\r\na=msid-semantic: WMS *\r\n");
}

static void put_transport(struct text_out *t, const struct lkcam_sdp_offer *o)
{
    static const char *const setups[] = {"actpass", "active", "passive"};

    put(t, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=ice-options:trickle\r\n", o->ufrag, o->pwd);
    put(t, "a=fingerprint:sha-256 ");
    for (size_t i = 0; i < sizeof o->fingerprint; i++)
        put(t, i ? ":%02X" : "%02X", o->fingerprint[i]);
    put(t, "\r\na=setup:%s\r\n", setups[o->setup]);
}

static void put_extension(struct text_out *t, uint8_t id, const char *uri)
{
    if (id)
        put(t, "a=extmap:%u %s\r\n", id, uri);
}

// livekit-server matches profile_idc and constraints exactly and ignores the level: 42e01f always.
static void put_codec(struct text_out *t, const struct lkcam_sdp_track *k)
{
    static const char *const feedback[] = {"transport-cc", "ccm fir", "nack", "nack pli"};
    unsigned pt = k->payload_type;

    put(t, "a=rtpmap:%u H264/90000\r\n", pt);
    for (size_t i = 0; i < sizeof feedback / sizeof *feedback; i++)
        put(t, "a=rtcp-fb:%u %s\r\n", pt, feedback[i]);
    put(t, "a=fmtp:%u level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n",
        pt);
    if (k->rtx_ssrc)
        put(t, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", k->rtx_payload_type,
            k->rtx_payload_type, pt);
}

static void put_source(struct text_out *t, uint32_t ssrc, const char *cname,
                       const struct lkcam_sdp_track *k)
{
    put(t, "a=ssrc:%u cname:%s\r\na=ssrc:%u msid:%s %s\r\n", ssrc, cname, ssrc, k->stream, k->cid);
}

// RFC 8839 s5.1: a reflexive or relayed candidate names the address it comes from; ours stays
// hidden in the form that the section has for it. RFC 6544 s4.5: an active candidate's port is 9.
static void put_candidate(struct text_out *t, const struct lkcam_candidate *c, int foundation)
{
    static const char *const types[] = {"host", "srflx", "prflx", "relay"};
    bool active = c->addr.tcp && !c->tcp_passive;
    char ip[LKCAM_ADDR_TEXT];

    lkcam_addr_ip_text(&c->addr, ip);
    put(t, "a=candidate:%d 1 %s %u %s %u typ %s", foundation, c->addr.tcp ? "tcp" : "udp",
        c->priority, ip, active ? 9 : c->addr.port, types[c->type]);
    if (c->type != LKCAM_CANDIDATE_HOST)
        put(t, " raddr %s rport 9", lkcam_addr_is_v4(&c->addr) ? "0.0.0.0" : "::");
    if (c->addr.tcp)
        put(t, " tcptype %s", active ? "active" : "passive");
    put(t, "\r\n");
}

static void put_section(struct text_out *t, const struct lkcam_sdp_offer *o,
                        const struct lkcam_sdp_track *k)
{
    put(t, "m=video 9 UDP/TLS/RTP/SAVPF %u", k->payload_type);
    if (k->rtx_ssrc)
        put(t, " %u", k->rtx_payload_type);
    put(t, "\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n");
    put_transport(t, o);
    put(t, "a=mid:%s\r\n", k->mid);
    put_extension(t, o->ext.mid, LKCAM_RTP_EXT_MID);
    put_extension(t, o->ext.twcc, LKCAM_RTP_EXT_TWCC);
    put_extension(t, o->ext.abs_capture_time, LKCAM_RTP_EXT_ABS_CAPTURE_TIME);
    put(t, "a=sendonly\r\na=msid:%s %s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", k->stream, k->cid);
    put_codec(t, k);
    if (k->rtx_ssrc)
        put(t, "a=ssrc-group:FID %u %u\r\n", k->ssrc, k->rtx_ssrc);
    put_source(t, k->ssrc, o->cname, k);
    if (k->rtx_ssrc)
        put_source(t, k->rtx_ssrc, o->cname, k);
}

int lkcam_sdp_write_offer(char *out, size_t cap, const struct lkcam_sdp_offer *o)
{
    struct text_out t = {.p = out, .cap = cap, .full = cap == 0};

    put_session(&t, o);
    for (int i = 0; i < o->track_count; i++) {
        put_section(&t, o, &o->tracks[i]);
        // RFC 9143 s7.1.3: the bundle's candidates stand in its first section.
        for (int k = 0; i == 0 && k < o->candidate_count; k++)
            put_candidate(&t, &o->candidates[k], k + 1);
    }
    return t.full ? -ENOSPC : (int)t.len;
}
