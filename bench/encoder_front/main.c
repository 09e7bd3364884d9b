// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// encoder_front CLIP WIDTHxHEIGHT BITRATE_BPS OPTIONS ...: what a frame costs and how good it is,
// for each of several sets of encoder options. CLIP is raw YUYV as bench/clips makes it, played
// once at 30 frames a second with a key frame at its start and in its middle. The sets take turns
// on each frame, so that whatever else the machine does hits all alike. Prints a line of JSON for
// each; the figures are explained in docs/design/encoder.md, bench/encoder_front.py sweeps and
// plots.
#include <libyuv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "front.h"
#include "timing.h"
#include "tools/decode.h"

enum { FPS = 30, FRAMES_MAX = 300, SETS_MAX = 40 };

struct set {
    const char *options;
    struct front_encoder *encoder;
    char path[32];
    FILE *out;
    double cpu_ms[FRAMES_MAX], wall_ms[FRAMES_MAX], first_ms[FRAMES_MAX];
    size_t total, largest;
    double psnr_db, key_psnr_db, flat_psnr_db, ssim;
};

double front_wall_ms(void)
{
    return bench_clock_ms(CLOCK_MONOTONIC);
}

static void fail(const char *what)
{
    fprintf(stderr, "encoder_front: %s\n", what);
    exit(1);
}

// ---- The clip -----------------------------------------------------------------------------------

// I420, which all of these encoders take.
static struct lkcam_picture picture_at(const struct clip *c, const uint8_t *p)
{
    ptrdiff_t luma = (ptrdiff_t)c->width * c->height;
    return (struct lkcam_picture){LKCAM_PIXEL_I420,
                                  c->width,
                                  c->height,
                                  {p, p + luma, p + luma * 5 / 4},
                                  {c->width, c->width / 2, c->width / 2}};
}

static void to_i420(const struct clip *c, const uint8_t *yuyv, uint8_t *i420)
{
    uint8_t *u = i420 + (ptrdiff_t)c->width * c->height,
            *v = u + (ptrdiff_t)c->width * c->height / 4;
    YUY2ToI420(yuyv, c->width * 2, i420, c->width, u, c->width / 2, v, c->width / 2, c->width,
               c->height);
}

static void load(struct clip *c, const char *path)
{
    size_t yuyv_bytes = lkcam_pixel_bytes(LKCAM_PIXEL_YUYV, c->width, c->height);
    uint8_t *yuyv = malloc(yuyv_bytes);
    FILE *in = fopen(path, "rb");
    c->bytes = lkcam_pixel_bytes(LKCAM_PIXEL_I420, c->width, c->height);
    c->pictures = malloc(c->bytes * FRAMES_MAX);
    if (!in || !yuyv || !c->pictures)
        fail("the clip cannot be read");
    for (; c->frames < FRAMES_MAX && fread(yuyv, 1, yuyv_bytes, in) == yuyv_bytes; c->frames++)
        to_i420(c, yuyv, c->pictures + c->bytes * (size_t)c->frames);
    fclose(in);
    free(yuyv);
    if (c->frames < 2)
        fail("the clip is empty");
}

// ---- Encoding -----------------------------------------------------------------------------------

static bool is_key(const struct clip *c, int number)
{
    return number == 0 || number == c->frames / 2;
}

static void encode(struct set *s, const struct clip *c, const uint8_t *bytes, int number)
{
    struct lkcam_picture picture = picture_at(c, bytes);
    struct front_coded coded = {0};
    // The process's clock counts what the threads of the set before are still ending, too.
    clockid_t clock = s->encoder->threads > 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_THREAD_CPUTIME_ID;
    double cpu = bench_clock_ms(clock), start = front_wall_ms();
    if (!s->encoder->encode(s->encoder, &picture, number, is_key(c, number), &coded))
        fail("an encoder failed");
    s->wall_ms[number] = front_wall_ms() - start;
    s->cpu_ms[number] = bench_clock_ms(clock) - cpu;
    s->first_ms[number] = coded.first_slice_ms - start;
    s->total += coded.len;
    s->largest = coded.len > s->largest ? coded.len : s->largest;
    if (fwrite(coded.bytes, 1, coded.len, s->out) != coded.len)
        fail("no space for what was encoded");
}

/** @return false for OpenH264 where it was not there to build with. */
static bool open_set(struct set *s, const struct front_config *cfg)
{
    bool openh264 = !strncmp(cfg->options, "openh264", 8);
    s->encoder = openh264 ? front_openh264_open(cfg) : front_x264_open(cfg);
    s->options = cfg->options;
    if (!s->encoder && !openh264)
        fail(cfg->options);
    return s->encoder;
}

static void open_file(struct set *s)
{
    strcpy(s->path, "/tmp/encoder_front_XXXXXX");
    int fd = mkstemp(s->path);
    s->out = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!s->out)
        fail("no file for what is encoded");
}

// ---- Quality ------------------------------------------------------------------------------------

static void judge(struct set *s, const struct clip *c)
{
    size_t bytes = lkcam_pixel_bytes(LKCAM_PIXEL_I420, c->width, c->height);
    uint8_t *decoded = malloc(bytes);
    struct decoder *d = decode_open(s->path);
    for (int i = 0; i < c->frames; i++) {
        const uint8_t *source = c->pictures + c->bytes * (size_t)i;
        if (!decoded || !d || !decode_frame(d, decoded, bytes))
            fail("ffmpeg cannot decode it");
        double db = psnr(source, decoded, (size_t)c->width * (size_t)c->height);
        s->psnr_db += db / c->frames;
        s->key_psnr_db += is_key(c, i) ? db / 2 : 0;
        s->flat_psnr_db += front_flat_psnr(c, i, decoded) / c->frames;
        s->ssim += front_ssim(source, decoded, c->width, c->height) / c->frames;
    }
    if (decode_close(d))
        fail("ffmpeg complains");
    free(decoded);
}

// ---- All of it ----------------------------------------------------------------------------------

static void print(struct set *s, const struct clip *c, const char *name, int bitrate_bps)
{
    double share = bitrate_bps / 8.0 / FPS;
    printf("{\"clip\": \"%s\", \"bitrate_bps\": %d, \"options\": \"%s\", ", name, bitrate_bps,
           s->options);
    printf("\"cpu_p50_ms\": %.3f, \"cpu_p99_ms\": %.3f, ",
           bench_percentile(s->cpu_ms, c->frames, 50), bench_percentile(s->cpu_ms, c->frames, 99));
    printf("\"wall_p50_ms\": %.3f, \"wall_p99_ms\": %.3f, \"first_slice_p50_ms\": %.3f, ",
           bench_percentile(s->wall_ms, c->frames, 50), bench_percentile(s->wall_ms, c->frames, 99),
           bench_percentile(s->first_ms, c->frames, 50));
    printf("\"psnr_db\": %.3f, \"key_psnr_db\": %.3f, \"flat_psnr_db\": %.3f, \"ssim\": %.5f, ",
           s->psnr_db, s->key_psnr_db, s->flat_psnr_db, s->ssim);
    printf("\"mean_shares\": %.4f, \"largest_shares\": %.4f}\n",
           (double)s->total / c->frames / share, (double)s->largest / share);
}

int main(int argc, char **argv)
{
    static struct set sets[SETS_MAX];
    struct clip clip = {0};
    int count = 0;
    if (argc < 5 || argc - 4 > SETS_MAX ||
        sscanf(argv[2], "%dx%d", &clip.width, &clip.height) != 2) {
        fputs("usage: encoder_front CLIP WIDTHxHEIGHT BITRATE_BPS OPTIONS ...\n", stderr);
        return 2;
    }
    load(&clip, argv[1]);
    if (!front_find_flat(&clip))
        fail("no memory");
    struct front_config cfg = {clip.width, clip.height, FPS, atoi(argv[3]), NULL};
    for (int i = 4; i < argc; i++) {
        cfg.options = argv[i];
        count += open_set(&sets[count], &cfg);
    }
    for (int i = 0; i < count; i++)
        open_file(&sets[i]);
    // The camera path has just written the picture when the encoder gets it.
    uint8_t *picture = malloc(clip.bytes);
    for (int number = 0; number < clip.frames && picture; number++)
        for (int i = 0; i < count; i++) {
            memcpy(picture, clip.pictures + clip.bytes * (size_t)number, clip.bytes);
            encode(&sets[(i + number) % count], &clip, picture, number);
        }
    const char *name = strrchr(argv[1], '/') ? strrchr(argv[1], '/') + 1 : argv[1];
    for (int i = 0; i < count; i++) {
        struct set *s = &sets[i];
        s->encoder->close(s->encoder);
        fclose(s->out);
        judge(s, &clip);
        unlink(s->path);
        print(s, &clip, name, cfg.bitrate_bps);
    }
    free(picture);
    free(clip.flat);
    free(clip.pictures);
    return 0;
}
