// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/twcc.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_reader r = lkcam_reader_over(data, size);
    struct lkcam_rtcp_part part;
    struct lkcam_twcc message;
    struct lkcam_twcc_packet packet;

    while (lkcam_rtcp_next(&r, &part) == 1) {
        if (lkcam_twcc_read(&part, &message) < 0)
            continue;
        unsigned n = 0;
        for (; lkcam_twcc_next(&message, &packet); n++)
            fuzz_check(packet.seq == (uint16_t)(message.base_seq + n));
        fuzz_check(n == message.packet_count && message.deltas <= message.end);
    }
    return 0;
}
