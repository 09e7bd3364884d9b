// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/rand.h"

uint32_t lkcam_rand_u32(const struct lkcam_rand *r)
{
    return (uint32_t)lkcam_rand_u64(r);
}

uint64_t lkcam_rand_u64(const struct lkcam_rand *r)
{
    uint8_t b[8];
    uint64_t v = 0;
    r->fill(r->ctx, b, sizeof b);
    for (size_t i = 0; i < sizeof b; i++)
        v = v << 8 | b[i];
    return v;
}

void lkcam_rand_text(const struct lkcam_rand *r, char *out, size_t len)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (size_t i = 0; i < len; i++)
        out[i] = alphabet[lkcam_rand_u64(r) % (sizeof alphabet - 1)];
    out[len] = '\0';
}
