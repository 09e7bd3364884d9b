// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/frame.h"

#include "cmocka_all.h"

static void names_go_both_ways(void **state)
{
    for (int f = LKCAM_PIXEL_I420; f <= LKCAM_PIXEL_MJPEG; f++)
        assert_int_equal(lkcam_pixel_from_name(lkcam_pixel_name((enum lkcam_pixel_format)f)), f);
    assert_int_equal(lkcam_pixel_from_name("yuyv"), LKCAM_PIXEL_YUYV);
    assert_int_equal(lkcam_pixel_from_name("YU12"), LKCAM_PIXEL_I420);
    assert_int_equal(lkcam_pixel_from_name("mjpg"), LKCAM_PIXEL_MJPEG);
    assert_int_equal(lkcam_pixel_from_name("RGB3"), LKCAM_PIXEL_RGB24);
    assert_int_equal(lkcam_pixel_from_name("RGBP"), LKCAM_PIXEL_NONE);
    assert_int_equal(lkcam_pixel_from_name(""), LKCAM_PIXEL_NONE);
    assert_string_equal(lkcam_pixel_name(LKCAM_PIXEL_I420), "I420");
    assert_string_equal(lkcam_pixel_name(LKCAM_PIXEL_NONE), "none");
}

static void bytes_of_a_picture(void **state)
{
    assert_int_equal(lkcam_pixel_bytes(LKCAM_PIXEL_I420, 1280, 720), 1382400);
    assert_int_equal(lkcam_pixel_bytes(LKCAM_PIXEL_NV12, 1280, 720), 1382400);
    assert_int_equal(lkcam_pixel_bytes(LKCAM_PIXEL_YUYV, 1280, 720), 1843200);
    assert_int_equal(lkcam_pixel_bytes(LKCAM_PIXEL_UYVY, 64, 64), 8192);
    assert_int_equal(lkcam_pixel_bytes(LKCAM_PIXEL_BGR24, 64, 64), 12288);
    assert_int_equal(lkcam_pixel_bytes(LKCAM_PIXEL_MJPEG, 1280, 720), 0);
}

static void planes_lie_one_after_the_other(void **state)
{
    static const uint8_t block[96 * 64 * 2];
    struct lkcam_frame f;
    lkcam_frame_lay_out(&f, LKCAM_PIXEL_I420, 64, 32, block, 96);
    assert_ptr_equal(f.plane[1], block + 96 * 32);
    assert_ptr_equal(f.plane[2], block + 96 * 32 + 48 * 16);
    assert_int_equal(f.stride_bytes[0], 96);
    assert_int_equal(f.stride_bytes[2], 48);

    lkcam_frame_lay_out(&f, LKCAM_PIXEL_NV12, 64, 32, block, 0);
    assert_ptr_equal(f.plane[1], block + 64 * 32);
    assert_null(f.plane[2]);
    assert_int_equal(f.stride_bytes[1], 64);

    lkcam_frame_lay_out(&f, LKCAM_PIXEL_YUYV, 64, 32, block, 0);
    assert_int_equal(f.stride_bytes[0], 128);
    assert_null(f.plane[1]);

    lkcam_frame_lay_out(&f, LKCAM_PIXEL_RGB24, 64, 32, block, 0);
    assert_int_equal(f.stride_bytes[0], 192);
    assert_null(f.plane[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(bytes_of_a_picture),
        cmocka_unit_test(planes_lie_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
