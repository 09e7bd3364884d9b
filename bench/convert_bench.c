// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// convert_bench [FRAMES]: what YUYV costs on its way through x264, as NV12 and as I420, and how
// soon the first slice is there with one thread and two; then what the conversion from each format
// costs, on both paths. All ways take turns on each frame, so that whatever else the machine does
// hits all alike. Prints medians; docs/design/convert.md has a run.
#include <libyuv.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "media/convert.h"
#include "media/encoder.h"
#include "timing.h"
#include "tools/clips.h"

enum { FRAMES_MAX = 1000, RATE_BPS = 3000000 };

struct way {
    const char *name;
    enum lkcam_pixel_format input;
    int threads, slices;
    struct lkcam_encoder *encoder;
    double convert_ms[FRAMES_MAX], first_ms[FRAMES_MAX], total_ms[FRAMES_MAX];
};

static double now_ms(void)
{
    return bench_clock_ms(CLOCK_MONOTONIC);
}

static void on_nal(void *ctx, const struct lkcam_coded_nal *nal)
{
    _Atomic double *first = ctx;
    double unset = 0;
    if (nal->first_mb >= 0)
        atomic_compare_exchange_strong(first, &unset, now_ms());
}

static struct lkcam_picture convert(enum lkcam_pixel_format to, const uint8_t *yuyv, uint8_t *out,
                                    int width, int height)
{
    uint8_t *u = out + (ptrdiff_t)width * height, *v = u + (ptrdiff_t)width * height / 4;
    if (to == LKCAM_PIXEL_NV12) {
        YUY2ToNV12(yuyv, width * 2, out, width, u, width, width, height);
        return (struct lkcam_picture){to, width, height, {out, u}, {width, width}};
    }
    YUY2ToI420(yuyv, width * 2, out, width, u, width / 2, v, width / 2, width, height);
    return (struct lkcam_picture){to, width, height, {out, u, v}, {width, width / 2, width / 2}};
}

static void run_frame(struct way *w, int number, const uint8_t *yuyv, uint8_t *out, int width,
                      int height)
{
    _Atomic double first = 0;
    double start = now_ms();
    struct lkcam_encode_request r = {
        .picture = convert(w->input, yuyv, out, width, height),
        .number = number,
        .bitrate_bps = RATE_BPS,
        .fps_milli = 30000,
        .on_nal = on_nal,
        .ctx = &first,
    };
    w->convert_ms[number] = now_ms() - start;
    w->encoder->ops->encode(w->encoder, &r);
    w->total_ms[number] = now_ms() - start;
    w->first_ms[number] = first - start;
}

static void run(enum clip_kind kind, const char *name, int width, int height, int frames)
{
    static struct way ways[] = {
        {.name = "NV12, 1 thread, 1 slice", .input = LKCAM_PIXEL_NV12, .threads = 1, .slices = 1},
        {.name = "I420, 1 thread, 1 slice", .input = LKCAM_PIXEL_I420, .threads = 1, .slices = 1},
        {.name = "NV12, 1 thread, 4 slices", .input = LKCAM_PIXEL_NV12, .threads = 1, .slices = 4},
        {.name = "I420, 1 thread, 4 slices", .input = LKCAM_PIXEL_I420, .threads = 1, .slices = 4},
        {.name = "NV12, 2 threads, 2 slices", .input = LKCAM_PIXEL_NV12, .threads = 2, .slices = 2},
        {.name = "NV12, 2 threads, 4 slices", .input = LKCAM_PIXEL_NV12, .threads = 2, .slices = 4},
    };
    enum { WAYS = sizeof ways / sizeof *ways };
    struct clip *clip = clip_new(kind, width, height, 7);
    uint8_t *i420 = malloc(lkcam_pixel_bytes(LKCAM_PIXEL_I420, width, height));
    uint8_t *yuyv = malloc(lkcam_pixel_bytes(LKCAM_PIXEL_YUYV, width, height));
    uint8_t *out = malloc(lkcam_pixel_bytes(LKCAM_PIXEL_I420, width, height));
    for (int k = 0; k < WAYS; k++) {
        struct way *w = &ways[k];
        struct lkcam_encoder_config cfg = {width,      height,    w->input, 30,  1, RATE_BPS,
                                           w->threads, w->slices, NULL,     {0}, 0};
        if (lkcam_enc_x264_open(&w->encoder, &cfg))
            exit(1);
    }
    for (int i = 0; i < frames; i++) {
        clip_draw(clip, (uint32_t)i, i420);
        lkcam_convert_from_i420(i420, width, height, LKCAM_PIXEL_YUYV, yuyv);
        for (int k = 0; k < WAYS; k++)
            run_frame(&ways[(k + i) % WAYS], i, yuyv, out, width, height);
    }
    printf("\n%s %dx%d, %d frames, ms since the frame was taken: p50 (p95)\n", name, width, height,
           frames);
    for (int k = 0; k < WAYS; k++) {
        struct way *w = &ways[k];
        double convert_ms = bench_percentile(w->convert_ms, frames, 50),
               first = bench_percentile(w->first_ms, frames, 50);
        double total = bench_percentile(w->total_ms, frames, 50);
        printf("  %-26s converted %5.2f   first slice %6.2f   all %6.2f (%.2f)\n", w->name,
               convert_ms, first, total, bench_percentile(w->total_ms, frames, 95));
        lkcam_encoder_close(&w->encoder);
    }
    clip_free(clip);
    free(i420);
    free(yuyv);
    free(out);
}

// ---- The conversion alone -----------------------------------------------------------------------

struct format {
    enum lkcam_pixel_format format;
    struct lkcam_convert convert[2]; // by path
    double ms[2][FRAMES_MAX];
};

// As most cameras send it: 4:2:2.
static void compress(const uint8_t *i420, int width, int height, struct lkcam_frame *f)
{
    static unsigned char *jpeg;
    unsigned long len = 0;
    size_t pixels = (size_t)width * (size_t)height;
    uint8_t *wide = malloc(pixels);
    for (int plane = 0; plane < 2; plane++)
        for (int y = 0; y < height; y++)
            memcpy(wide + (size_t)plane * pixels / 2 + (size_t)y * (size_t)width / 2,
                   i420 + pixels + (size_t)plane * pixels / 4 + (size_t)(y / 2) * (size_t)width / 2,
                   (size_t)width / 2);
    const unsigned char *planes[3] = {i420, wide, wide + pixels / 2};
    tjhandle h = tjInitCompress();
    tjFree(jpeg);
    jpeg = NULL;
    if (tjCompressFromYUVPlanes(h, planes, width, NULL, height, TJSAMP_422, &jpeg, &len, 90, 0))
        exit(1);
    tjDestroy(h);
    free(wide);
    *f = (struct lkcam_frame){.format = LKCAM_PIXEL_MJPEG,
                              .width_px = width,
                              .height_px = height,
                              .plane = {jpeg},
                              .bytes = len};
}

static void make_frame(enum lkcam_pixel_format format, const uint8_t *i420, uint8_t *raw, int width,
                       int height, struct lkcam_frame *f)
{
    if (format == LKCAM_PIXEL_MJPEG) {
        compress(i420, width, height, f);
        return;
    }
    const uint8_t *pixels = format == LKCAM_PIXEL_I420 ? i420 : raw;
    if (pixels == raw)
        lkcam_convert_from_i420(i420, width, height, format, raw);
    lkcam_frame_lay_out(f, format, width, height, pixels, 0);
}

static void convert_once(struct format *f, int path, int number, const struct lkcam_frame *frame)
{
    struct lkcam_picture picture;
    bool borrowed;
    double start = now_ms();
    if (lkcam_convert_frame(&f->convert[path], frame, &picture, &borrowed))
        exit(1);
    f->ms[path][number] = now_ms() - start;
}

static void compare_paths(int width, int height, int frames)
{
    static struct format formats[] = {
        {.format = LKCAM_PIXEL_NV12},  {.format = LKCAM_PIXEL_I420},  {.format = LKCAM_PIXEL_YUYV},
        {.format = LKCAM_PIXEL_UYVY},  {.format = LKCAM_PIXEL_RGB24}, {.format = LKCAM_PIXEL_BGR24},
        {.format = LKCAM_PIXEL_MJPEG},
    };
    enum { FORMATS = sizeof formats / sizeof *formats };
    struct clip *clip = clip_new(CLIP_PAN, width, height, 7);
    uint8_t *i420 = malloc(lkcam_pixel_bytes(LKCAM_PIXEL_I420, width, height));
    uint8_t *raw = malloc(lkcam_pixel_bytes(LKCAM_PIXEL_RGB24, width, height));
    for (int k = 0; k < FORMATS * 2; k++)
        if (lkcam_convert_init(&formats[k / 2].convert[k % 2], formats[k / 2].format,
                               (enum lkcam_convert_path)(k % 2), width, height))
            exit(1);
    for (int i = 0; i < frames; i++) {
        clip_draw(clip, (uint32_t)i, i420);
        for (int k = 0; k < FORMATS; k++) {
            struct lkcam_frame frame = {0};
            make_frame(formats[k].format, i420, raw, width, height, &frame);
            convert_once(&formats[k], i % 2, i, &frame);
            convert_once(&formats[k], !(i % 2), i, &frame);
        }
    }
    printf("\nconversion of %dx%d, %d frames, ms p50 (p95): i420, rgba\n", width, height, frames);
    for (int k = 0; k < FORMATS; k++) {
        struct format *f = &formats[k];
        printf("  %-6s %5.2f (%.2f)  %5.2f (%.2f)\n", lkcam_pixel_name(f->format),
               bench_percentile(f->ms[0], frames, 50), bench_percentile(f->ms[0], frames, 95),
               bench_percentile(f->ms[1], frames, 50), bench_percentile(f->ms[1], frames, 95));
        lkcam_convert_deinit(&f->convert[0]);
        lkcam_convert_deinit(&f->convert[1]);
    }
    clip_free(clip);
    free(i420);
    free(raw);
}

int main(int argc, char **argv)
{
    int frames = argc > 1 ? atoi(argv[1]) : 200;
    if (frames < 1 || frames > FRAMES_MAX)
        return 2;
    run(CLIP_PAN, "pan", 1280, 720, frames);
    run(CLIP_STATIC, "static", 1280, 720, frames);
    run(CLIP_PAN, "pan", 1920, 1080, frames);
    compare_paths(1280, 720, frames);
    compare_paths(1920, 1080, frames);
    return 0;
}
