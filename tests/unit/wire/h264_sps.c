// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/h264.h"

#include <errno.h>
#include <stdio.h>

#include "cmocka_all.h"

// Written by x264 164 (through ffmpeg), but for one; sizes, profiles and levels as ffprobe tells
// them.
static const struct {
    const char *hex;
    int profile, constraints, level, width, height;
} known[] = {
    {"6742c01fd9005005bb0110000003001000000303c0f1832480", 66, 0xc0, 31, 1280, 720},
    {"67640028acd940780227e5c044000003000400000300f03c60c658", 100, 0, 40, 1920, 1080}, // cropped
    {"6764001eacd940b424d8088000000300800000190f8a14cb", 100, 0, 30, 720, 576},         // fields
    {"67f4000a919b28a4f171f808800000030080000019078912cb", 244, 0, 10, 70, 50},         // 4:4:4
    {"677a000abcd945279a3f011000000300100000030320f1225960", 122, 0, 10, 70, 50},       // 4:2:2
    {"6764001ef3650280bfe27016c80000030008000003019078b16cb0", 100, 0, 30, 640, 360}, // monochrome
    // By hand from s7.3.2.1.1: explicit lists 0, 5 (both 4x4) and 6 (8x8), list 7 ended by its
    // first delta.
    {"6764001ead841249249249241087fffa318c60c98c63064c6318326318c19318c60c98c63064c6318326318c"
     "19318c60c98c63064c6318326318c19318d08da0280f64",
     100, 0, 30, 640, 480},
    {"67640028acd94078044fde0220000003002000000643e2c5b2c0", 100, 0, 40, 1920,
     1080}, // cropped in fields
};

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    for (unsigned byte; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        out[n++] = (uint8_t)byte;
    return n;
}

static void facts_of_real_parameter_sets(void **state)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint8_t nal[256];
        struct lkcam_h264_sps sps;
        size_t len = from_hex(known[i].hex, nal);
        assert_int_equal(lkcam_h264_read_sps(nal, len, &sps), 0);
        assert_int_equal(sps.profile_idc, known[i].profile);
        assert_int_equal(sps.constraints, known[i].constraints);
        assert_int_equal(sps.level_idc, known[i].level);
        assert_int_equal(sps.width_px, known[i].width);
        assert_int_equal(sps.height_px, known[i].height);
    }
}

static void emulation_prevention_is_taken_out(void **state)
{
    // Profile 66 at "level 0", id 0: 00 00 then 03 in front of a byte below 4; the same without it
    // is other bits. After the level: ue 0 (id), ue 0, ue 2 (order type 2), ue 0 (refs), 0, ue 19,
    // ue 14, 1, 0, 0 and the stop bit. 1 1 011 1 0 000010100 0001111 1 0 0 1
    static const uint8_t with[] = {0x67, 0x42, 0x00, 0x00, 0x03, 0xdc, 0x14, 0x1f, 0x20};
    static const uint8_t without[] = {0x67, 0x42, 0x00, 0x00, 0xdc, 0x14, 0x1f, 0x20};
    struct lkcam_h264_sps sps;

    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            lkcam_h264_read_sps(i ? with : without, i ? sizeof with : sizeof without, &sps), 0);
        assert_int_equal(sps.width_px, 320);
        assert_int_equal(sps.height_px, 240);
    }
}

// Order type 1 with a cycle of two: 1 1 010 0 1 1 011 1 1 | 1 0 010 010 1 0 0 1 (16 x 16: ue 0 is
// "1").
static void picture_order_type_1(void **state)
{
    // id 0 (1), frame_num (1), type 1 (010), flag 0, se 0 (1), se 0 (1), n = 2 (011), se 0 (1), se
    // 0 (1), refs 0 (1), gaps 0, width 1 (010), height 1 (010), frame_mbs_only 1, direct 0, crop 0,
    // stop 1 1101 0011 0111 1100 1001 0100 1000 0000
    static const uint8_t nal[] = {0x67, 0x42, 0xc0, 0x0a, 0xd3, 0x7c, 0x94, 0x80};
    struct lkcam_h264_sps sps;

    assert_int_equal(lkcam_h264_read_sps(nal, sizeof nal, &sps), 0);
    assert_int_equal(sps.width_px, 32);
    assert_int_equal(sps.height_px, 32);
}

// A parameter set cut before its cropping flag's end tells no size.
static void truncated_is_refused(void **state)
{
    uint8_t nal[64];
    struct lkcam_h264_sps sps;
    from_hex(known[0].hex, nal);
    for (size_t len = 0; len <= 8; len++)
        assert_int_equal(lkcam_h264_read_sps(nal, len, &sps), -EBADMSG);
    nal[0] = 0x68;
    assert_int_equal(lkcam_h264_read_sps(nal, 25, &sps), -EBADMSG);
}

static void absurd_values_are_refused(void **state)
{
    static const uint8_t zeros[] = {0x67, 0x42, 0xc0, 0x0a, 0, 0,
                                    0,    0,    0,    0,    0, 0}; // an Exp-Golomb without an end
    // Chroma format 4: 1 00101
    static const uint8_t chroma[] = {0x67, 0x64, 0x00, 0x0a, 0x97, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 0xff};
    // 32 x 32 as in picture_order_type_1 without order cycle, cropped by 16 units of 2 px on the
    // right: 1 1 011 1 0 010 010 1 0 1 | 1, ue 16 (000010001), 1, 1, stop
    static const uint8_t cropped[] = {0x67, 0x42, 0xc0, 0x0a, 0xdc, 0x95, 0x84, 0x5e};
    // As in emulation_prevention: ue 1056 (00000000001 0000100001) macroblocks of width
    // 1 1 011 1 0 000000000010000100001 1 1 0 0 1
    static const uint8_t wide[] = {0x67, 0x42, 0xc0, 0x0a, 0xdc, 0x00, 0x21, 0x0f, 0x90};
    struct lkcam_h264_sps sps;

    assert_int_equal(lkcam_h264_read_sps(zeros, sizeof zeros, &sps), -EBADMSG);
    assert_int_equal(lkcam_h264_read_sps(chroma, sizeof chroma, &sps), -EBADMSG);
    assert_int_equal(lkcam_h264_read_sps(cropped, sizeof cropped, &sps), -EBADMSG);
    assert_int_equal(lkcam_h264_read_sps(wide, sizeof wide, &sps), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_of_real_parameter_sets),
        cmocka_unit_test(emulation_prevention_is_taken_out),
        cmocka_unit_test(picture_order_type_1),
        cmocka_unit_test(truncated_is_refused),
        cmocka_unit_test(absurd_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
