// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/y4m.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"

static int read_text(const char *text, struct lkcam_y4m *out)
{
    return lkcam_y4m_read_header((const uint8_t *)text, strlen(text), out);
}

static void what_ffmpeg_writes_is_read(void **state)
{
    static const char text[] =
        "YUV4MPEG2 W1280 H720 F30000:1001 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2\nFRAME\n";
    struct lkcam_y4m y;
    assert_int_equal(read_text(text, &y), 0);
    assert_int_equal(y.width_px, 1280);
    assert_int_equal(y.height_px, 720);
    assert_int_equal(y.fps_num, 30000);
    assert_int_equal(y.fps_den, 1001);
    assert_memory_equal(text + y.header_bytes, "FRAME", 5);
}

static void chroma_left_out_is_420_and_rate_left_out_is_none(void **state)
{
    struct lkcam_y4m y;
    assert_int_equal(read_text("YUV4MPEG2 W64 H48\n", &y), 0);
    assert_int_equal(y.fps_num, 0);
    assert_int_equal(read_text("YUV4MPEG2 W64 H48 F0:0\n", &y), 0);
    assert_int_equal(y.fps_num, 0);
    assert_int_equal(read_text("YUV4MPEG2 W64 H48 C420paldv\n", &y), 0);
    assert_int_equal(read_text("YUV4MPEG2 W64 H48 C420jpeg\n", &y), 0);
    assert_int_equal(read_text("YUV4MPEG2 W64 H48 C420\n", &y), 0);
}

static void other_kinds_are_told_from_broken_ones(void **state)
{
    struct lkcam_y4m y;
    assert_int_equal(read_text("YUV4MPEG2 W64 H48 C422\n", &y), -ENOTSUP);
    assert_int_equal(read_text("YUV4MPEG2 W64 H48 C420p10\n", &y), -ENOTSUP);
    assert_int_equal(read_text("YUV4MPEG2 W64 H48 C444\n", &y), -ENOTSUP);
    assert_int_equal(read_text("YUV4MPEG2 W64 H48 It\n", &y), -ENOTSUP);
    assert_int_equal(read_text("YUV4MPEG2 W65 H48\n", &y), -EINVAL);
    assert_int_equal(read_text("YUV4MPEG2 W64\n", &y), -EINVAL);
    assert_int_equal(read_text("YUV4MPEG2 W-64 H48\n", &y), -EINVAL);
    assert_int_equal(read_text("YUV4MPEG2 W99999999999 H48\n", &y), -EINVAL);
    assert_int_equal(read_text("YUV4MPEG2 W64 H48", &y), -EBADMSG);
    assert_int_equal(read_text("YUV4MPEG3 W64 H48\n", &y), -EBADMSG);
    assert_int_equal(read_text("", &y), -EBADMSG);
}

static void an_endless_header_is_bounded(void **state)
{
    char text[4096] = "YUV4MPEG2 W64 H48 X";
    memset(text + strlen(text), 'a', sizeof text - 1 - strlen(text));
    text[4000] = '\n';
    text[sizeof text - 1] = '\0';
    struct lkcam_y4m y;
    assert_int_equal(read_text(text, &y), -EBADMSG);
}

static void frame_headers(void **state)
{
    assert_int_equal(lkcam_y4m_read_frame_header((const uint8_t *)"FRAME\nxx", 8), 6);
    assert_int_equal(lkcam_y4m_read_frame_header((const uint8_t *)"FRAME Ixx\n", 10), 10);
    assert_int_equal(lkcam_y4m_read_frame_header((const uint8_t *)"FRAMES\n", 7), 0);
    assert_int_equal(lkcam_y4m_read_frame_header((const uint8_t *)"FRAME", 5), 0);
    assert_int_equal(lkcam_y4m_read_frame_header((const uint8_t *)"frame\n", 6), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_ffmpeg_writes_is_read),
        cmocka_unit_test(chroma_left_out_is_420_and_rate_left_out_is_none),
        cmocka_unit_test(other_kinds_are_told_from_broken_ones),
        cmocka_unit_test(an_endless_header_is_bounded),
        cmocka_unit_test(frame_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
