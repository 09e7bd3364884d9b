// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "media/encoder.h"
#include "media/source.h"
#include "tools/decode.h"

static uint8_t picture[1280 * 720 * 3 / 2], decoded[1280 * 720 * 3 / 2];

static void draw(int width, int height, uint32_t id, lkcam_us time)
{
    uint8_t *u = picture + width * height, *v = u + width * height / 4;
    lkcam_stamp_draw(picture, width, u, v, width / 2, width, height, id, time);
}

static void what_is_drawn_is_read(void **state)
{
    static const int sizes[][2] = {{256, 24},  {320, 180}, {638, 480},
                                   {640, 360}, {640, 40},  {1280, 720}};
    static const lkcam_us times[] = {0, 1, 0xffffffff, 0x100000000, 0xffffffffffff};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
            uint32_t id = 0;
            lkcam_us time = -1;
            draw(sizes[i][0], sizes[i][1], 0xdeadbeef + (uint32_t)k, times[k]);
            assert_true(
                lkcam_stamp_read(picture, sizes[i][0], sizes[i][0], sizes[i][1], &id, &time));
            assert_int_equal(id, 0xdeadbeef + (uint32_t)k);
            assert_true(time == times[k]);
        }
}

static void the_strip_is_where_the_header_says(void **state)
{
    assert_int_equal(lkcam_stamp_block_px(1280, 720), 16);
    assert_int_equal(lkcam_stamp_block_px(640, 48), 16);
    assert_int_equal(lkcam_stamp_block_px(638, 480), 8);
    assert_int_equal(lkcam_stamp_block_px(254, 480), 0);
    assert_int_equal(lkcam_stamp_block_px(256, 22), 0);
    memset(picture, 77, sizeof picture);
    draw(640, 360, 0x80000001, 0);
    assert_int_equal(picture[0], 235); // bit 31
    assert_int_equal(picture[15 * 640 + 15], 235);
    assert_int_equal(picture[16], 16);         // bit 30
    assert_int_equal(picture[511], 235);       // bit 0
    assert_int_equal(picture[512], 77);        // behind the strip
    assert_int_equal(picture[48 * 640], 77);   // below it
    assert_int_equal(picture[640 * 360], 128); // grey
    assert_int_equal(picture[640 * 360 + 256], 77);
}

// The check value of CRC-16/CCITT-FALSE is 0x29b1 over "123456789"; here over the ten bytes 0: 0x1
// .. 0xa's place.
static void the_crc_is_the_one_of_the_header(void **state)
{
    draw(640, 360, 0, 0);
    uint16_t crc = 0;
    for (int column = 16; column < 32; column++)
        crc = (uint16_t)(crc << 1 | (picture[(2 * 16 + 8) * 640 + column * 16 + 8] > 128));
    assert_int_equal(crc, 0xe139); // ten zero bytes
}

static void a_wrong_bit_is_noticed(void **state)
{
    uint32_t id;
    lkcam_us time;
    for (int block = 0; block < 96; block++) {
        draw(640, 360, 4711, 123456789);
        for (int row = 0; row < 16; row++)
            for (int x = 0; x < 16; x++) {
                uint8_t *p = picture + (block / 32 * 16 + row) * 640 + block % 32 * 16 + x;
                *p = (uint8_t)(251 - *p);
            }
        assert_false(lkcam_stamp_read(picture, 640, 640, 360, &id, &time));
    }
    memset(picture, 16, sizeof picture);
    assert_false(lkcam_stamp_read(picture, 640, 640, 360, &id, &time)); // black is no stamp
    memset(picture, 235, sizeof picture);
    assert_false(lkcam_stamp_read(picture, 640, 640, 360, &id, &time));
    assert_false(lkcam_stamp_read(picture, 200, 200, 100, &id, &time));
}

static void write_nal(void *ctx, const struct lkcam_coded_nal *nal)
{
    assert_int_equal(fwrite("\0\0\0\1", 1, 4, ctx), 4);
    assert_int_equal(fwrite(nal->p, 1, nal->len, ctx), nal->len);
}

static void it_survives_coding_at_one_megabit(void **state)
{
    enum { W = 1280, H = 720, FRAMES = 60, LUMA = W * H };
    char file[] = "/tmp/lkcam_stamp_XXXXXX";
    FILE *out = fdopen(mkstemp(file), "wb");
    struct lkcam_encoder_config cfg = {W, H, LKCAM_PIXEL_I420, 30, 1, 1000000, 1, 4, NULL, {0}, 0};
    struct lkcam_encoder *e;
    assert_int_equal(lkcam_enc_x264_open(&e, &cfg), 0);
    for (uint32_t i = 0; i < FRAMES; i++) {
        lkcam_pattern_draw(picture, W, H, i);
        draw(W, H, i * 977, 55000000000 + i * 33333);
        struct lkcam_encode_request r = {
            .picture = {LKCAM_PIXEL_I420,
                        W,
                        H,
                        {picture, picture + LUMA, picture + LUMA * 5 / 4},
                        {W, W / 2, W / 2}},
            .number = i,
            .bitrate_bps = 1000000,
            .fps_milli = 30000,
            .key_frame = i % 20 == 0,
            .on_nal = write_nal,
            .ctx = out,
        };
        assert_true(e->ops->encode(e, &r) >= 0);
    }
    lkcam_encoder_close(&e);
    fclose(out);

    struct decoder *d = decode_open(file);
    for (uint32_t i = 0; i < FRAMES; i++) {
        uint32_t id;
        lkcam_us time;
        assert_true(decode_frame(d, decoded, LUMA * 3 / 2));
        assert_true(lkcam_stamp_read(decoded, W, W, H, &id, &time));
        assert_int_equal(id, i * 977);
        assert_true(time == 55000000000 + i * 33333);
    }
    assert_int_equal(decode_close(d), 0);
    unlink(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_drawn_is_read),
        cmocka_unit_test(the_strip_is_where_the_header_says),
        cmocka_unit_test(the_crc_is_the_one_of_the_header),
        cmocka_unit_test(a_wrong_bit_is_noticed),
        cmocka_unit_test(it_survives_coding_at_one_megabit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
