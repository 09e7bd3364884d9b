// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Randomness is injected like time: the publisher gives the kernel's, a simulation a seeded one.
#ifndef LKCAM_BASE_RAND_H
#define LKCAM_BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

struct lkcam_rand {
    void (*fill)(void *ctx, uint8_t *out, size_t len);
    void *ctx;
};

uint32_t lkcam_rand_u32(const struct lkcam_rand *r);
uint64_t lkcam_rand_u64(const struct lkcam_rand *r);

/** len characters of [A-Za-z0-9] and a terminator: an ICE ufrag or password (RFC 8839 s5.4), a cid.
 */
void lkcam_rand_text(const struct lkcam_rand *r, char *out, size_t len);

#endif
