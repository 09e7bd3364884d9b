// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// SRTP once more, straight from RFC 3711 and RFC 7714 over OpenSSL's ciphers, for rollover counter
// 0: what the library under net/srtp.c must agree with. The RFCs' vectors give session keys, which
// no library takes; this does.
#ifndef TESTS_UNIT_NET_SRTP_MODEL_H
#define TESTS_UNIT_NET_SRTP_MODEL_H

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

struct model_keys {
    uint8_t key[16], salt[14], auth[20];
};

// RFC 3711 s4.1.1.
static void model_aes_cm(const uint8_t key[16], const uint8_t iv[16], uint8_t *bytes, int len)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n;
    assert_int_equal(EVP_EncryptInit_ex(c, EVP_aes_128_ctr(), NULL, key, iv), 1);
    assert_int_equal(EVP_EncryptUpdate(c, bytes, &n, bytes, len), 1);
    EVP_CIPHER_CTX_free(c);
}

// RFC 3711 s4.3.1 and s4.3.3: the label stands in byte 7 of the salt; a salt of 12 bytes (RFC 7714
// s11) is padded.
static void model_derive(const uint8_t *master, size_t salt_len, int label, uint8_t *out, int len)
{
    uint8_t iv[16] = {0};
    memcpy(iv, master + 16, salt_len);
    iv[7] ^= (uint8_t)label;
    memset(out, 0, (size_t)len);
    model_aes_cm(master, iv, out, len);
}

// `first_label` is 0 for RTP and 3 for RTCP (RFC 3711 s4.3.2).
static struct model_keys model_session(const uint8_t *master, size_t salt_len, int first_label)
{
    struct model_keys k = {0};
    model_derive(master, salt_len, first_label, k.key, 16);
    model_derive(master, salt_len, first_label + 1, k.auth, 20);
    model_derive(master, salt_len, first_label + 2, k.salt, (int)salt_len);
    return k;
}

// RFC 3711 s4.1.1: (salt << 16) ^ (SSRC << 64) ^ (index << 16). RFC 7714 s8.1, s9.1: without the
// last 16 bits.
static void model_iv(const struct model_keys *k, size_t salt_len, const uint8_t *ssrc,
                     uint32_t index, uint8_t iv[16])
{
    size_t at = salt_len == 14 ? 4 : 2; // of the SSRC; the index follows in the last 32 of 48 bits
    memset(iv, 0, 16);
    memcpy(iv, k->salt, salt_len);
    for (size_t i = 0; i < 4; i++) {
        iv[at + i] ^= ssrc[i];
        iv[at + 6 + i] ^= (uint8_t)(index >> (24 - 8 * i));
    }
}

// Encrypts from `from` on; the tag goes behind the packet. The additional data is the header, then
// `trailer` if any.
static size_t model_gcm(const struct model_keys *k, const uint8_t iv[16], uint8_t *packet,
                        size_t len, size_t from, const uint8_t *trailer)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n;
    assert_int_equal(EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, k->key, iv), 1);
    assert_int_equal(EVP_EncryptUpdate(c, NULL, &n, packet, (int)from), 1);
    if (trailer)
        assert_int_equal(EVP_EncryptUpdate(c, NULL, &n, trailer, 4), 1);
    assert_int_equal(EVP_EncryptUpdate(c, packet + from, &n, packet + from, (int)(len - from)), 1);
    assert_int_equal(EVP_EncryptFinal_ex(c, packet + len, &n), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, packet + len), 1);
    EVP_CIPHER_CTX_free(c);
    return len + 16;
}

// RFC 3711 s4.2.1: over the packet and `extra` (the rollover counter of an RTP packet), 80 bits of
// it.
static void model_hmac(const struct model_keys *k, const uint8_t *packet, size_t len, size_t extra,
                       uint8_t tag[10])
{
    uint8_t m[2048] = {0}, digest[20];
    memcpy(m, packet, len);
    HMAC(EVP_sha1(), k->auth, 20, m, len + extra, digest, NULL);
    memcpy(tag, digest, 10);
}

/** One RTP packet with a header of 12 bytes. @return its new length. */
static size_t model_rtp(const struct model_keys *k, bool gcm, uint8_t *packet, size_t len)
{
    uint8_t iv[16];
    uint32_t number = (uint32_t)packet[2] << 8 | packet[3];
    if (gcm) { // RFC 7714 s8.1: ROC and sequence number end the IV
        model_iv(k, 12, packet + 8, number, iv);
        return model_gcm(k, iv, packet, len, 12, NULL);
    }
    model_iv(k, 14, packet + 8, number, iv);
    model_aes_cm(k->key, iv, packet + 12, (int)len - 12);
    model_hmac(k, packet, len, 4, packet + len);
    return len + 10;
}

/** One compound RTCP packet (RFC 3711 s3.4, RFC 7714 s9). @return its new length. */
static size_t model_rtcp(const struct model_keys *k, bool gcm, uint8_t *packet, size_t len,
                         uint32_t index)
{
    uint8_t iv[16], trailer[4] = {0x80 | (uint8_t)(index >> 24), (uint8_t)(index >> 16),
                                  (uint8_t)(index >> 8), (uint8_t)index};
    model_iv(k, gcm ? 12 : 14, packet + 4, index, iv);
    if (gcm) {
        len = model_gcm(k, iv, packet, len, 8, trailer);
        memcpy(packet + len, trailer, 4);
        return len + 4;
    }
    model_aes_cm(k->key, iv, packet + 8, (int)len - 8);
    memcpy(packet + len, trailer, 4);
    model_hmac(k, packet, len + 4, 0, packet + len + 4);
    return len + 14;
}

#endif
