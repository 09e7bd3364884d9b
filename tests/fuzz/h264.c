// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/h264.h"
#include "fuzz.h"

#include <string.h>

// Every payload within the limit, and together they are the NAL again.
static void cut(struct lkcam_nal nal, size_t max)
{
    struct lkcam_h264_cut c;
    uint8_t payload[256];
    bool last = false;
    size_t n, rest = 0;

    lkcam_h264_cut_begin(&c, nal, max);
    while ((n = lkcam_h264_cut_next(&c, payload, &last))) {
        size_t head = nal.len <= max ? 0 : 2, at = nal.len <= max ? 0 : 1 + rest;
        fuzz_check(n > head && n <= max && at + n - head <= nal.len);
        fuzz_check(memcmp(payload + head, nal.p + at, n - head) == 0);
        rest += n - head;
        fuzz_check(last == (at + n - head == nal.len));
    }
    fuzz_check(last && rest == (nal.len <= max ? nal.len : nal.len - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_h264_sps sps;
    struct lkcam_nal nal;
    size_t at = 0;

    lkcam_h264_read_sps(data, size, &sps);
    while (lkcam_h264_next_nal(data, size, &at, &nal)) {
        fuzz_check(nal.len > 0 && nal.p >= data && nal.p + nal.len <= data + at);
        if (lkcam_h264_read_sps(nal.p, nal.len, &sps) == 0)
            fuzz_check(sps.width_px > 0 && sps.height_px > 0);
        cut(nal, 3 + nal.p[nal.len - 1] % 200u);
    }
    return 0;
}
