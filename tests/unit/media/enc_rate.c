// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The promise that the latency rests on: no frame above its share of the rate, key frames included,
// at a quality that is worth it. Three seeded clips, three rates; decoded by ffmpeg.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "media/encoder.h"
#include "tools/clips.h"
#include "tools/decode.h"

enum {
    W = 1280,
    H = 720,
    FPS = 30,
    FRAMES = 90,
    KEY_EVERY = 45,
    LUMA = W * H,
    BYTES = LUMA * 3 / 2
};

static char file[] = "/tmp/lkcam_rate_XXXXXX";
static uint8_t source[BYTES], decoded[BYTES];

struct sizes {
    FILE *out;
    size_t frame, total, largest;
};

// One thread: called in order.
static void on_nal(void *ctx, const struct lkcam_coded_nal *nal)
{
    struct sizes *s = ctx;
    s->frame += nal->len;
    assert_int_equal(fwrite("\0\0\0\1", 1, 4, s->out), 4);
    assert_int_equal(fwrite(nal->p, 1, nal->len, s->out), nal->len);
}

static void encode_clip(const struct clip *clip, int bitrate_bps, int min_qp, struct sizes *s)
{
    struct lkcam_encoder_config cfg = {
        W, H, LKCAM_PIXEL_I420, FPS, 1, bitrate_bps, 1, 4, NULL, {0}, min_qp};
    struct lkcam_encoder *e;
    assert_int_equal(lkcam_enc_x264_open(&e, &cfg), 0);
    for (int i = 0; i < FRAMES; i++) {
        clip_draw(clip, (uint32_t)i, source);
        struct lkcam_encode_request r = {
            .picture = {LKCAM_PIXEL_I420,
                        W,
                        H,
                        {source, source + LUMA, source + LUMA * 5 / 4},
                        {W, W / 2, W / 2}},
            .number = i,
            .bitrate_bps = bitrate_bps,
            .fps_milli = FPS * 1000,
            .key_frame = i % KEY_EVERY == 0,
            .on_nal = on_nal,
            .ctx = s,
        };
        s->frame = 0;
        assert_int_equal(e->ops->encode(e, &r), i % KEY_EVERY == 0);
        s->total += s->frame;
        s->largest = s->frame > s->largest ? s->frame : s->largest;
    }
    lkcam_encoder_close(&e);
}

static double mean_psnr(const struct clip *clip)
{
    struct decoder *d = decode_open(file);
    assert_non_null(d);
    double sum = 0;
    for (int i = 0; i < FRAMES; i++) {
        assert_true(decode_frame(d, decoded, BYTES));
        clip_draw(clip, (uint32_t)i, source);
        sum += psnr(source, decoded, LUMA);
    }
    assert_false(decode_frame(d, decoded, BYTES));
    assert_int_equal(decode_close(d), 0);
    return sum / FRAMES;
}

struct outcome {
    double largest, used, db; // shares, shares, luma PSNR
};

static struct outcome outcome_of(enum clip_kind kind, int bitrate_bps, int min_qp)
{
    struct clip *clip = clip_new(kind, W, H, 7);
    struct sizes s = {.out = fopen(file, "wb")};
    assert_non_null(clip);
    assert_non_null(s.out);
    encode_clip(clip, bitrate_bps, min_qp, &s);
    fclose(s.out);
    double share = bitrate_bps / 8.0 / FPS;
    struct outcome out = {(double)s.largest / share, (double)s.total / FRAMES / share,
                          mean_psnr(clip)};
    clip_free(clip);
    print_message("clip %d at %d bit/s, QP from %d: largest frame %.3f shares, rate used %.3f, "
                  "%.2f dB\n",
                  kind, bitrate_bps, min_qp, out.largest, out.used, out.db);
    return out;
}

// `floor_db`: measured less half a decibel (docs/design/encoder.md).
static void measure(enum clip_kind kind, int bitrate_bps, double floor_db)
{
    struct outcome got = outcome_of(kind, bitrate_bps, 0);
    assert_true(got.largest <= 1.05);
    assert_true(got.used >= 0.80);
    assert_true(got.db >= floor_db);
}

static void pan(void **state)
{
    measure(CLIP_PAN, 1000000, 36.2);
    measure(CLIP_PAN, 3000000, 41.2);
    measure(CLIP_PAN, 6000000, 42.1);
}

static void still_scene(void **state)
{
    measure(CLIP_STATIC, 1000000, 37.2);
    measure(CLIP_STATIC, 3000000, 42.0);
    measure(CLIP_STATIC, 6000000, 43.4);
}

static void low_light(void **state)
{
    measure(CLIP_LOW_LIGHT, 1000000, 30.8);
    measure(CLIP_LOW_LIGHT, 3000000, 31.1);
    measure(CLIP_LOW_LIGHT, 6000000, 31.3);
}

// Its noise is what costs: bounded, the scene is not.
static void a_still_scene_with_a_bounded_quantiser(void **state)
{
    struct outcome all = outcome_of(CLIP_STATIC, 3000000, 0);
    struct outcome bounded = outcome_of(CLIP_STATIC, 3000000, 24);
    assert_true(bounded.used <= all.used / 2);
    assert_true(bounded.db >= all.db - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pan),
        cmocka_unit_test(still_scene),
        cmocka_unit_test(low_light),
        cmocka_unit_test(a_still_scene_with_a_bounded_quantiser),
    };
    close(mkstemp(file));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(file);
    return failed;
}
