// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "tools/decode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct decoder *decode_open(const char *h264)
{
    char command[300];
    snprintf(
        command, sizeof command,
        "ffmpeg -nostdin -xerror -loglevel error -f h264 -i '%s' -f rawvideo -pix_fmt yuv420p -",
        h264);
    return (struct decoder *)popen(command, "r");
}

bool decode_frame(struct decoder *d, uint8_t *i420, size_t len)
{
    return fread(i420, 1, len, (FILE *)d) == len;
}

int decode_close(struct decoder *d)
{
    return pclose((FILE *)d);
}

double psnr(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += (uint64_t)((a[i] - b[i]) * (a[i] - b[i]));
    return sum ? 10 * log10(255.0 * 255.0 * (double)len / (double)sum) : 100;
}
