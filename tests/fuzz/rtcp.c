// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/rtcp.h"
#include "fuzz.h"
#include "wire/feedback.h"

static void count(void *ctx, uint16_t seq)
{
    (*(int *)ctx)++;
}

static void read_all(const struct lkcam_rtcp_part *part)
{
    struct lkcam_rtcp_report reports[4];
    struct lkcam_fir firs[2];
    struct lkcam_rtcp_rrtr rrtr;
    struct lkcam_rtcp_sr sr;
    uint32_t ssrc;
    int named = 0;

    fuzz_check(lkcam_rtcp_read_reports(part, reports, 4) <= 4);
    fuzz_check(lkcam_fir_read(part, firs, 2) <= 2);
    lkcam_rtcp_read_sr(part, &sr);
    lkcam_rtcp_read_rrtr(part, &rrtr);
    lkcam_pli_read(part, &ssrc);
    int n = lkcam_nack_read(part, &ssrc, count, &named);
    fuzz_check(named == (n < 0 ? 0 : n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_reader r = lkcam_reader_over(data, size);
    struct lkcam_rtcp_part part;

    while (lkcam_rtcp_next(&r, &part) == 1) {
        fuzz_check(part.body >= data && part.body + part.body_len <= data + size);
        read_all(&part);
    }
    return 0;
}
