// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Who we are in one handshake. Knows no connection.
#include "net/dtls_identity.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdlib.h>

// Ours: nobody checks the dates (the fingerprint is what counts); a robot's clock may be wrong by
// decades.
#define VALID_FROM "19700101000000Z"
#define VALID_UNTIL "99991231235959Z" // RFC 5280 s4.1.2.5: no well-defined end

static int fill(X509 *x, EVP_PKEY *key)
{
    uint64_t serial = 0;
    X509_NAME *name = X509_get_subject_name(x);
    if (RAND_bytes((uint8_t *)&serial, sizeof serial) != 1)
        return -EIO;
    // The same words for everybody: a certificate that lives for one connection tells nothing of
    // its maker.
    bool ok = X509_set_version(x, X509_VERSION_3) &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1) &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"WebRTC", -1,
                                         -1, 0) &&
              X509_set_issuer_name(x, name) &&
              ASN1_TIME_set_string(X509_getm_notBefore(x), VALID_FROM) &&
              ASN1_TIME_set_string(X509_getm_notAfter(x), VALID_UNTIL) && X509_set_pubkey(x, key) &&
              X509_sign(x, key, EVP_sha256());
    return ok ? 0 : -ENOMEM;
}

int lkcam_dtls_identity_new(struct lkcam_dtls_identity **out, uint8_t fingerprint[32])
{
    struct lkcam_dtls_identity *id = calloc(1, sizeof *id);
    if (!id)
        return -ENOMEM;
    id->key = EVP_EC_gen("P-256");
    id->certificate = X509_new();
    int err = id->key && id->certificate ? fill(id->certificate, id->key) : -ENOMEM;
    if (!err && !X509_digest(id->certificate, EVP_sha256(), fingerprint, NULL))
        err = -ENOMEM;
    if (err)
        lkcam_dtls_identity_free(&id);
    *out = id;
    return err;
}

void lkcam_dtls_identity_free(struct lkcam_dtls_identity **id)
{
    if (!*id)
        return;
    X509_free((*id)->certificate);
    EVP_PKEY_free((*id)->key);
    free(*id);
    *id = NULL;
}
