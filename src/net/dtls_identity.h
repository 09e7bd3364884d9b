// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A key and its self-signed certificate, as OpenSSL holds them. For net/dtls.c only.
#ifndef LKCAM_NET_DTLS_IDENTITY_H
#define LKCAM_NET_DTLS_IDENTITY_H

#include <openssl/types.h>

#include "net/dtls.h"

struct lkcam_dtls_identity {
    EVP_PKEY *key;
    X509 *certificate;
};

#endif
