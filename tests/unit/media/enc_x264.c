// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmocka_all.h"
#include "media/encoder.h"
#include "tools/clips.h"
#include "tools/decode.h"

enum { W = 640, H = 360, LUMA = W * H, MB_COUNT = 40 * 23, NALS = 64 };
enum { SLICE = 1, IDR = 5, SEI = 6, SPS = 7, PPS = 8 }; // H.264 table 7-1

struct nal {
    int type, first_mb, last_mb;
    size_t len;
    uint8_t head[4];
};

// What came out of one encode.
static struct {
    pthread_mutex_t lock;
    struct nal nal[NALS];
    int count;
    size_t bytes;
    FILE *file;
} got = {.lock = PTHREAD_MUTEX_INITIALIZER};

static uint8_t picture[LUMA * 3 / 2];
static struct clip *clip;

static void on_nal(void *ctx, const struct lkcam_coded_nal *n)
{
    pthread_mutex_lock(&got.lock);
    struct nal *to = &got.nal[got.count++];
    *to = (struct nal){
        .type = n->p[0] & 31, .first_mb = n->first_mb, .last_mb = n->last_mb, .len = n->len};
    memcpy(to->head, n->p, n->len < 4 ? n->len : 4);
    got.bytes += n->len;
    if (got.file) {
        fwrite("\0\0\0\1", 1, 4, got.file);
        fwrite(n->p, 1, n->len, got.file);
    }
    pthread_mutex_unlock(&got.lock);
}

static const struct lkcam_encoder_config usual = {
    W, H, LKCAM_PIXEL_I420, 30, 1, 3000000, 1, 4, NULL, {0}, 0};

static struct lkcam_encoder *open_encoder(struct lkcam_encoder_config cfg)
{
    struct lkcam_encoder *e = NULL;
    assert_int_equal(lkcam_enc_x264_open(&e, &cfg), 0);
    return e;
}

static int encode_at(struct lkcam_encoder *e, int number, int bitrate_bps, int fps_milli, bool key)
{
    clip_draw(clip, (uint32_t)number, picture);
    struct lkcam_encode_request r = {
        .picture = {LKCAM_PIXEL_I420,
                    W,
                    H,
                    {picture, picture + LUMA, picture + LUMA * 5 / 4},
                    {W, W / 2, W / 2}},
        .number = number,
        .bitrate_bps = bitrate_bps,
        .fps_milli = fps_milli,
        .key_frame = key,
        .on_nal = on_nal,
    };
    got.count = 0;
    got.bytes = 0;
    return e->ops->encode(e, &r);
}

static void key_frames_come_on_request_only(void **state)
{
    struct lkcam_encoder *e = open_encoder(usual);
    for (int i = 0; i < 300; i++) {
        bool key = i == 0 || i == 17 || i == 18;
        assert_int_equal(encode_at(e, i, 3000000, 30000, i && key),
                         key); // the first without being asked
        assert_int_equal(got.count, key ? 6 : 4);
        assert_int_equal(got.nal[0].type, key ? SPS : SLICE);
        if (!key)
            continue;
        assert_int_equal(got.nal[1].type, PPS);
        assert_int_equal(got.nal[2].type, IDR);
        assert_int_equal(got.nal[0].first_mb, -1);
        assert_int_equal(got.nal[1].last_mb, -1);
    }
    assert_string_equal(e->label, "x264 lkcam, 1 thread, 4 slices");
    lkcam_encoder_close(&e);
    assert_null(e);
}

static void the_profile_is_constrained_baseline(void **state)
{
    struct lkcam_encoder *e = open_encoder(usual);
    encode_at(e, 0, 3000000, 30000, true);
    assert_int_equal(got.nal[0].type, SPS);
    assert_int_equal(got.nal[0].head[1], 66);          // profile_idc
    assert_int_equal(got.nal[0].head[2] & 0xc0, 0xc0); // constraint_set0 and 1
    assert_int_equal(got.nal[0].head[3], 31);          // level
    lkcam_encoder_close(&e);
}

static void four_slices_cover_the_picture_in_order(void **state)
{
    struct lkcam_encoder *e = open_encoder(usual);
    for (int i = 0; i < 10; i++) {
        encode_at(e, i, 3000000, 30000, false);
        int next_mb = 0, slices = 0;
        for (int k = 0; k < got.count; k++) {
            assert_int_not_equal(got.nal[k].type, SEI);
            if (got.nal[k].type != SLICE && got.nal[k].type != IDR)
                continue;
            assert_int_equal(got.nal[k].first_mb, next_mb);
            next_mb = got.nal[k].last_mb + 1;
            slices++;
        }
        assert_int_equal(slices, 4);
        assert_int_equal(next_mb, MB_COUNT);
    }
    lkcam_encoder_close(&e);
}

static void slices_of_two_threads_cover_every_macroblock_once(void **state)
{
    for (int slices = 2; slices <= 4; slices += 2) {
        struct lkcam_encoder_config cfg = usual;
        cfg.threads = 2;
        cfg.slices = slices;
        struct lkcam_encoder *e = open_encoder(cfg);
        for (int i = 0; i < 100; i++) {
            encode_at(e, i, 3000000, 30000, i % 25 == 0);
            bool seen[MB_COUNT] = {false};
            int covered = 0, count = 0;
            for (int k = 0; k < got.count; k++) {
                count += got.nal[k].first_mb >= 0;
                for (int mb = got.nal[k].first_mb; mb >= 0 && mb <= got.nal[k].last_mb; mb++) {
                    assert_in_range(mb, 0, MB_COUNT - 1);
                    assert_false(seen[mb]);
                    seen[mb] = true;
                    covered++;
                }
            }
            assert_int_equal(covered, MB_COUNT);
            assert_int_equal(count, slices);
        }
        lkcam_encoder_close(&e);
    }
}

static size_t largest_of(struct lkcam_encoder *e, int from, int to, int bitrate_bps, int fps_milli)
{
    size_t largest = 0;
    for (int i = from; i < to; i++) {
        assert_true(encode_at(e, i, bitrate_bps, fps_milli, false) >= 0);
        largest = got.bytes > largest ? got.bytes : largest;
    }
    return largest;
}

static size_t mean_of(struct lkcam_encoder *e, int from, int to, int bitrate_bps, int fps_milli)
{
    size_t sum = 0;
    for (int i = from; i < to; i++) {
        assert_true(encode_at(e, i, bitrate_bps, fps_milli, false) >= 0);
        sum += got.bytes;
    }
    return sum / (size_t)(to - from);
}

static void a_lower_rate_is_obeyed_by_the_very_next_frame(void **state)
{
    struct lkcam_encoder *e = open_encoder(usual);
    assert_in_range(mean_of(e, 0, 30, 3000000, 30000), 12500 * 80 / 100, 12500 * 105 / 100);
    assert_true(encode_at(e, 30, 1000000, 30000, false) == 0);
    assert_in_range(got.bytes, 1000, 4167 * 105 / 100);
    assert_true(largest_of(e, 31, 60, 1000000, 30000) <= 4167 * 105 / 100);
    assert_true(encode_at(e, 60, 1000000, 30000, true) == 1); // a key frame too
    assert_true(got.bytes <= 4167 * 105 / 100);
    assert_in_range(mean_of(e, 62, 90, 3000000, 30000), 12500 * 80 / 100,
                    12500 * 105 / 100); // and up again
    lkcam_encoder_close(&e);
}

static void half_the_frames_have_twice_the_share(void **state)
{
    struct lkcam_encoder *e = open_encoder(usual);
    size_t at_30 = mean_of(e, 0, 30, 1000000, 30000);
    size_t at_15 = mean_of(e, 32, 62, 1000000, 15000);
    assert_in_range(at_30, 4167 * 80 / 100, 4167 * 105 / 100);
    assert_in_range(at_15, 8333 * 80 / 100, 8333 * 105 / 100);
    assert_true(largest_of(e, 62, 92, 1000000, 15000) <= 8333 * 105 / 100);
    assert_true(encode_at(e, 92, 1000000, 30000, false) == 0);
    assert_true(got.bytes <= 4167 * 105 / 100);
    lkcam_encoder_close(&e);
}

static void nv12_codes_to_the_same_bytes_as_i420(void **state)
{
    struct lkcam_encoder_config cfg = usual;
    cfg.input = LKCAM_PIXEL_NV12;
    struct lkcam_encoder *a = open_encoder(usual), *b = open_encoder(cfg);
    static uint8_t nv12[LUMA * 3 / 2];
    for (int i = 0; i < 5; i++) {
        encode_at(a, i, 3000000, 30000, false);
        size_t planar = got.bytes;
        memcpy(nv12, picture, LUMA);
        for (int k = 0; k < LUMA / 4; k++) {
            nv12[LUMA + 2 * k] = picture[LUMA + k];
            nv12[LUMA + 2 * k + 1] = picture[LUMA * 5 / 4 + k];
        }
        struct lkcam_encode_request r = {
            .picture = {LKCAM_PIXEL_NV12, W, H, {nv12, nv12 + LUMA}, {W, W}},
            .number = i,
            .bitrate_bps = 3000000,
            .fps_milli = 30000,
            .on_nal = on_nal,
        };
        got.count = 0;
        got.bytes = 0;
        assert_true(b->ops->encode(b, &r) >= 0);
        assert_int_equal(got.bytes, planar);
    }
    lkcam_encoder_close(&a);
    lkcam_encoder_close(&b);
}

static void someone_elses_decoder_reads_it(void **state)
{
    char file[] = "/tmp/lkcam_enc_XXXXXX";
    static uint8_t decoded[LUMA * 3 / 2];
    got.file = fdopen(mkstemp(file), "wb");
    struct lkcam_encoder *e = open_encoder(usual);
    for (int i = 0; i < 60; i++)
        encode_at(e, i, i < 30 ? 3000000 : 1000000, 30000, i == 40);
    lkcam_encoder_close(&e);
    fclose(got.file);
    got.file = NULL;

    struct decoder *d = decode_open(file);
    for (int i = 0; i < 60; i++) {
        assert_true(decode_frame(d, decoded, sizeof decoded));
        clip_draw(clip, (uint32_t)i, picture);
        assert_true(psnr(picture, decoded, LUMA) > (i == 0 || i >= 30 ? 22 : 27));
    }
    assert_false(decode_frame(d, decoded, sizeof decoded));
    assert_int_equal(decode_close(d), 0);
    unlink(file);
}

// What ffprobe reads in the SPS of a stream with such pictures.
static void read_color(struct lkcam_color color, char *out, int cap)
{
    char file[] = "/tmp/lkcam_enc_XXXXXX", command[200];
    struct lkcam_encoder_config cfg = usual;
    cfg.color = color;
    got.file = fdopen(mkstemp(file), "wb");
    struct lkcam_encoder *e = open_encoder(cfg);
    encode_at(e, 0, 3000000, 30000, false);
    lkcam_encoder_close(&e);
    fclose(got.file);
    got.file = NULL;
    snprintf(command, sizeof command,
             "ffprobe -v error -f h264 -show_entries stream=color_range,color_space -of csv=p=0 %s",
             file);
    FILE *probe = popen(command, "r");
    assert_non_null(fgets(out, cap, probe));
    assert_int_equal(pclose(probe), 0);
    unlink(file);
}

static void the_color_is_told_in_the_sps(void **state)
{
    static const struct {
        struct lkcam_color color;
        const char *read;
    } tried[] = {
        {{LKCAM_MATRIX_UNKNOWN, false}, "unknown,unknown\n"},
        {{LKCAM_MATRIX_BT601, true}, "pc,smpte170m\n"},
        {{LKCAM_MATRIX_BT709, false}, "tv,bt709\n"},
    };
    for (int i = 0; i < 3; i++) {
        char read[64];
        read_color(tried[i].color, read, sizeof read);
        assert_string_equal(read, tried[i].read);
    }
}

static int log_lines;

static void count_line(void *ctx, int level, const char *line)
{
    log_lines++;
}

static size_t bytes_by(const char *preset)
{
    struct lkcam_encoder_config cfg = usual;
    cfg.preset = preset;
    struct lkcam_encoder *e = open_encoder(cfg);
    size_t bytes = 0;
    for (int i = 0; i < 5; i++) {
        encode_at(e, i, 3000000, 30000, false);
        bytes = bytes * 31 + got.bytes;
    }
    lkcam_encoder_close(&e);
    return bytes;
}

static void the_default_preset_is_our_own(void **state)
{
    assert_int_equal(bytes_by(NULL), bytes_by(LKCAM_ENCODER_PRESET));
    assert_int_not_equal(bytes_by(NULL), bytes_by("superfast"));
}

static void what_cannot_be_encoded_is_refused(void **state)
{
    struct lkcam_encoder *e = NULL;
    struct lkcam_encoder_config cfg = usual;
    cfg.preset = "warp";
    assert_int_equal(lkcam_enc_x264_open(&e, &cfg), -EINVAL);
    const int sizes[][2] = {{0, 360}, {641, 360}, {640, 361}, {640, 100000}, {-2, 360}};
    for (int i = 0; i < 5; i++) {
        cfg = usual;
        cfg.width_px = sizes[i][0];
        cfg.height_px = sizes[i][1];
        assert_int_equal(lkcam_enc_x264_open(&e, &cfg), -EINVAL);
    }
    cfg = usual;
    cfg.input = LKCAM_PIXEL_YUYV;
    assert_int_equal(lkcam_enc_x264_open(&e, &cfg), -EINVAL);
    cfg = usual;
    cfg.threads = 0;
    assert_int_equal(lkcam_enc_x264_open(&e, &cfg), -EINVAL);
    cfg = usual;
    cfg.fps_den = 0;
    assert_int_equal(lkcam_enc_x264_open(&e, &cfg), -EINVAL);
    cfg.fps_num = 1;
    cfg.fps_den = 1001; // less than a thousandth
    assert_int_equal(lkcam_enc_x264_open(&e, &cfg), -EINVAL);
    for (int outside = -1; outside <= 52; outside += 53) {
        cfg = usual;
        cfg.min_qp = outside;
        assert_int_equal(lkcam_enc_x264_open(&e, &cfg), -EINVAL);
    }
    assert_null(e);
}

static void every_preset_opens_without_a_word(void **state)
{
    static const char *const presets[] = {"lkcam", "ultrafast", "superfast", "veryfast", "medium"};
    lkcam_log_install(count_line, NULL);
    log_lines = 0;
    for (int i = 0; i < 5; i++) {
        struct lkcam_encoder_config cfg = usual;
        cfg.preset = presets[i];
        struct lkcam_encoder *e = open_encoder(cfg);
        for (int k = 0; k < 5; k++)
            assert_int_equal(encode_at(e, k, 50000 + k * 7777777, 30000 - k * 5000, false), k == 0);
        lkcam_encoder_close(&e);
    }
    assert_int_equal(log_lines, 0);
    lkcam_log_install(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_frames_come_on_request_only),
        cmocka_unit_test(the_profile_is_constrained_baseline),
        cmocka_unit_test(four_slices_cover_the_picture_in_order),
        cmocka_unit_test(slices_of_two_threads_cover_every_macroblock_once),
        cmocka_unit_test(a_lower_rate_is_obeyed_by_the_very_next_frame),
        cmocka_unit_test(half_the_frames_have_twice_the_share),
        cmocka_unit_test(nv12_codes_to_the_same_bytes_as_i420),
        cmocka_unit_test(someone_elses_decoder_reads_it),
        cmocka_unit_test(the_color_is_told_in_the_sps),
        cmocka_unit_test(the_default_preset_is_our_own),
        cmocka_unit_test(what_cannot_be_encoded_is_refused),
        cmocka_unit_test(every_preset_opens_without_a_word),
    };
    clip = clip_new(CLIP_PAN, W, H, 3);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    clip_free(clip);
    return failed;
}
