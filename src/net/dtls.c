// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The handshake by OpenSSL over a BIO that keeps datagrams apart. Knows no socket and no SRTP
// context; the clock is OpenSSL's own (docs/design/dtls.md).
#include "net/dtls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "net/dtls_bio.h"
#include "net/dtls_identity.h"

// Ours: GCM before CM because it is the faster of the two and its tag the stronger
// (docs/design/srtp.md).
#define PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"

// Ours: a flight that is not answered is repeated after this; doubling from there. RFC 6347
// s4.2.4.1 has 1 s.
#define FIRST_TIMEOUT_US 100000u
#define LAST_TIMEOUT_US 3000000u

// RFC 5764 s4.2
#define EXPORTER "EXTRACTOR-dtls_srtp"

struct dtls {
    struct lkcam_dtls base;
    SSL_CTX *ctx;
    SSL *ssl;
    bool client, begun, verified, stranger;
    uint8_t peer_fingerprint[32];
    struct lkcam_dtls_queue queue;
};

static struct dtls *from(const struct lkcam_dtls *d)
{
    return (struct dtls *)(uintptr_t)d;
}

// OpenSSL's words where it has any: its queue of errors is the thread's, and left empty by every
// call here.
static void fail(struct dtls *d, const char *why)
{
    unsigned long e = ERR_peek_last_error();
    const char *words = e ? ERR_reason_error_string(e) : NULL;
    if (d->stranger)
        words = "the peer's certificate is not the one that its SDP announced";
    snprintf(d->base.reason, sizeof d->base.reason, "%s", words ? words : why);
    d->base.state = LKCAM_DTLS_FAILED;
}

// The certificate is whatever the peer made: no chain, no dates. Who it is was said by the
// fingerprint in its SDP (RFC 8122 s5.1). Refused here, the peer gets an alert, and there are never
// keys.
static int verify(X509_STORE_CTX *store, void *ctx)
{
    struct dtls *d = ctx;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    const X509 *x = X509_STORE_CTX_get0_cert(store);
    d->stranger = !x || !X509_digest(x, EVP_sha256(), digest, &len) ||
                  len != sizeof d->peer_fingerprint ||
                  memcmp(digest, d->peer_fingerprint, len) != 0;
    X509_STORE_CTX_set_error(store, d->stranger ? X509_V_ERR_CERT_REJECTED : X509_V_OK);
    d->verified = !d->stranger;
    return d->verified;
}

static void handshake(struct dtls *d)
{
    int r = SSL_do_handshake(d->ssl);
    if (r != 1 && SSL_get_error(d->ssl, r) == SSL_ERROR_WANT_READ)
        return;
    if (r != 1)
        fail(d, "handshake broken off");
    else if (!d->verified) // OpenSSL demands one: were it ever not to, there are no keys
        fail(d, "the peer has shown no certificate");
    else if (!SSL_get_selected_srtp_profile(d->ssl))
        fail(d, "no SRTP profile in common");
    else
        d->base.state = LKCAM_DTLS_READY;
}

// After the handshake nothing but a repeated last flight, or an alert, is of interest: SSL_read
// sees to both. The peer's application data (a data channel's) has no taker.
static void read_on(struct dtls *d)
{
    uint8_t ignored[LKCAM_DATAGRAM_MAX];
    int r;
    do
        r = SSL_read(d->ssl, ignored, sizeof ignored);
    while (r > 0);
    // OpenSSL 3.0.19 calls a record that it has dropped SSL_ERROR_SYSCALL; newer ones WANT_READ.
    int error = SSL_get_error(d->ssl, r);
    if (error == SSL_ERROR_ZERO_RETURN || error == SSL_ERROR_SSL)
        d->base.state = LKCAM_DTLS_CLOSED;
}

static int input(struct lkcam_dtls *base, const uint8_t *bytes, size_t len, lkcam_us now)
{
    struct dtls *d = from(base);
    ERR_clear_error();
    d->queue.in = bytes;
    d->queue.in_len = len;
    if (d->base.state == LKCAM_DTLS_HANDSHAKE)
        handshake(d);
    else if (d->base.state == LKCAM_DTLS_READY)
        read_on(d);
    d->queue.in = NULL;
    ERR_clear_error();
    return d->base.state == LKCAM_DTLS_FAILED ? -EPROTO : 0;
}

static lkcam_us deadline(const struct lkcam_dtls *base, lkcam_us now)
{
    struct dtls *d = from(base);
    struct timeval left;
    if (d->base.state != LKCAM_DTLS_HANDSHAKE)
        return LKCAM_NEVER;
    if (d->client && !d->begun)
        return now;
    // OpenSSL speaks of what is left by its own clock.
    return DTLSv1_get_timeout(d->ssl, &left) ? now + LKCAM_SECONDS(left.tv_sec) + left.tv_usec
                                             : LKCAM_NEVER;
}

static void tick(struct lkcam_dtls *base, lkcam_us now)
{
    struct dtls *d = from(base);
    if (d->base.state != LKCAM_DTLS_HANDSHAKE)
        return;
    ERR_clear_error();
    if (d->client && !d->begun) {
        d->begun = true;
        handshake(d);
    } else if (DTLSv1_handle_timeout(d->ssl) < 0) {
        fail(d, "the peer does not answer");
    }
    ERR_clear_error();
}

static size_t output(struct lkcam_dtls *base, uint8_t *out, size_t cap)
{
    struct dtls *d = from(base);
    if (d->queue.read == d->queue.written)
        return 0;
    unsigned i = d->queue.read++ % LKCAM_DTLS_QUEUE;
    size_t len = d->queue.out[i].len < cap ? d->queue.out[i].len : cap;
    memcpy(out, d->queue.out[i].bytes, len);
    return len;
}

static int keys(const struct lkcam_dtls *base, struct lkcam_srtp_keys *out)
{
    const struct dtls *d = from(base);
    uint8_t material[2 * 30];
    const uint8_t *client, *server;

    if (d->base.state != LKCAM_DTLS_READY && d->base.state != LKCAM_DTLS_CLOSED)
        return -EAGAIN;
    memset(out, 0, sizeof *out);
    out->profile = (enum lkcam_srtp_profile)SSL_get_selected_srtp_profile(d->ssl)->id;
    size_t key = 16, salt = out->profile == LKCAM_SRTP_AEAD_AES_128_GCM ? 12 : 14;
    if (SSL_export_keying_material(d->ssl, material, 2 * (key + salt), EXPORTER, strlen(EXPORTER),
                                   NULL, 0, 0) != 1) {
        ERR_clear_error();
        return -EAGAIN;
    }
    // RFC 5764 s4.2: client key, server key, client salt, server salt.
    client = material;
    server = material + key;
    memcpy(out->send, d->client ? client : server, key);
    memcpy(out->receive, d->client ? server : client, key);
    client = material + 2 * key;
    server = client + salt;
    memcpy(out->send + key, d->client ? client : server, salt);
    memcpy(out->receive + key, d->client ? server : client, salt);
    OPENSSL_cleanse(material, sizeof material);
    return 0;
}

static void free_dtls(struct lkcam_dtls *base)
{
    struct dtls *d = from(base);
    SSL_free(d->ssl);
    SSL_CTX_free(d->ctx);
    free(d);
}

static const struct lkcam_dtls_ops ops = {input, deadline, tick, output, keys, free_dtls};

static unsigned next_timeout(SSL *ssl, unsigned before_us)
{
    unsigned next = before_us ? before_us * 2 : FIRST_TIMEOUT_US;
    return next < LAST_TIMEOUT_US ? next : LAST_TIMEOUT_US;
}

static bool set_context(struct dtls *d, const struct lkcam_dtls_config *cfg)
{
    SSL_CTX_set_verify(d->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(d->ctx, verify, d);
    // A handshake a connection: nothing to resume, so no peer is taken without its certificate.
    SSL_CTX_set_options(d->ctx, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(d->ctx, SSL_SESS_CACHE_OFF);
    return SSL_CTX_set_min_proto_version(d->ctx, DTLS1_2_VERSION) &&
           SSL_CTX_set_max_proto_version(d->ctx, DTLS1_2_VERSION) &&
           SSL_CTX_use_certificate(d->ctx, cfg->identity->certificate) == 1 &&
           SSL_CTX_use_PrivateKey(d->ctx, cfg->identity->key) == 1 &&
           SSL_CTX_set_tlsext_use_srtp(d->ctx, PROFILES) == 0; // 0 is success here
}

static bool open_ssl(struct dtls *d, const struct lkcam_dtls_config *cfg)
{
    d->ctx = SSL_CTX_new(DTLS_method());
    if (!d->ctx || !set_context(d, cfg))
        return false;
    d->ssl = SSL_new(d->ctx);
    BIO *bio = d->ssl ? lkcam_dtls_bio_new(&d->queue) : NULL;
    if (!bio)
        return false;
    SSL_set_bio(d->ssl, bio, bio);
    DTLS_set_link_mtu(d->ssl, LKCAM_DTLS_MTU);
    DTLS_set_timer_cb(d->ssl, next_timeout);
    if (cfg->client)
        SSL_set_connect_state(d->ssl);
    else
        SSL_set_accept_state(d->ssl);
    return true;
}

int lkcam_dtls_openssl_new(struct lkcam_dtls **out, const struct lkcam_dtls_config *cfg)
{
    struct dtls *d = calloc(1, sizeof *d);
    if (!d)
        return -ENOMEM;
    d->base.ops = &ops;
    d->client = cfg->client;
    memcpy(d->peer_fingerprint, cfg->peer_fingerprint, sizeof d->peer_fingerprint);
    ERR_clear_error();
    bool open = open_ssl(d, cfg);
    ERR_clear_error();
    if (!open) {
        free_dtls(&d->base);
        return -ENOMEM;
    }
    *out = &d->base;
    return 0;
}
