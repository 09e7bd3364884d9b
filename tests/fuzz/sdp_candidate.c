// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "fuzz.h"
#include "wire/sdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_candidate c;

    if (lkcam_sdp_read_candidate((const char *)data, size, &c) == 0)
        fuzz_check(c.addr.port != 0 && c.addr.tcp == c.tcp_passive &&
                   c.type <= LKCAM_CANDIDATE_RELAY);
    return 0;
}
