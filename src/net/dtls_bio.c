// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Between OpenSSL and datagrams in memory. Knows nothing of what is in them.
#include "net/dtls_bio.h"

#include <openssl/bio.h>
#include <pthread.h>
#include <string.h>

static BIO_METHOD *method;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int bio_read(BIO *b, char *out, int cap)
{
    struct lkcam_dtls_queue *q = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    if (!q->in) {
        BIO_set_retry_read(b);
        return -1;
    }
    // What does not fit is lost with its datagram, as on a socket.
    int n = q->in_len < (size_t)cap ? (int)q->in_len : cap;
    memcpy(out, q->in, (size_t)n);
    q->in = NULL;
    return n;
}

// A full queue loses the datagram, as a network does: the handshake repeats its flight.
static int bio_write(BIO *b, const char *bytes, int len)
{
    struct lkcam_dtls_queue *q = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    if (len > 0 && len <= LKCAM_DATAGRAM_MAX && q->written - q->read < LKCAM_DTLS_QUEUE) {
        unsigned i = q->written++ % LKCAM_DTLS_QUEUE;
        memcpy(q->out[i].bytes, bytes, (size_t)len);
        q->out[i].len = (size_t)len;
    }
    return len;
}

static long bio_ctrl(BIO *b, int cmd, long number, void *pointer)
{
    switch (cmd) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return LKCAM_DTLS_MTU;
    default: // the overhead of lower headers too: what we call MTU is the datagram's payload
        return 0;
    }
}

static void make_method(void)
{
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "lkcam datagrams");
    if (method && (!BIO_meth_set_read(method, bio_read) || !BIO_meth_set_write(method, bio_write) ||
                   !BIO_meth_set_ctrl(method, bio_ctrl))) {
        BIO_meth_free(method);
        method = NULL;
    }
}

BIO *lkcam_dtls_bio_new(struct lkcam_dtls_queue *q)
{
    pthread_once(&once, make_method);
    BIO *b = method ? BIO_new(method) : NULL;
    if (b) {
        BIO_set_data(b, q);
        BIO_set_init(b, 1);
    }
    return b;
}
