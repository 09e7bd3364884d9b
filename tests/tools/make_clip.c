// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// make_clip KIND WIDTHxHEIGHT FRAMES SEED FORMAT OUTPUT: writes one of the seeded clips (clips.h)
// as a file.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/convert.h"
#include "tools/clips.h"

static bool write_frame(FILE *out, const char *format, const uint8_t *i420, uint8_t *yuyv,
                        int width, int height)
{
    if (!strcmp(format, "yuyv")) {
        lkcam_convert_from_i420(i420, width, height, LKCAM_PIXEL_YUYV, yuyv);
        size_t len = lkcam_pixel_bytes(LKCAM_PIXEL_YUYV, width, height);
        return fwrite(yuyv, 1, len, out) == len;
    }
    size_t len = lkcam_pixel_bytes(LKCAM_PIXEL_I420, width, height);
    return fputs("FRAME\n", out) >= 0 && fwrite(i420, 1, len, out) == len;
}

static bool write_clip(FILE *out, const struct clip *clip, const char *format, int width,
                       int height, int frames)
{
    uint8_t *i420 = malloc(lkcam_pixel_bytes(LKCAM_PIXEL_I420, width, height));
    uint8_t *yuyv = malloc(lkcam_pixel_bytes(LKCAM_PIXEL_YUYV, width, height));
    bool good = i420 && yuyv;
    if (good && !strcmp(format, "y4m"))
        fprintf(out, "YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420jpeg\n", width, height);
    for (int i = 0; good && i < frames; i++) {
        clip_draw(clip, (uint32_t)i, i420);
        good = write_frame(out, format, i420, yuyv, width, height);
    }
    free(i420);
    free(yuyv);
    return good;
}

int main(int argc, char **argv)
{
    int width, height, frames;
    bool good = argc == 7 && clip_kind_from_name(argv[1]) >= 0 &&
                sscanf(argv[2], "%dx%d", &width, &height) == 2 && width >= 64 && height >= 64 &&
                width <= 7680 && height <= 7680 && width % 2 == 0 && height % 2 == 0 &&
                (frames = atoi(argv[3])) > 0 &&
                (!strcmp(argv[5], "y4m") || !strcmp(argv[5], "yuyv"));
    if (!good) {
        fprintf(stderr,
                "usage: make_clip pan|static|lowlight WIDTHxHEIGHT FRAMES SEED y4m|yuyv OUTPUT\n");
        return 2;
    }
    uint32_t seed = (uint32_t)strtoul(argv[4], NULL, 10);
    struct clip *clip = clip_new((enum clip_kind)clip_kind_from_name(argv[1]), width, height, seed);
    FILE *out = fopen(argv[6], "wb");
    good = clip && out && write_clip(out, clip, argv[5], width, height, frames);
    if (out && fclose(out))
        good = false;
    if (!good)
        perror(argv[6]);
    clip_free(clip);
    return !good;
}
