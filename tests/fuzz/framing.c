// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A stream, given whole and in pieces of which the first byte tells the length: both find the same.
#include "wire/framing.h"

#include <string.h>

#include "fuzz.h"

struct sum {
    uint32_t datagrams, bytes;
    uint64_t passed_over;
};

static struct sum read_in_pieces(const uint8_t *data, size_t size, size_t piece)
{
    struct lkcam_framing f = {.len = 0};
    struct sum s = {0, 0, 0};
    for (size_t at = 0; at < size;) {
        size_t len = size - at < piece ? size - at : piece;
        size_t n = lkcam_framing_input(&f, data + at, len);
        fuzz_check(n >= 1 && n <= len);
        at += n;
        if (!f.whole)
            continue;
        fuzz_check(f.len >= 1 && f.len <= LKCAM_DATAGRAM_MAX);
        s.datagrams++;
        for (size_t i = 0; i < f.len; i++)
            s.bytes = s.bytes * 31 + f.bytes[i];
        memset(f.bytes, 0xee, f.len);
    }
    s.passed_over = f.passed_over;
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct sum whole = read_in_pieces(data + 1, size - 1, size),
               cut = read_in_pieces(data + 1, size - 1, 1u + data[0]);
    fuzz_check(whole.datagrams == cut.datagrams && whole.bytes == cut.bytes);
    fuzz_check(whole.passed_over == cut.passed_over);
    return 0;
}
