// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// STUN messages (RFC 8489) with the attributes of ICE (RFC 8445 s7.1).
#ifndef LKCAM_WIRE_STUN_H
#define LKCAM_WIRE_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

enum lkcam_stun_type {
    LKCAM_STUN_BINDING_REQUEST = 0x0001,
    LKCAM_STUN_BINDING_INDICATION = 0x0011,
    LKCAM_STUN_BINDING_SUCCESS = 0x0101,
    LKCAM_STUN_BINDING_ERROR = 0x0111,
};

enum lkcam_stun_role { LKCAM_STUN_NO_ROLE, LKCAM_STUN_CONTROLLING, LKCAM_STUN_CONTROLLED };

#define LKCAM_STUN_TID 12
#define LKCAM_STUN_MAX 548 // RFC 8489 s6.1: without path MTU knowledge, IPv4 576 bytes

struct lkcam_stun {
    uint16_t type;
    uint8_t tid[LKCAM_STUN_TID];
    const char *username; // borrowed from the message when read; NULL: absent
    size_t username_len;
    uint32_t priority; // 0: absent
    enum lkcam_stun_role role;
    uint64_t tie_breaker;
    bool use_candidate;
    bool has_mapped;
    struct lkcam_addr mapped; // XOR-MAPPED-ADDRESS
    uint16_t error_code;      // 0: absent
    /* private: set by reading */
    size_t integrity_at; // offset of MESSAGE-INTEGRITY, 0: absent
    bool has_fingerprint;
};

/**
 * Read a message; a FINGERPRINT that is there must be right; unknown comprehension-optional
 * attributes are passed over. @return 0, -EBADMSG, or -ENOTSUP for an unknown
 * comprehension-required attribute.
 */
int lkcam_stun_read(const uint8_t *bytes, size_t len, struct lkcam_stun *out);

/** MESSAGE-INTEGRITY with a short-term password. @return 0, or -EACCES where absent or wrong. */
int lkcam_stun_verify(const uint8_t *bytes, size_t len, const struct lkcam_stun *m,
                      const char *password);

/** Write a message, with MESSAGE-INTEGRITY where `password` is not NULL, and FINGERPRINT. @return
 * its length or -ENOSPC. */
int lkcam_stun_write(uint8_t *out, size_t cap, const struct lkcam_stun *m, const char *password);

#endif
