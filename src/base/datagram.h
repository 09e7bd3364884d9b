// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A datagram on its way out of a machine: bytes in the machine's own memory, valid until its next
// call.
#ifndef LKCAM_BASE_DATAGRAM_H
#define LKCAM_BASE_DATAGRAM_H

#include "base/addr.h"

#define LKCAM_DATAGRAM_MAX 1500

struct lkcam_datagram {
    const uint8_t *bytes;
    size_t len;
    struct lkcam_addr to;
};

#endif
