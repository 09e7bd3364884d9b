// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "room/negotiate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// What we offer. The answer repeats the numbers that it takes.
#define PAYLOAD_TYPE 96
#define RTX_PAYLOAD_TYPE 97
static const struct lkcam_rtp_ext_ids offered = {.mid = 1, .twcc = 4, .abs_capture_time = 5};

#define HOSTS_MAX 8

// RFC 8445 s5.1.2.1: 2^24 x 126 (host) + 2^8 x local preference + 256 - component.
static uint32_t host_priority(int local)
{
    return 126u << 24 | (uint32_t)(65535 - local) << 8 | 255u;
}

static struct lkcam_sdp_track describe(const struct lkcam_sender *s)
{
    return (struct lkcam_sdp_track){
        .mid = s->stream.mid,
        .stream = "camera",
        .cid = s->cid,
        .ssrc = s->stream.ssrc,
        .rtx_ssrc = s->stream.rtx_ssrc,
        .payload_type = PAYLOAD_TYPE,
        .rtx_payload_type = RTX_PAYLOAD_TYPE,
    };
}

int lkcam_negotiate_offer(const struct lkcam_transport *t, uint64_t session_id,
                          const struct lkcam_addr *hosts, int host_count, char *out, size_t cap)
{
    struct lkcam_candidate candidates[HOSTS_MAX];
    struct lkcam_sdp_track tracks[LKCAM_SDP_TRACKS];
    struct lkcam_sdp_offer offer = {
        .session_id = session_id,
        .ufrag = t->ice.ufrag,
        .pwd = t->ice.pwd,
        .cname = t->cname,
        .setup = LKCAM_SETUP_ACTPASS,
        .ext = offered,
        .tracks = tracks,
        .candidates = candidates,
        .candidate_count = host_count < HOSTS_MAX ? host_count : HOSTS_MAX,
    };
    memcpy(offer.fingerprint, t->fingerprint, sizeof offer.fingerprint);
    for (int i = 0; i < t->sender_count; i++) {
        if (!t->senders[i].left_out)
            tracks[offer.track_count++] = describe(&t->senders[i]);
    }
    for (int i = 0; i < offer.candidate_count; i++)
        candidates[i] = (struct lkcam_candidate){
            .addr = hosts[i], .priority = host_priority(i), .type = LKCAM_CANDIDATE_HOST};
    return lkcam_sdp_write_offer(out, cap, &offer);
}

static int refuse(struct lkcam_transport *t, enum lkcam_reason reason, const char *why)
{
    lkcam_end_set(&t->end, reason, "%s", why);
    t->failed = true;
    return -EPROTO;
}

static const struct lkcam_sdp_section *section_of(const struct lkcam_sdp_answer *a, const char *mid)
{
    for (int i = 0; i < a->section_count; i++)
        if (strcmp(a->sections[i].mid, mid) == 0)
            return &a->sections[i];
    return NULL;
}

static int take_section(struct lkcam_transport *t, struct lkcam_stream *stream,
                        const struct lkcam_sdp_section *s)
{
    if (!s || s->rejected)
        return refuse(t, LKCAM_REASON_SERVER_REFUSED, "the server's answer refuses our video");
    if (!s->h264 || s->payload_type != PAYLOAD_TYPE)
        return refuse(t, LKCAM_REASON_CODEC,
                      "the server's answer does not take H.264 constrained baseline first");
    stream->payload_type = s->payload_type;
    stream->rtx_payload_type = s->rtx && s->nack ? s->rtx_payload_type : 0;
    stream->ext = s->ext;
    return 0;
}

static int take_answer(struct lkcam_transport *t, const struct lkcam_sdp_answer *a, lkcam_us now)
{
    struct lkcam_dtls_config dtls = {.identity = t->identity,
                                     .client = a->setup == LKCAM_SETUP_PASSIVE};
    int err = 0;

    for (int i = 0; i < t->sender_count && !err; i++) {
        struct lkcam_sender *s = &t->senders[i];
        if (!s->left_out)
            err = take_section(t, &s->stream, section_of(a, s->stream.mid));
    }
    if (err)
        return err;
    if (!a->has_fingerprint)
        return refuse(t, LKCAM_REASON_SERVER_REFUSED,
                      "the server's answer has no SHA-256 fingerprint");
    memcpy(dtls.peer_fingerprint, a->fingerprint, sizeof dtls.peer_fingerprint);
    if (lkcam_dtls_openssl_new(&t->dtls, &dtls))
        return refuse(t, LKCAM_REASON_INTERNAL, "DTLS cannot start");
    if (lkcam_ice_set_remote(&t->ice, a->ufrag, a->pwd, now))
        return refuse(t, LKCAM_REASON_SERVER_REFUSED,
                      "the server's answer has ICE credentials that cannot be used");
    for (int i = 0; i < a->candidate_count; i++)
        lkcam_ice_add_remote(&t->ice, &a->candidates[i], now);
    if (a->candidates_end)
        lkcam_ice_end_of_candidates(&t->ice);
    return 0;
}

int lkcam_negotiate_answer(struct lkcam_transport *t, const char *sdp, size_t len, lkcam_us now)
{
    // Some kilobytes, once a connection: too large for our small stacks.
    struct lkcam_sdp_answer *a = malloc(sizeof *a);
    if (!a)
        return refuse(t, LKCAM_REASON_INTERNAL, "out of memory");
    int err = t->dtls ? -EPROTO : lkcam_sdp_read_answer(sdp, len, a);
    err = err ? refuse(t, LKCAM_REASON_SERVER_REFUSED, "the server's answer cannot be read")
              : take_answer(t, a, now);
    free(a);
    return err;
}
