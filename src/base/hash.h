// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Digests and the text codings that go with them. The one home of OpenSSL's digest headers.
#ifndef LKCAM_BASE_HASH_H
#define LKCAM_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

void lkcam_sha1(const void *data, size_t len, uint8_t out[20]);
void lkcam_hmac_sha1(const void *key, size_t key_len, const void *data, size_t len,
                     uint8_t out[20]);
void lkcam_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                       uint8_t out[32]);

/** ITU-T V.42 (the CRC of RFC 8489 s14.7). */
uint32_t lkcam_crc32(const void *data, size_t len);

/** Compares without telling where the difference is. @return 0 where equal. */
int lkcam_memcmp_constant_time(const void *a, const void *b, size_t len);

enum lkcam_base64 { LKCAM_BASE64, LKCAM_BASE64URL, LKCAM_BASE64URL_UNPADDED };

#define LKCAM_BASE64_LEN(n) (((n) + 2) / 3 * 4 + 1) // with the terminator

/** RFC 4648. @return characters written (without the terminator), or -ENOSPC. */
int lkcam_base64_write(enum lkcam_base64 form, const void *data, size_t len, char *out, size_t cap);

/** Reads either alphabet, padded or not. @return bytes written, -EBADMSG or -ENOSPC. */
int lkcam_base64_read(const char *text, size_t len, uint8_t *out, size_t cap);

#endif
