// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/hash.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

void lkcam_sha1(const void *data, size_t len, uint8_t out[20])
{
    EVP_Digest(data, len, out, NULL, EVP_sha1(), NULL);
}

void lkcam_hmac_sha1(const void *key, size_t key_len, const void *data, size_t len, uint8_t out[20])
{
    HMAC(EVP_sha1(), key, (int)key_len, data, len, out, NULL);
}

void lkcam_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                       uint8_t out[32])
{
    HMAC(EVP_sha256(), key, (int)key_len, data, len, out, NULL);
}

uint32_t lkcam_crc32(const void *data, size_t len)
{
    const uint8_t *p = data;
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320u & -(crc & 1u));
    }
    return ~crc;
}

int lkcam_memcmp_constant_time(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len);
}

int lkcam_base64_write(enum lkcam_base64 form, const void *data, size_t len, char *out, size_t cap)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const char *last2 = form == LKCAM_BASE64 ? "+/" : "-_";
    const uint8_t *p = data;
    size_t n = 0;

    if (cap < LKCAM_BASE64_LEN(len))
        return -ENOSPC;
    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i < 3 ? len - i : 3;
        uint32_t v = (uint32_t)p[i] << 16;
        if (have > 1)
            v |= (uint32_t)p[i + 1] << 8;
        if (have > 2)
            v |= p[i + 2];
        for (size_t k = 0; k < 4; k++) {
            uint32_t six = v >> (18 - 6 * k) & 63;
            if (k <= have)
                out[n++] = six < 62 ? alphabet[six] : last2[six - 62];
            else if (form != LKCAM_BASE64URL_UNPADDED)
                out[n++] = '=';
        }
    }
    out[n] = '\0';
    return (int)n;
}

static int six_bits(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

int lkcam_base64_read(const char *text, size_t len, uint8_t *out, size_t cap)
{
    uint32_t v = 0;
    size_t n = 0, digits = 0;

    while (len && text[len - 1] == '=')
        len--;
    if (len % 4 == 1)
        return -EBADMSG;
    for (size_t i = 0; i < len; i++) {
        int six = six_bits(text[i]);
        if (six < 0)
            return -EBADMSG;
        v = v << 6 | (uint32_t)six;
        if (++digits % 4 == 1)
            continue;
        if (n == cap)
            return -ENOSPC;
        out[n++] = (uint8_t)(v >> (6 - 2 * ((digits - 1) % 4)));
    }
    return (int)n;
}
