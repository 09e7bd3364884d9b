// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Counts bytes; knows nothing of what is in a datagram.
#include "wire/framing.h"

#include <string.h>

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t take_head(struct lkcam_framing *f, const uint8_t *bytes, size_t len)
{
    size_t n = smaller(LKCAM_FRAMING_HEAD - f->head_got, len);
    memcpy(f->head + f->head_got, bytes, n);
    f->head_got += n;
    f->len = (size_t)f->head[0] << 8 | f->head[1];
    return n;
}

// What is too long is counted through to its end, so that the next one is found.
static size_t take_body(struct lkcam_framing *f, const uint8_t *bytes, size_t len)
{
    size_t n = smaller(f->len - f->got, len);
    if (f->len <= sizeof f->bytes && n)
        memcpy(f->bytes + f->got, bytes, n);
    f->got += n;
    return n;
}

size_t lkcam_framing_input(struct lkcam_framing *f, const uint8_t *bytes, size_t len)
{
    size_t taken = 0;

    f->whole = false;
    if (!len)
        return 0;
    if (f->head_got < LKCAM_FRAMING_HEAD)
        taken = take_head(f, bytes, len);
    if (f->head_got < LKCAM_FRAMING_HEAD)
        return taken;
    taken += take_body(f, bytes + taken, len - taken);
    if (f->got < f->len)
        return taken;
    f->whole = f->len && f->len <= sizeof f->bytes;
    f->passed_over += f->len > sizeof f->bytes;
    f->head_got = f->got = 0;
    return taken;
}

void lkcam_framing_write_head(uint8_t out[LKCAM_FRAMING_HEAD], size_t len)
{
    out[0] = (uint8_t)(len >> 8);
    out[1] = (uint8_t)len;
}
