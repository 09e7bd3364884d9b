// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What a fuzz target is: one call on bytes from anywhere. A broken promise traps, in release builds
// too.
#ifndef LKCAM_TESTS_FUZZ_H
#define LKCAM_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_check(int promise)
{
    if (!promise)
        __builtin_trap();
}

#endif
