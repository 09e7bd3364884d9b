// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// pattern_frame WIDTHxHEIGHT [stamped]: reads numbers, one a line, and writes the test pattern's
// pictures of these numbers as raw I420 without stamp and clock; or stamped with the number, and
// with its thousandfold for a time.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/source.h"
#include "media/stamp.h"

static void stamp(uint8_t *i420, int width, int height, uint32_t id)
{
    uint8_t *u = i420 + width * height, *v = u + width * height / 4;
    lkcam_stamp_draw(i420, width, u, v, width / 2, width, height, id, (lkcam_us)id * 1000);
}

int main(int argc, char **argv)
{
    int width, height;
    bool stamped = argc == 3 && !strcmp(argv[2], "stamped");
    if (argc != 2 + stamped || sscanf(argv[1], "%dx%d", &width, &height) != 2 || width < 64 ||
        height < 64 || width > 7680 || height > 7680 || width % 2 || height % 2) {
        fprintf(stderr, "usage: pattern_frame WIDTHxHEIGHT [stamped] < numbers > frames.i420\n");
        return 2;
    }
    size_t len = lkcam_pixel_bytes(LKCAM_PIXEL_I420, width, height);
    uint8_t *i420 = malloc(len);
    if (!i420)
        return 1;
    for (unsigned long id; scanf("%lu", &id) == 1;) {
        lkcam_pattern_draw(i420, width, height, (uint32_t)id);
        if (stamped)
            stamp(i420, width, height, (uint32_t)id);
        if (fwrite(i420, 1, len, stdout) != len || fflush(stdout))
            return 1;
    }
    free(i420);
    return 0;
}
