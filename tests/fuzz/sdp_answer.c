// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "fuzz.h"
#include "wire/sdp.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_sdp_answer a;

    if (lkcam_sdp_read_answer((const char *)data, size, &a) < 0)
        return 0;
    fuzz_check(a.section_count > 0 && a.section_count <= LKCAM_SDP_TRACKS);
    fuzz_check(a.candidate_count >= 0 && a.candidate_count <= LKCAM_SDP_CANDIDATES);
    fuzz_check(strnlen(a.ufrag, sizeof a.ufrag) < sizeof a.ufrag &&
               strnlen(a.pwd, sizeof a.pwd) < sizeof a.pwd);
    for (int i = 0; i < a.section_count; i++)
        fuzz_check(a.sections[i].payload_type < 128 &&
                   memchr(a.sections[i].mid, 0, sizeof a.sections[i].mid));
    return 0;
}
