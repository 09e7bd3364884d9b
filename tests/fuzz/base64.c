// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/hash.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[256], again[256];
    char text[LKCAM_BASE64_LEN(sizeof bytes)];

    int n = lkcam_base64_read((const char *)data, size, bytes, sizeof bytes);
    if (n < 0)
        return 0;
    int len = lkcam_base64_write(LKCAM_BASE64URL_UNPADDED, bytes, (size_t)n, text, sizeof text);
    fuzz_check(len >= 0);
    fuzz_check(lkcam_base64_read(text, (size_t)len, again, sizeof again) == n);
    fuzz_check(n == 0 || memcmp(bytes, again, (size_t)n) == 0);
    return 0;
}
