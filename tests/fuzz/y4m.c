// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/y4m.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_y4m y;
    if (lkcam_y4m_read_header(data, size, &y) == 0) {
        fuzz_check(y.header_bytes <= size);
        fuzz_check(y.width_px >= 16 && y.width_px <= 7680 && y.width_px % 2 == 0);
        fuzz_check(y.height_px >= 16 && y.height_px <= 7680 && y.height_px % 2 == 0);
        fuzz_check((y.fps_num > 0) == (y.fps_den > 0));
    }
    fuzz_check(lkcam_y4m_read_frame_header(data, size) <= size);
    return 0;
}
