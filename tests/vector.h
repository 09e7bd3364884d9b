// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Reads a byte string of tests/vectors, whose .txt tells where it comes from.
#ifndef LKCAM_TESTS_VECTOR_H
#define LKCAM_TESTS_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** LKCAM_VECTORS is the folder, given by the build. @return the length; a missing file ends the
 * test. */
static inline size_t vector_read(const char *name, void *out, size_t cap)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.raw", LKCAM_VECTORS, name);
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    size_t n = fread(out, 1, cap, f);
    fclose(f);
    return n;
}

#endif
