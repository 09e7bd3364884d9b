// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One STUN message at a time. Knows no transaction, no retransmission and no candidate pair.
#include "wire/stun.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"

#define HEADER_LEN 20
#define COOKIE 0x2112a442u
#define INTEGRITY_LEN 20            // RFC 8489 s14.5: HMAC-SHA1
#define FINGERPRINT_XOR 0x5354554eu // RFC 8489 s14.7
#define READ_MAX 1500               // Ours: no datagram that reaches us is longer

// RFC 8489 s18.3, RFC 8445 s16.1.
enum attribute {
    MAPPED_ADDRESS = 0x0001,
    USERNAME = 0x0006,
    MESSAGE_INTEGRITY = 0x0008,
    ERROR_CODE = 0x0009,
    UNKNOWN_ATTRIBUTES = 0x000a,
    REALM = 0x0014,
    NONCE = 0x0015,
    MESSAGE_INTEGRITY_SHA256 = 0x001c,
    XOR_MAPPED_ADDRESS = 0x0020,
    PRIORITY = 0x0024,
    USE_CANDIDATE = 0x0025,
    FINGERPRINT = 0x8028,
    ICE_CONTROLLED = 0x8029,
    ICE_CONTROLLING = 0x802a,
};

// RFC 8489 s14.2: port and address are masked by the cookie, an IPv6 address by
// the transaction too.
static void mask_address(struct lkcam_addr *a, const uint8_t tid[LKCAM_STUN_TID])
{
    uint8_t mask[16];
    lkcam_put_uint(mask, COOKIE, 4);
    memcpy(mask + 4, tid, LKCAM_STUN_TID);
    size_t n = lkcam_addr_is_v4(a) ? 4 : 16;
    for (size_t i = 0; i < n; i++)
        a->ip[16 - n + i] ^= mask[i];
    a->port ^= (uint16_t)(COOKIE >> 16);
}

static void read_mapped(struct lkcam_reader *v, struct lkcam_stun *out)
{
    lkcam_read_u8(v);
    uint8_t family = lkcam_read_u8(v);
    size_t n = family == 1 ? 4 : 16;
    uint16_t port = lkcam_read_u16(v);
    const uint8_t *ip = lkcam_read_bytes(v, n);

    if (!ip || (family != 1 && family != 2)) {
        v->bad = true;
        return;
    }
    lkcam_addr_parse(&out->mapped, "0.0.0.0", port);
    memcpy(out->mapped.ip + 16 - n, ip, n);
    mask_address(&out->mapped, out->tid);
    out->has_mapped = true;
}

// RFC 8489 s14.8: hundreds and rest apart.
static void read_error(struct lkcam_reader *v, struct lkcam_stun *out)
{
    lkcam_read_u16(v);
    unsigned hundreds = lkcam_read_u8(v) & 7u, rest = lkcam_read_u8(v);
    if (hundreds < 3 || hundreds > 6 || rest > 99)
        v->bad = true;
    out->error_code = (uint16_t)(hundreds * 100 + rest);
}

static void read_role(struct lkcam_reader *v, enum lkcam_stun_role role, struct lkcam_stun *out)
{
    out->role = role;
    out->tie_breaker = lkcam_read_u64(v);
}

// @return 0, or -ENOTSUP for what must be understood and is not.
static int read_attribute(uint16_t type, struct lkcam_reader *v, struct lkcam_stun *out)
{
    switch (type) {
    case USERNAME:
        out->username_len = lkcam_read_left(v);
        out->username = (const char *)v->p;
        return 0;
    case PRIORITY:
        out->priority = lkcam_read_u32(v);
        return 0;
    case USE_CANDIDATE:
        out->use_candidate = true;
        return 0;
    case ICE_CONTROLLED:
        read_role(v, LKCAM_STUN_CONTROLLED, out);
        return 0;
    case ICE_CONTROLLING:
        read_role(v, LKCAM_STUN_CONTROLLING, out);
        return 0;
    case XOR_MAPPED_ADDRESS:
        read_mapped(v, out);
        return 0;
    case ERROR_CODE:
        read_error(v, out);
        return 0;
    case MAPPED_ADDRESS:
    case UNKNOWN_ATTRIBUTES:
    case REALM:
    case NONCE:
    case MESSAGE_INTEGRITY_SHA256:
        return 0; // understood, of no use to us
    default:
        return type < 0x8000 ? -ENOTSUP : 0;
    }
}

// RFC 8489 s14.7: over everything before it; it is the last attribute.
static bool fingerprint_is_right(const uint8_t *bytes, const struct lkcam_reader *v,
                                 const uint8_t *end)
{
    struct lkcam_reader r = *v;
    size_t before = (size_t)(v->p - bytes) - 4;
    uint32_t crc = lkcam_read_u32(&r);
    return !r.bad && r.p == end && crc == (lkcam_crc32(bytes, before) ^ FINGERPRINT_XOR);
}

static int read_attributes(const uint8_t *bytes, struct lkcam_reader *r, struct lkcam_stun *out)
{
    int unknown = 0;

    while (!r->bad && lkcam_read_left(r)) {
        size_t at = (size_t)(r->p - bytes);
        uint16_t type = lkcam_read_u16(r);
        size_t len = lkcam_read_u16(r);
        const uint8_t *value = lkcam_read_bytes(r, len);
        lkcam_read_bytes(r, -len & 3);
        if (r->bad)
            break;
        struct lkcam_reader v = lkcam_reader_over(value, len);
        if (type == FINGERPRINT) {
            out->has_fingerprint = true;
            v.bad = !fingerprint_is_right(bytes, &v, r->end);
        } else if (out->integrity_at) {
            continue; // RFC 8489 s14.5: what follows the integrity is not protected by it
        } else if (type == MESSAGE_INTEGRITY) {
            out->integrity_at = at;
            v.bad = len != INTEGRITY_LEN;
        } else if (read_attribute(type, &v, out) < 0) {
            unknown = -ENOTSUP;
        }
        r->bad = v.bad;
    }
    return r->bad ? -EBADMSG : unknown;
}

int lkcam_stun_read(const uint8_t *bytes, size_t len, struct lkcam_stun *out)
{
    struct lkcam_reader r = lkcam_reader_over(bytes, len);

    *out = (struct lkcam_stun){.type = lkcam_read_u16(&r)};
    size_t body_len = lkcam_read_u16(&r);
    uint32_t cookie = lkcam_read_u32(&r);
    const uint8_t *tid = lkcam_read_bytes(&r, LKCAM_STUN_TID);
    if (r.bad || out->type >> 14 || cookie != COOKIE || body_len % 4 ||
        body_len != lkcam_read_left(&r) || len > READ_MAX)
        return -EBADMSG;
    memcpy(out->tid, tid, LKCAM_STUN_TID);
    return read_attributes(bytes, &r, out);
}

// RFC 8489 s14.5: over what stands before the attribute, the header's length as if the message
// ended with it. `bytes` is changed by that length only.
static void integrity(uint8_t *bytes, size_t integrity_at, const char *password,
                      uint8_t out[INTEGRITY_LEN])
{
    lkcam_put_uint(bytes + 2, integrity_at + 4 + INTEGRITY_LEN - HEADER_LEN, 2);
    lkcam_hmac_sha1(password, strlen(password), bytes, integrity_at, out);
}

int lkcam_stun_verify(const uint8_t *bytes, size_t len, const struct lkcam_stun *m,
                      const char *password)
{
    uint8_t copy[READ_MAX], expected[INTEGRITY_LEN];

    if (m->integrity_at == 0)
        return -EACCES;
    assert(len <= sizeof copy && m->integrity_at + 4 + INTEGRITY_LEN <= len);
    memcpy(copy, bytes, m->integrity_at);
    integrity(copy, m->integrity_at, password, expected);
    const uint8_t *told = bytes + m->integrity_at + 4;
    return lkcam_memcmp_constant_time(told, expected, INTEGRITY_LEN) ? -EACCES : 0;
}

static void write_attribute(struct lkcam_writer *w, enum attribute type, const void *value,
                            size_t len)
{
    lkcam_write_u16(w, (uint16_t)type);
    lkcam_write_u16(w, (uint16_t)len);
    lkcam_write_bytes(w, value, len);
    lkcam_write_uint(w, 0, -len & 3);
}

static void write_number(struct lkcam_writer *w, enum attribute type, uint64_t value, size_t len)
{
    uint8_t bytes[8];
    lkcam_put_uint(bytes, value, len);
    write_attribute(w, type, bytes, len);
}

static void write_mapped(struct lkcam_writer *w, const struct lkcam_stun *m)
{
    struct lkcam_addr a = m->mapped;
    size_t n = lkcam_addr_is_v4(&a) ? 4 : 16;
    uint8_t value[20] = {0, n == 4 ? 1 : 2};

    mask_address(&a, m->tid);
    lkcam_put_uint(value + 2, a.port, 2);
    memcpy(value + 4, a.ip + 16 - n, n);
    write_attribute(w, XOR_MAPPED_ADDRESS, value, 4 + n);
}

static void write_attributes(struct lkcam_writer *w, const struct lkcam_stun *m)
{
    if (m->error_code)
        write_number(w, ERROR_CODE, (uint64_t)(m->error_code / 100) << 8 | m->error_code % 100, 4);
    if (m->username)
        write_attribute(w, USERNAME, m->username, m->username_len);
    if (m->has_mapped)
        write_mapped(w, m);
    if (m->priority)
        write_number(w, PRIORITY, m->priority, 4);
    if (m->role != LKCAM_STUN_NO_ROLE)
        write_number(w, m->role == LKCAM_STUN_CONTROLLING ? ICE_CONTROLLING : ICE_CONTROLLED,
                     m->tie_breaker, 8);
    if (m->use_candidate)
        write_attribute(w, USE_CANDIDATE, "", 0);
}

int lkcam_stun_write(uint8_t *out, size_t cap, const struct lkcam_stun *m, const char *password)
{
    struct lkcam_writer w = lkcam_writer_over(out, cap);
    uint8_t digest[INTEGRITY_LEN];

    lkcam_write_u16(&w, m->type);
    lkcam_write_u16(&w, 0);
    lkcam_write_u32(&w, COOKIE);
    lkcam_write_bytes(&w, m->tid, LKCAM_STUN_TID);
    write_attributes(&w, m);
    if (password && !w.bad) {
        integrity(out, lkcam_written(&w), password, digest);
        write_attribute(&w, MESSAGE_INTEGRITY, digest, INTEGRITY_LEN);
    }
    size_t before = lkcam_written(&w);
    write_number(&w, FINGERPRINT, 0, 4);
    if (w.bad)
        return -ENOSPC;
    lkcam_put_uint(out + 2, lkcam_written(&w) - HEADER_LEN, 2);
    lkcam_put_uint(out + before + 4, lkcam_crc32(out, before) ^ FINGERPRINT_XOR, 4);
    return (int)lkcam_written(&w);
}
