// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/ca.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// @return 0 or errno.
static int read_whole(struct lkcam_ca *out, FILE *f)
{
    size_t cap = 0, n;
    do {
        cap = cap ? 2 * cap : 16384;
        char *more = realloc(out->pem, cap);
        if (!more)
            return ENOMEM;
        out->pem = more;
        errno = 0;
        n = fread(out->pem + out->len, 1, cap - out->len, f);
        out->len += n;
        if (ferror(f))
            return errno ? errno : EIO;
    } while (out->len == cap && cap <= LKCAM_CA_BYTES_MAX);
    return out->len > LKCAM_CA_BYTES_MAX ? EFBIG : 0;
}

// @return the certificates read; `broken` when what follows them is one that is none.
static int count(const struct lkcam_ca *ca, bool *broken)
{
    int found = 0;
    X509 *certificate;
    BIO *bio = BIO_new_mem_buf(ca->pem, (int)ca->len);
    if (!bio)
        return 0;
    ERR_clear_error();
    while ((certificate = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL))) {
        X509_free(certificate);
        found++;
    }
    unsigned long error = ERR_peek_last_error();
    *broken = ERR_GET_LIB(error) != ERR_LIB_PEM || ERR_GET_REASON(error) != PEM_R_NO_START_LINE;
    ERR_clear_error();
    BIO_free(bio);
    return found;
}

int lkcam_ca_read(struct lkcam_ca *out, const char *path, char *why, size_t why_len)
{
    bool broken = false;

    *out = (struct lkcam_ca){0};
    FILE *f = fopen(path, "re");
    int err = f ? read_whole(out, f) : errno;
    if (f)
        fclose(f);
    if (err) {
        snprintf(why, why_len, "cannot read the CA file %s: %s", path, strerror(err));
        lkcam_ca_free(out);
        return err == ENOMEM ? -ENOMEM : -EINVAL;
    }
    int found = count(out, &broken);
    if (found && !broken)
        return 0;
    if (broken)
        snprintf(why, why_len, "certificate %d of the CA file %s is damaged: copy the file again",
                 found + 1, path);
    else
        snprintf(why, why_len,
                 "the CA file %s holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); "
                 "'openssl x509 -inform DER' converts a binary one",
                 path);
    lkcam_ca_free(out);
    return -EINVAL;
}

void lkcam_ca_free(struct lkcam_ca *ca)
{
    free(ca->pem);
    *ca = (struct lkcam_ca){0};
}
