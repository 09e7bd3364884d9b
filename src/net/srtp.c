// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Two libsrtp sessions, one a direction. Knows no DTLS, no socket, and nothing of the packets but
// their SSRC.
#include "net/srtp.h"

#include <errno.h>
#include <pthread.h>
#include <srtp2/srtp.h>
#include <stdlib.h>
#include <string.h>

// Ours: feedback comes in order or nearly so; the least that RFC 3711 s3.3.2 allows is 64.
#define REPLAY_WINDOW 128

// The index of a packet is guessed from 16 bits: half of them is the largest window of our own
// numbers.
#define SEND_WINDOW 0x7fff

// RFC 3550 s5.1, s6.4: what libsrtp looks at before it knows the length.
#define RTP_HEADER_LEN 12
#define RTCP_HEADER_LEN 8

struct lkcam_srtp {
    srtp_t send, receive;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static srtp_err_status_t initialised;

static int to_errno(srtp_err_status_t s)
{
    switch (s) {
    case srtp_err_status_ok:
        return 0;
    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail:
        return -EACCES;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
        return -EALREADY;
    case srtp_err_status_alloc_fail:
        return -ENOMEM;
    case srtp_err_status_parse_err:
        return -EBADMSG;
    default:
        return -EINVAL;
    }
}

static int set_profile(srtp_policy_t *p, enum lkcam_srtp_profile profile)
{
    switch (profile) {
    case LKCAM_SRTP_AEAD_AES_128_GCM:
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&p->rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&p->rtcp);
        return 0;
    case LKCAM_SRTP_AES128_CM_SHA1_80:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&p->rtp);
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&p->rtcp);
        return 0;
    }
    return -EINVAL;
}

// Never freed: while one context lives, NSS stays open, and the next one costs 0.05 ms instead of
// 0.6.
static srtp_t keeper;

static void initialise(void)
{
    uint8_t key[30] = {0};
    srtp_policy_t p = {.ssrc.type = ssrc_any_inbound, .window_size = REPLAY_WINDOW, .key = key};

    initialised = srtp_init();
    set_profile(&p, LKCAM_SRTP_AEAD_AES_128_GCM);
    if (!initialised && srtp_create(&keeper, &p))
        keeper = NULL;
}

void lkcam_srtp_prepare(void)
{
    pthread_once(&once, initialise);
}

// libsrtp copies keys and policy: nothing of ours is kept.
static int open_receive(struct lkcam_srtp *s, const struct lkcam_srtp_keys *keys)
{
    srtp_policy_t p = {.ssrc.type = ssrc_any_inbound, .window_size = REPLAY_WINDOW};
    uint8_t key[sizeof keys->receive];
    int err = set_profile(&p, keys->profile);
    if (err)
        return err;
    memcpy(key, keys->receive, sizeof key);
    p.key = key;
    err = to_errno(srtp_create(&s->receive, &p));
    explicit_bzero(key, sizeof key);
    return err;
}

// Each SSRC by name, so that nothing is made when its first packet leaves.
static int open_send(struct lkcam_srtp *s, const struct lkcam_srtp_keys *keys,
                     const uint32_t *ssrcs, int count)
{
    uint8_t key[sizeof keys->send];
    memcpy(key, keys->send, sizeof key);
    int err = to_errno(srtp_create(&s->send, NULL));
    for (int i = 0; i < count && !err; i++) {
        srtp_policy_t p = {
            .ssrc = {ssrc_specific, ssrcs[i]}, .window_size = SEND_WINDOW, .key = key};
        err = set_profile(&p, keys->profile);
        if (!err)
            err = to_errno(srtp_add_stream(s->send, &p));
    }
    explicit_bzero(key, sizeof key);
    return err;
}

int lkcam_srtp_new(struct lkcam_srtp **out, const struct lkcam_srtp_keys *keys,
                   const uint32_t *ssrcs, int ssrc_count)
{
    *out = NULL;
    pthread_once(&once, initialise);
    if (initialised)
        return to_errno(initialised);
    struct lkcam_srtp *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    int err = open_receive(s, keys);
    if (!err)
        err = open_send(s, keys, ssrcs, ssrc_count);
    if (err)
        lkcam_srtp_free(&s);
    *out = s;
    return err;
}

void lkcam_srtp_free(struct lkcam_srtp **s)
{
    if (!*s)
        return;
    if ((*s)->send)
        srtp_dealloc((*s)->send);
    if ((*s)->receive)
        srtp_dealloc((*s)->receive);
    free(*s);
    *s = NULL;
}

static int apply(srtp_err_status_t (*f)(srtp_t, void *, int *), srtp_t ctx, uint8_t *packet,
                 size_t *len)
{
    int n = (int)*len;
    int err = to_errno(f(ctx, packet, &n));
    if (!err)
        *len = (size_t)n;
    return err;
}

int lkcam_srtp_protect(struct lkcam_srtp *s, uint8_t *packet, size_t *len)
{
    return apply(srtp_protect, s->send, packet, len);
}

int lkcam_srtp_protect_rtcp(struct lkcam_srtp *s, uint8_t *packet, size_t *len)
{
    return apply(srtp_protect_rtcp, s->send, packet, len);
}

// What is neither forged nor repeated was no packet at all.
static int refusal(int err)
{
    return err == -EINVAL ? -EBADMSG : err;
}

int lkcam_srtp_unprotect(struct lkcam_srtp *s, uint8_t *packet, size_t *len)
{
    return *len < RTP_HEADER_LEN ? -EBADMSG
                                 : refusal(apply(srtp_unprotect, s->receive, packet, len));
}

int lkcam_srtp_unprotect_rtcp(struct lkcam_srtp *s, uint8_t *packet, size_t *len)
{
    return *len < RTCP_HEADER_LEN ? -EBADMSG
                                  : refusal(apply(srtp_unprotect_rtcp, s->receive, packet, len));
}
