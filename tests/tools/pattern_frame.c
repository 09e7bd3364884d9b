// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// pattern_frame WIDTHxHEIGHT: reads numbers, one a line, and writes the test pattern's pictures of
// these numbers as raw I420 without stamp and clock.
#include <stdio.h>
#include <stdlib.h>

#include "media/source.h"

int main(int argc, char **argv)
{
    int width, height;
    if (argc != 2 || sscanf(argv[1], "%dx%d", &width, &height) != 2 || width < 64 || height < 64 ||
        width > 7680 || height > 7680 || width % 2 || height % 2) {
        fprintf(stderr, "usage: pattern_frame WIDTHxHEIGHT < numbers > frames.i420\n");
        return 2;
    }
    size_t len = lkcam_pixel_bytes(LKCAM_PIXEL_I420, width, height);
    uint8_t *i420 = malloc(len);
    if (!i420)
        return 1;
    for (unsigned long id; scanf("%lu", &id) == 1;) {
        lkcam_pattern_draw(i420, width, height, (uint32_t)id);
        if (fwrite(i420, 1, len, stdout) != len || fflush(stdout))
            return 1;
    }
    free(i420);
    return 0;
}
