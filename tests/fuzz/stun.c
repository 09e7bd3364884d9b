// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/stun.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[2048];
    struct lkcam_stun m, again;

    if (lkcam_stun_read(data, size, &m) < 0)
        return 0;
    lkcam_stun_verify(data, size, &m, "VOkJxbRl1RmTxUk/WvJxBt");
    int n = lkcam_stun_write(bytes, sizeof bytes, &m, "password");
    fuzz_check(n > 0 && lkcam_stun_read(bytes, (size_t)n, &again) == 0);
    fuzz_check(lkcam_stun_verify(bytes, (size_t)n, &again, "password") == 0);
    fuzz_check(m.type == again.type && m.role == again.role && m.error_code == again.error_code);
    fuzz_check(m.has_mapped == again.has_mapped &&
               (!m.has_mapped || lkcam_addr_equal(&m.mapped, &again.mapped)));
    fuzz_check(m.username_len == again.username_len);
    return 0;
}
