// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/v4l2_text.h"

#include <linux/videodev2.h>
#include <string.h>

#include "cmocka_all.h"

static const char *clean(const char *text, size_t len)
{
    static char out[33];
    lkcam_v4l2_text(out, sizeof out, text, len);
    return out;
}

static void names_of_drivers_become_text(void **state)
{
    assert_string_equal(clean("HD Webcam\0rest", 14), "HD Webcam");
    assert_string_equal(clean("HD Webcam", 4), "HD W");
    assert_string_equal(clean("摄像头 é", 12), "摄像头 é");
    assert_string_equal(clean("\x1b[31mred\x07", 9), "?[31mred?");
    assert_string_equal(clean("\xc2\x9b"
                              "1m",
                              4),
                        "??1m"); // CSI as a C1 control
    assert_string_equal(clean("a\xff\xfe"
                              "b",
                              4),
                        "a??b");
    assert_string_equal(clean("\xc0\xaf\xed\xa0\x80", 5), "?????"); // overlong, surrogate
    assert_string_equal(clean("\xf4\x90\x80\x80", 4), "????");      // beyond Unicode
    assert_string_equal(clean("\xf0\x9f\x93\xb7", 4), "\xf0\x9f\x93\xb7");
    assert_string_equal(clean("ab\xe6\x91\x84", 4), "ab??"); // cut within a character
}

static void it_ends_where_the_room_does(void **state)
{
    char out[6];
    lkcam_v4l2_text(out, sizeof out, "abcdefgh", 8);
    assert_string_equal(out, "abcde");
    lkcam_v4l2_text(out, sizeof out, "abc\xe6\x91\x84", 6); // the whole character or none of it
    assert_string_equal(out, "abc");
}

static const char *spelled(const char *title)
{
    static char out[32];
    lkcam_v4l2_spell(out, sizeof out, title);
    return out;
}

static void controls_are_spelled_as_v4l2_ctl_does(void **state)
{
    assert_string_equal(spelled("Brightness"), "brightness");
    assert_string_equal(spelled("White Balance, Automatic"), "white_balance_automatic");
    assert_string_equal(spelled("Exposure, Dynamic Framerate"), "exposure_dynamic_framerate");
    assert_string_equal(spelled("Pan (Absolute)"), "pan_absolute");
    assert_string_equal(spelled("--S32 2 Element  Array--"), "s32_2_element_array");
    assert_string_equal(spelled("Größe"), "gr_e");
    assert_string_equal(spelled("???"), "");
    assert_string_equal(spelled("Abcdefghijklmnopqrstuvwxyz12345"),
                        "abcdefghijklmnopqrstuvwxyz12345");
    assert_string_equal(spelled("Abcdefghijklmnopqrstuvwxyz123456"),
                        "abcdefghijklmnopqrstuvwxyz12345");
    assert_string_equal(spelled("Abcdefghijklmnopqrstuvwxyz1234 6"),
                        "abcdefghijklmnopqrstuvwxyz1234");
}

static void codes_of_formats(void **state)
{
    char out[8];
    lkcam_v4l2_fourcc_text(out, V4L2_PIX_FMT_YUYV);
    assert_string_equal(out, "YUYV");
    lkcam_v4l2_fourcc_text(out, V4L2_PIX_FMT_ARGB555X);
    assert_string_equal(out, "AR15-BE");
    lkcam_v4l2_fourcc_text(out, 0x1b000741);
    assert_string_equal(out, "A???");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_drivers_become_text),
        cmocka_unit_test(it_ends_where_the_room_does),
        cmocka_unit_test(controls_are_spelled_as_v4l2_ctl_does),
        cmocka_unit_test(codes_of_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
