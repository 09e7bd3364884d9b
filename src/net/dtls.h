// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// DTLS-SRTP (RFC 5764): one handshake, its keys, and nothing after it. OpenSSL reads its own clock
// for retransmissions, so the machine stands behind a table of functions and the simulator gives
// keys instead.
#ifndef LKCAM_NET_DTLS_H
#define LKCAM_NET_DTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "net/srtp.h"

/** A fresh ECDSA P-256 key with a self-signed certificate (RFC 8827 s6.5), for one connection. */
struct lkcam_dtls_identity;

/** @return 0 or -ENOMEM. `fingerprint` is SHA-256 over the certificate (RFC 8122 s5). */
int lkcam_dtls_identity_new(struct lkcam_dtls_identity **out, uint8_t fingerprint[32]);
void lkcam_dtls_identity_free(struct lkcam_dtls_identity **id);

enum lkcam_dtls_state {
    LKCAM_DTLS_HANDSHAKE,
    LKCAM_DTLS_READY,
    LKCAM_DTLS_FAILED,
    LKCAM_DTLS_CLOSED
};

struct lkcam_dtls;

struct lkcam_dtls_ops {
    /** One datagram of the peer. @return 0, or -EPROTO when the handshake has failed (state
     * FAILED). */
    int (*input)(struct lkcam_dtls *d, const uint8_t *bytes, size_t len, lkcam_us now);
    lkcam_us (*deadline)(const struct lkcam_dtls *d, lkcam_us now);
    void (*tick)(struct lkcam_dtls *d, lkcam_us now);
    /** @return bytes of one datagram copied to `out` (cap LKCAM_DATAGRAM_MAX), 0 = no more.
     * Datagrams are never merged or split. */
    size_t (*output)(struct lkcam_dtls *d, uint8_t *out, size_t cap);
    /** After READY: the keys of both directions. @return 0 or -EAGAIN. */
    int (*keys)(const struct lkcam_dtls *d, struct lkcam_srtp_keys *out);
    void (*free)(struct lkcam_dtls *d);
};

struct lkcam_dtls {
    const struct lkcam_dtls_ops *ops;
    enum lkcam_dtls_state state;
    char reason[96]; // why it FAILED, in OpenSSL's words
};

struct lkcam_dtls_config {
    struct lkcam_dtls_identity *identity; // borrowed
    bool client;                          // else we wait for the peer's ClientHello
    uint8_t peer_fingerprint[32]; // the handshake fails when the peer's certificate has another
};

/** @return 0 or -ENOMEM. */
int lkcam_dtls_openssl_new(struct lkcam_dtls **out, const struct lkcam_dtls_config *cfg);

#endif
