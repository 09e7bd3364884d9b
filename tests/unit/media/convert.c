// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/convert.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "cmocka_all.h"

// 4x2, rows padded to 12 bytes. Chroma of 4:2:0 is the mean of two rows, rounded.
static const uint8_t yuyv[24] = {
    10, 100, 20, 200, 30, 110, 40, 210, 0xee, 0xee, 0xee, 0xee,
    50, 102, 60, 202, 70, 112, 80, 212, 0xee, 0xee, 0xee, 0xee,
};
static const uint8_t luma[8] = {10, 20, 30, 40, 50, 60, 70, 80};
static const uint8_t uv[4] = {101, 201, 111, 211};

static void packed_becomes_nv12(void **state)
{
    uint8_t uyvy[24];
    for (int i = 0; i < 24; i++)
        uyvy[i] = yuyv[i ^ 1];
    const enum lkcam_pixel_format formats[] = {LKCAM_PIXEL_YUYV, LKCAM_PIXEL_UYVY};
    for (int i = 0; i < 2; i++) {
        struct lkcam_convert c;
        struct lkcam_frame f = {0};
        struct lkcam_picture p;
        bool borrowed = true;
        assert_int_equal(lkcam_convert_init(&c, formats[i], LKCAM_CONVERT_I420, 4, 2), 0);
        lkcam_frame_lay_out(&f, formats[i], 4, 2, i ? uyvy : yuyv, 12);
        assert_int_equal(lkcam_convert_frame(&c, &f, &p, &borrowed), 0);
        assert_false(borrowed);
        assert_int_equal(p.format, LKCAM_PIXEL_NV12);
        assert_int_equal(p.stride_bytes[0], 4);
        assert_memory_equal(p.plane[0], luma, 8);
        assert_memory_equal(p.plane[1], uv, 4);
        lkcam_convert_deinit(&c);
    }
}

// BT.601 of the limited range, as cameras' own YCbCr has it.
static void expect_colour(const struct lkcam_picture *p, int block, int r, int g, int b)
{
    int y = 16 + (66 * r + 129 * g + 25 * b + 128) / 256;
    int u = 128 + (-38 * r - 74 * g + 112 * b) / 256, v = 128 + (112 * r - 94 * g - 18 * b) / 256;
    for (int i = 0; i < 4; i++)
        assert_in_range(p->plane[0][i / 2 * p->stride_bytes[0] + block * 2 + i % 2], y - 2, y + 2);
    assert_in_range(p->plane[1][block], u - 2, u + 2);
    assert_in_range(p->plane[2][block], v - 2, v + 2);
}

// Four blocks of 2x2 pixels in a row, rows padded.
static void rgb_becomes_i420(void **state)
{
    enum { BLOCKS = 4, STRIDE = BLOCKS * 2 * 3 + 8 };
    static const uint8_t colour[BLOCKS][3] = {
        {255, 0, 0}, {0, 255, 0}, {10, 20, 250}, {200, 180, 90}};
    const enum lkcam_pixel_format formats[] = {LKCAM_PIXEL_RGB24, LKCAM_PIXEL_BGR24};
    for (int k = 0; k < 4; k++) {
        bool swapped = k % 2;
        uint8_t pixels[STRIDE * 2];
        memset(pixels, 0xee, sizeof pixels);
        for (int i = 0; i < 2 * BLOCKS * 2 * 3; i++) {
            int row = i / (BLOCKS * 2 * 3), x = i / 3 % (BLOCKS * 2), c = i % 3;
            pixels[row * STRIDE + x * 3 + c] = colour[x / 2][swapped ? 2 - c : c];
        }
        struct lkcam_convert c;
        struct lkcam_frame f = {0};
        struct lkcam_picture p;
        bool borrowed = true;
        assert_int_equal(lkcam_convert_init(&c, formats[swapped], (enum lkcam_convert_path)(k / 2),
                                            BLOCKS * 2, 2),
                         0);
        lkcam_frame_lay_out(&f, formats[swapped], BLOCKS * 2, 2, pixels, STRIDE);
        assert_int_equal(lkcam_convert_frame(&c, &f, &p, &borrowed), 0);
        assert_false(borrowed);
        assert_int_equal(p.format, LKCAM_PIXEL_I420);
        for (int i = 0; i < BLOCKS; i++)
            expect_colour(&p, i, colour[i][0], colour[i][1], colour[i][2]);
        lkcam_convert_deinit(&c);
    }
}

static void planar_is_borrowed_with_its_stride(void **state)
{
    const enum lkcam_pixel_format formats[] = {LKCAM_PIXEL_I420, LKCAM_PIXEL_NV12};
    static const uint8_t block[32 * 16 * 2];
    for (int i = 0; i < 2; i++) {
        struct lkcam_convert c;
        struct lkcam_frame f = {0};
        struct lkcam_picture p;
        bool borrowed = false;
        assert_int_equal(lkcam_convert_init(&c, formats[i], LKCAM_CONVERT_I420, 16, 16), 0);
        lkcam_frame_lay_out(&f, formats[i], 16, 16, block, 32);
        assert_int_equal(lkcam_convert_frame(&c, &f, &p, &borrowed), 0);
        assert_true(borrowed);
        assert_int_equal(p.format, formats[i]);
        assert_ptr_equal(p.plane[0], block);
        assert_int_equal(p.stride_bytes[0], 32);
        assert_int_equal(p.stride_bytes[1], i ? 32 : 16);
        lkcam_convert_deinit(&c);
    }
}

static void odd_and_unknown_are_refused(void **state)
{
    struct lkcam_convert c;
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_YUYV, LKCAM_CONVERT_I420, 5, 2), -EINVAL);
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_YUYV, LKCAM_CONVERT_I420, 4, 3), -EINVAL);
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_I420, LKCAM_CONVERT_I420, 0, 2), -EINVAL);
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_NONE, LKCAM_CONVERT_I420, 4, 2), -EINVAL);
}

// ---- MJPEG --------------------------------------------------------------------------------------

enum { W = 64, H = 48 };

// Luma rises to the right, U downwards, V falls downwards: smooth, so that a JPEG keeps it, and of
// colours that RGB has.
static uint8_t want_y(int x, int y)
{
    return (uint8_t)(95 + x + x / 2);
}

static uint8_t want_u(int x, int y)
{
    return (uint8_t)(90 + y);
}

static unsigned char *make_jpeg(int subsampling, unsigned long *len)
{
    static uint8_t y[W * H], u[W * H], v[W * H];
    int chroma_width = subsampling == TJSAMP_444 ? W : W / 2,
        step = subsampling == TJSAMP_420 ? 2 : 1;
    for (int row = 0; row < H; row++)
        for (int x = 0; x < W; x++)
            y[row * W + x] = want_y(x, row);
    for (int row = 0; row < H / step; row++)
        for (int x = 0; x < chroma_width; x++) {
            u[row * chroma_width + x] = want_u(x, row * step);
            v[row * chroma_width + x] = (uint8_t)(200 - want_u(x, row * step));
        }
    const unsigned char *planes[3] = {y, u, v};
    unsigned char *jpeg = NULL;
    tjhandle h = tjInitCompress();
    assert_int_equal(tjCompressFromYUVPlanes(h, planes, W, NULL, H, subsampling, &jpeg, len, 95, 0),
                     0);
    tjDestroy(h);
    return jpeg;
}

static int convert_jpeg(struct lkcam_convert *c, const unsigned char *jpeg, size_t len,
                        struct lkcam_picture *p)
{
    struct lkcam_frame f = {
        .format = LKCAM_PIXEL_MJPEG, .width_px = W, .height_px = H, .plane = {jpeg}, .bytes = len};
    bool borrowed = true;
    int err = lkcam_convert_frame(c, &f, p, &borrowed);
    assert_false(borrowed);
    return err;
}

static void expect_picture(const struct lkcam_picture *p)
{
    assert_int_equal(p->format, LKCAM_PIXEL_I420);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            assert_in_range(p->plane[0][y * p->stride_bytes[0] + x], want_y(x, y) - 3,
                            want_y(x, y) + 3);
    for (int y = 0; y < H / 2; y++)
        for (int x = 0; x < W / 2; x++) {
            assert_in_range(p->plane[1][y * p->stride_bytes[1] + x], want_u(x, y * 2) - 3,
                            want_u(x, y * 2) + 4);
            assert_in_range(p->plane[2][y * p->stride_bytes[2] + x], 200 - want_u(x, y * 2) - 4,
                            200 - want_u(x, y * 2) + 3);
        }
}

static void both_kinds_of_mjpeg_become_i420(void **state)
{
    struct lkcam_convert c;
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_MJPEG, LKCAM_CONVERT_I420, W, H), 0);
    const int kinds[] = {TJSAMP_420, TJSAMP_422};
    for (int i = 0; i < 2; i++) {
        unsigned long len = 0;
        unsigned char *jpeg = make_jpeg(kinds[i], &len);
        struct lkcam_picture p;
        assert_int_equal(convert_jpeg(&c, jpeg, len, &p), 0);
        expect_picture(&p);
        tjFree(jpeg);
    }
    lkcam_convert_deinit(&c);
}

// Chroma that differs from row to row: both rows of a pair count.
static void mjpeg_chroma_is_the_mean_of_two_rows(void **state)
{
    static uint8_t y[W * H], u[W / 2 * H], v[W / 2 * H];
    memset(y, 100, sizeof y);
    for (int i = 0; i < W / 2 * H; i++) {
        u[i] = i / (W / 2) % 2 ? 148 : 108;
        v[i] = i / (W / 2) % 2 ? 98 : 138;
    }
    const unsigned char *planes[3] = {y, u, v};
    unsigned char *jpeg = NULL;
    unsigned long len = 0;
    tjhandle h = tjInitCompress();
    assert_int_equal(
        tjCompressFromYUVPlanes(h, planes, W, NULL, H, TJSAMP_422, &jpeg, &len, 100, 0), 0);
    tjDestroy(h);
    struct lkcam_convert c;
    struct lkcam_picture p;
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_MJPEG, LKCAM_CONVERT_I420, W, H), 0);
    assert_int_equal(convert_jpeg(&c, jpeg, len, &p), 0);
    for (int i = 0; i < W / 2 * H / 2; i++) {
        assert_in_range(p.plane[1][i], 125, 131);
        assert_in_range(p.plane[2][i], 115, 121);
    }
    lkcam_convert_deinit(&c);
    tjFree(jpeg);
}

// Many cameras leave the standard Huffman tables out (the AVI1 form of MJPEG).
static void mjpeg_without_huffman_tables_is_read(void **state)
{
    unsigned long len = 0, kept = 2;
    unsigned char *jpeg = make_jpeg(TJSAMP_422, &len), *bare = malloc(len);
    memcpy(bare, jpeg, 2);
    unsigned long at = 2;
    while (jpeg[at + 1] != 0xda) {
        unsigned long segment = 2 + ((unsigned long)jpeg[at + 2] << 8 | jpeg[at + 3]);
        if (jpeg[at + 1] != 0xc4) {
            memcpy(bare + kept, jpeg + at, segment);
            kept += segment;
        }
        at += segment;
    }
    memcpy(bare + kept, jpeg + at, len - at);
    kept += len - at;
    assert_true(kept < len);

    struct lkcam_convert c;
    struct lkcam_picture p;
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_MJPEG, LKCAM_CONVERT_I420, W, H), 0);
    assert_int_equal(convert_jpeg(&c, bare, kept, &p), 0);
    expect_picture(&p);
    lkcam_convert_deinit(&c);
    free(bare);
    tjFree(jpeg);
}

// So do many UVC cameras: bytes between the last picture data and the end marker.
static void mjpeg_with_filling_before_its_end_is_read(void **state)
{
    struct lkcam_convert c;
    struct lkcam_picture p;
    unsigned long len = 0;
    unsigned char *jpeg = make_jpeg(TJSAMP_422, &len);
    unsigned char *filled = malloc(len + 4);
    memcpy(filled, jpeg, len - 2);
    memset(filled + len - 2, 0, 4);
    memcpy(filled + len + 2, "\xff\xd9", 2);
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_MJPEG, LKCAM_CONVERT_I420, W, H), 0);
    assert_int_equal(convert_jpeg(&c, filled, len + 4, &p), 0);
    expect_picture(&p);
    // Filling does not excuse what is missing before it.
    memmove(filled + len - 60, filled + len - 2, 6);
    assert_int_equal(convert_jpeg(&c, filled, len - 54, &p), -EBADMSG);
    lkcam_convert_deinit(&c);
    free(filled);
    tjFree(jpeg);
}

static void broken_mjpeg_is_refused(void **state)
{
    struct lkcam_convert c;
    struct lkcam_picture p;
    unsigned long len = 0, full_len = 0;
    unsigned char *jpeg = make_jpeg(TJSAMP_422, &len), *full = make_jpeg(TJSAMP_444, &full_len);
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_MJPEG, LKCAM_CONVERT_I420, W, H), 0);
    assert_int_equal(convert_jpeg(&c, jpeg, len / 2, &p), -EBADMSG);
    assert_int_equal(convert_jpeg(&c, jpeg, 0, &p), -EBADMSG);
    assert_int_equal(convert_jpeg(&c, full, full_len, &p), -EBADMSG); // 4:4:4 is not read
    memset(jpeg, 0x55, 20);
    assert_int_equal(convert_jpeg(&c, jpeg, len, &p), -EBADMSG);
    lkcam_convert_deinit(&c);

    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_MJPEG, LKCAM_CONVERT_I420, W * 2, H), 0);
    tjFree(jpeg);
    jpeg = make_jpeg(TJSAMP_422, &len);
    struct lkcam_frame f = {.format = LKCAM_PIXEL_MJPEG,
                            .width_px = W * 2,
                            .height_px = H,
                            .plane = {jpeg},
                            .bytes = len};
    bool borrowed;
    assert_int_equal(lkcam_convert_frame(&c, &f, &p, &borrowed),
                     -EBADMSG); // another size than announced
    lkcam_convert_deinit(&c);
    tjFree(jpeg);
    tjFree(full);
}

// Smooth, and of colours that RGB has.
static void draw_smooth(uint8_t *i420)
{
    for (int i = 0; i < W * H; i++)
        i420[i] = (uint8_t)(80 + i % W + i / W);
    for (int i = 0; i < W * H / 4; i++) {
        i420[W * H + i] = (uint8_t)(112 + i % (W / 2));
        i420[W * H * 5 / 4 + i] = (uint8_t)(140 - i / (W / 2));
    }
}

static void expect_smooth(const struct lkcam_picture *p, const uint8_t *i420)
{
    bool nv12 = p->format == LKCAM_PIXEL_NV12;
    for (int i = 0; i < W * H; i++)
        assert_in_range(p->plane[0][i / W * p->stride_bytes[0] + i % W], i420[i] - 3, i420[i] + 3);
    for (int i = 0; i < W * H / 4; i++) {
        int row = i / (W / 2) * p->stride_bytes[1], x = i % (W / 2);
        int u = p->plane[1][row + (nv12 ? 2 * x : x)];
        int v = nv12 ? p->plane[1][row + 2 * x + 1] : p->plane[2][row + x];
        assert_in_range(u, i420[W * H + i] - 3, i420[W * H + i] + 3);
        assert_in_range(v, i420[W * H * 5 / 4 + i] - 3, i420[W * H * 5 / 4 + i] + 3);
    }
}

static void both_paths_show_the_same_picture(void **state)
{
    static uint8_t i420[W * H * 3 / 2], raw[W * H * 3];
    draw_smooth(i420);
    for (int k = 0; k < (LKCAM_PIXEL_BGR24 - LKCAM_PIXEL_I420 + 1) * 2; k++) {
        enum lkcam_pixel_format format = (enum lkcam_pixel_format)(LKCAM_PIXEL_I420 + k / 2);
        enum lkcam_convert_path path = (enum lkcam_convert_path)(k % 2);
        struct lkcam_convert c;
        struct lkcam_frame f = {0};
        struct lkcam_picture p;
        bool borrowed;
        if (format == LKCAM_PIXEL_I420)
            memcpy(raw, i420, sizeof i420);
        else
            lkcam_convert_from_i420(i420, W, H, format, raw);
        assert_int_equal(lkcam_convert_init(&c, format, path, W, H), 0);
        lkcam_frame_lay_out(&f, format, W, H, raw, 0);
        assert_int_equal(lkcam_convert_frame(&c, &f, &p, &borrowed), 0);
        assert_int_equal(p.format, lkcam_convert_target(format, path));
        if (path == LKCAM_CONVERT_RGBA)
            assert_false(borrowed); // not even where the frame is 4:2:0 already
        expect_smooth(&p, i420);
        lkcam_convert_deinit(&c);
    }
}

static void mjpeg_by_rgba_is_the_same_picture(void **state)
{
    struct lkcam_convert c;
    assert_int_equal(lkcam_convert_init(&c, LKCAM_PIXEL_MJPEG, LKCAM_CONVERT_RGBA, W, H), 0);
    const int kinds[] = {TJSAMP_420, TJSAMP_422};
    for (int i = 0; i < 2; i++) {
        unsigned long len = 0;
        unsigned char *jpeg = make_jpeg(kinds[i], &len);
        struct lkcam_picture p;
        assert_int_equal(convert_jpeg(&c, jpeg, len, &p), 0);
        expect_picture(&p);
        assert_int_equal(convert_jpeg(&c, jpeg, len - 20, &p), -EBADMSG);
        tjFree(jpeg);
    }
    lkcam_convert_deinit(&c);
}

static void a_drawing_goes_out_and_comes_back(void **state)
{
    uint8_t i420[W * H * 3 / 2], out[W * H * 2];
    for (int i = 0; i < W * H * 3 / 2; i++)
        i420[i] = (uint8_t)(i * 7);
    const enum lkcam_pixel_format formats[] = {LKCAM_PIXEL_NV12, LKCAM_PIXEL_YUYV,
                                               LKCAM_PIXEL_UYVY};
    for (int k = 0; k < 3; k++) {
        struct lkcam_convert c;
        struct lkcam_frame f = {0};
        struct lkcam_picture p;
        bool borrowed;
        lkcam_convert_from_i420(i420, W, H, formats[k], out);
        assert_int_equal(lkcam_convert_init(&c, formats[k], LKCAM_CONVERT_I420, W, H), 0);
        lkcam_frame_lay_out(&f, formats[k], W, H, out, 0);
        assert_int_equal(lkcam_convert_frame(&c, &f, &p, &borrowed), 0);
        assert_memory_equal(p.plane[0], i420, W * H);
        for (int i = 0; i < W * H / 4; i++) {
            assert_int_equal(p.plane[1][2 * i], i420[W * H + i]);
            assert_int_equal(p.plane[1][2 * i + 1], i420[W * H * 5 / 4 + i]);
        }
        lkcam_convert_deinit(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_becomes_nv12),
        cmocka_unit_test(rgb_becomes_i420),
        cmocka_unit_test(both_paths_show_the_same_picture),
        cmocka_unit_test(mjpeg_by_rgba_is_the_same_picture),
        cmocka_unit_test(planar_is_borrowed_with_its_stride),
        cmocka_unit_test(odd_and_unknown_are_refused),
        cmocka_unit_test(both_kinds_of_mjpeg_become_i420),
        cmocka_unit_test(mjpeg_chroma_is_the_mean_of_two_rows),
        cmocka_unit_test(mjpeg_without_huffman_tables_is_read),
        cmocka_unit_test(mjpeg_with_filling_before_its_end_is_read),
        cmocka_unit_test(broken_mjpeg_is_refused),
        cmocka_unit_test(a_drawing_goes_out_and_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
