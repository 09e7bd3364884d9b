// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/rtp.h"
#include "fuzz.h"
#include "wire/demux.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_rtp_view v;

    lkcam_demux(data, size);
    if (lkcam_rtp_read(data, size, &v) < 0)
        return 0;
    fuzz_check(v.payload_at + v.payload_len <= size && v.ext_at + v.ext_len <= v.payload_at);
    for (uint8_t id = 1; id < 15; id++) {
        size_t len;
        int at = lkcam_rtp_find_ext(data, &v, id, &len);
        fuzz_check(at < 0 || ((size_t)at > v.ext_at && (size_t)at + len <= v.ext_at + v.ext_len));
    }
    return 0;
}
