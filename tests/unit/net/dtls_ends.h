// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Two ends of ours with a bad link between them, and one of ours against a bare OpenSSL client.
#ifndef TESTS_UNIT_NET_DTLS_ENDS_H
#define TESTS_UNIT_NET_DTLS_ENDS_H

#include <openssl/ssl.h>

#include "net/dtls_bio.h"
#include "net/dtls_identity.h"

struct end {
    struct lkcam_dtls_identity *id;
    struct lkcam_dtls *d;
    uint8_t fingerprint[32];
    int last_error; // of input; the first one stays
};

struct link {
    struct end client, server;
    lkcam_us *now, begun, elapsed;
    int carried;          // datagrams, the lost ones too
    size_t longest;       // of them
    int drop, drop_count; // the first lost datagram, -1: none
    int repeat;           // the datagram that comes twice, -1: none
    bool backwards;       // each flight's last datagram first
    uint64_t seed;        // of loss_percent
    unsigned loss_percent;
    struct lkcam_rand noise;
    int noise_count; // datagrams of noise after each true one
};

static void end_open(struct end *e, bool client, const uint8_t peer[32], bool wrong)
{
    struct lkcam_dtls_config cfg = {.identity = e->id, .client = client};
    memcpy(cfg.peer_fingerprint, peer, 32);
    cfg.peer_fingerprint[31] ^= wrong;
    assert_int_equal(lkcam_dtls_openssl_new(&e->d, &cfg), 0);
}

static void link_open_with(struct link *l, lkcam_us *now, bool wrong_at_server,
                           bool wrong_at_client)
{
    *l = (struct link){.now = now, .begun = *now, .drop = -1, .drop_count = 1, .repeat = -1};
    assert_int_equal(lkcam_dtls_identity_new(&l->client.id, l->client.fingerprint), 0);
    assert_int_equal(lkcam_dtls_identity_new(&l->server.id, l->server.fingerprint), 0);
    assert_memory_not_equal(l->client.fingerprint, l->server.fingerprint, 32);
    end_open(&l->client, true, l->server.fingerprint, wrong_at_client);
    end_open(&l->server, false, l->client.fingerprint, wrong_at_server);
}

static void link_open(struct link *l, lkcam_us *now)
{
    link_open_with(l, now, false, false);
}

static void link_close(struct link *l)
{
    struct end *ends[] = {&l->client, &l->server};
    for (int i = 0; i < 2; i++) {
        ends[i]->d->ops->free(ends[i]->d);
        lkcam_dtls_identity_free(&ends[i]->id);
        assert_null(ends[i]->id);
    }
}

static void end_input(struct end *e, const uint8_t *bytes, size_t len, lkcam_us now)
{
    int err = e->d->ops->input(e->d, bytes, len, now);
    if (!e->last_error)
        e->last_error = err;
}

// Bytes that demultiplexing would take for DTLS (RFC 7983): noise, or a record's header and noise.
static void noise_to(struct link *l, struct end *e)
{
    uint8_t bytes[200];
    size_t len = 1 + lkcam_rand_u32(&l->noise) % sizeof bytes;
    l->noise.fill(l->noise.ctx, bytes, len);
    bytes[0] = (uint8_t)(20 + bytes[0] % 44);
    if (len > 13 && bytes[1] % 2) { // of an epoch to come: what it says cannot be read
        static const uint8_t version_epoch[] = {0xfe, 0xfd, 0, 1};
        memcpy(bytes + 1, version_epoch, sizeof version_epoch);
        bytes[0] = (uint8_t)(20 + bytes[0] % 4);
        bytes[11] = 0;
        bytes[12] = (uint8_t)(len - 13);
    }
    end_input(e, bytes, len, *l->now);
}

static void link_noise(struct link *l, int count)
{
    for (int i = 0; i < count; i++)
        noise_to(l, i % 2 ? &l->client : &l->server);
}

static bool is_lost(struct link *l, int n)
{
    struct lkcam_rand r = seeded(&l->seed);
    if (l->loss_percent && lkcam_rand_u32(&r) % 100 < l->loss_percent)
        return true;
    return l->drop >= 0 && n >= l->drop && n < l->drop + l->drop_count;
}

// One flight. @return its datagrams.
static int link_carry(struct link *l, struct end *from, struct end *to)
{
    static uint8_t bytes[LKCAM_DTLS_QUEUE][LKCAM_DATAGRAM_MAX];
    size_t len[LKCAM_DTLS_QUEUE];
    int n = 0;
    while (n < LKCAM_DTLS_QUEUE &&
           (len[n] = from->d->ops->output(from->d, bytes[n], sizeof bytes[n])))
        n++;
    for (int i = 0; i < n; i++) {
        int k = l->backwards ? n - 1 - i : i, number = l->carried++;
        l->longest = len[k] > l->longest ? len[k] : l->longest;
        for (int times = is_lost(l, number) ? 0 : number == l->repeat ? 2 : 1; times; times--)
            end_input(to, bytes[k], len[k], *l->now);
        link_noise(l, l->noise_count);
    }
    return n;
}

static void link_exchange(struct link *l)
{
    l->client.d->ops->tick(l->client.d, *l->now);
    l->server.d->ops->tick(l->server.d, *l->now);
    while (link_carry(l, &l->client, &l->server) + link_carry(l, &l->server, &l->client))
        ;
}

// Until nobody waits for anything; `elapsed` tells how long it took.
static void link_run(struct link *l, lkcam_us at_most)
{
    for (;;) {
        link_exchange(l);
        l->elapsed = *l->now - l->begun;
        lkcam_us next = lkcam_us_min(l->client.d->ops->deadline(l->client.d, *l->now),
                                     l->server.d->ops->deadline(l->server.d, *l->now));
        if (next == LKCAM_NEVER || next > l->begun + at_most)
            return;
        *l->now = next;
    }
}

struct stranger {
    struct lkcam_dtls_identity *id, *ours;
    struct lkcam_dtls *d; // ours, the server
    struct lkcam_dtls_queue queue;
    SSL_CTX *ctx;
    SSL *ssl;
};

static void stranger_open(struct stranger *x, const char *profiles, bool with_certificate)
{
    uint8_t theirs[32], ours[32];
    memset(x, 0, sizeof *x);
    assert_int_equal(lkcam_dtls_identity_new(&x->id, theirs), 0);
    assert_int_equal(lkcam_dtls_identity_new(&x->ours, ours), 0);
    struct lkcam_dtls_config cfg = {.identity = x->ours};
    memcpy(cfg.peer_fingerprint, theirs, 32);
    assert_int_equal(lkcam_dtls_openssl_new(&x->d, &cfg), 0);

    x->ctx = SSL_CTX_new(DTLS_client_method());
    SSL_CTX_set_options(x->ctx, SSL_OP_NO_QUERY_MTU);
    if (with_certificate) {
        SSL_CTX_use_certificate(x->ctx, x->id->certificate);
        SSL_CTX_use_PrivateKey(x->ctx, x->id->key);
    }
    if (profiles)
        assert_int_equal(SSL_CTX_set_tlsext_use_srtp(x->ctx, profiles), 0);
    x->ssl = SSL_new(x->ctx);
    BIO *bio = lkcam_dtls_bio_new(&x->queue);
    SSL_set_bio(x->ssl, bio, bio);
    DTLS_set_link_mtu(x->ssl, LKCAM_DTLS_MTU);
    SSL_set_connect_state(x->ssl);
}

static void stranger_step(struct stranger *x)
{
    uint8_t ignored[64];
    if (SSL_is_init_finished(x->ssl))
        SSL_read(x->ssl, ignored, sizeof ignored);
    else
        SSL_do_handshake(x->ssl);
    ERR_clear_error();
}

static void stranger_run(struct stranger *x, const lkcam_us *now)
{
    bool moved = true;
    stranger_step(x);
    while (moved) {
        uint8_t bytes[LKCAM_DATAGRAM_MAX];
        moved = false;
        for (; x->queue.read != x->queue.written; x->queue.read++, moved = true) {
            unsigned i = x->queue.read % LKCAM_DTLS_QUEUE;
            x->d->ops->input(x->d, x->queue.out[i].bytes, x->queue.out[i].len, *now);
        }
        for (size_t len; (len = x->d->ops->output(x->d, bytes, sizeof bytes)); moved = true) {
            x->queue.in = bytes;
            x->queue.in_len = len;
            stranger_step(x);
            x->queue.in = NULL;
        }
    }
}

static void stranger_close(struct stranger *x)
{
    SSL_free(x->ssl);
    SSL_CTX_free(x->ctx);
    x->d->ops->free(x->d);
    lkcam_dtls_identity_free(&x->id);
    lkcam_dtls_identity_free(&x->ours);
}

#endif
