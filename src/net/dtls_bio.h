// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A BIO that keeps datagrams apart: one write is one datagram, one read is one datagram.
// OpenSSL 3.0's memory BIO is a stream and would merge them. For net/dtls.c only.
#ifndef LKCAM_NET_DTLS_BIO_H
#define LKCAM_NET_DTLS_BIO_H

#include <openssl/types.h>
#include <stddef.h>
#include <stdint.h>

#include "base/datagram.h"

#define LKCAM_DTLS_MTU                                                                             \
    1200 // Ours: of a datagram's payload; with headers it fits the least link of IPv6, 1,280

#define LKCAM_DTLS_QUEUE                                                                           \
    16 // Ours: a flight is at most 8 datagrams at 1,200 bytes; a second one may wait beside it

struct lkcam_dtls_queue {
    const uint8_t *in; // the datagram under way; NULL: none
    size_t in_len;
    struct {
        size_t len;
        uint8_t bytes[LKCAM_DATAGRAM_MAX];
    } out[LKCAM_DTLS_QUEUE];
    unsigned read, written;
};

/** `q` is borrowed for the life of the BIO. @return NULL when memory is out. */
BIO *lkcam_dtls_bio_new(struct lkcam_dtls_queue *q);

#endif
