// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Datagrams in a byte stream: two bytes of length before each (RFC 4571 s2, RFC 6544 s3).
#ifndef LKCAM_WIRE_FRAMING_H
#define LKCAM_WIRE_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/datagram.h"

#define LKCAM_FRAMING_HEAD 2

/** The reader; all zeros at the beginning of a stream. */
struct lkcam_framing {
    /** The datagram of the last input that returned with `whole`; may be changed in place. */
    _Alignas(8) uint8_t bytes[LKCAM_DATAGRAM_MAX];
    size_t len;
    bool whole;
    uint64_t passed_over; // longer than any datagram that we take
    /* private */
    uint8_t head[LKCAM_FRAMING_HEAD];
    size_t head_got, got;
};

/** Takes bytes up to the end of one datagram and no further. A datagram of length 0 says nothing
 * and is never `whole`.
 * @return how many were taken: 1 to `len`, 0 where `len` is 0. */
size_t lkcam_framing_input(struct lkcam_framing *f, const uint8_t *bytes, size_t len);

/** What stands before a datagram of `len` bytes, up to 65535. */
void lkcam_framing_write_head(uint8_t out[LKCAM_FRAMING_HEAD], size_t len);

#endif
