// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/h264.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"

static void next_nal_walks_both_start_codes(void **state)
{
    static const uint8_t stream[] = {0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68,
                                     3, 0, 0, 1, 0x65, 0, 0, 3, 4, 0, 0};
    struct lkcam_nal nal;
    size_t at = 0;

    assert_int_equal(lkcam_h264_next_nal(stream, sizeof stream, &at, &nal), 1);
    assert_ptr_equal(nal.p, stream + 4);
    assert_int_equal(nal.len, 3);
    assert_int_equal(lkcam_nal_type(nal.p[0]), LKCAM_NAL_SPS);
    assert_int_equal(lkcam_h264_next_nal(stream, sizeof stream, &at, &nal), 1);
    assert_ptr_equal(nal.p, stream + 11);
    assert_int_equal(nal.len, 2);
    assert_int_equal(lkcam_h264_next_nal(stream, sizeof stream, &at, &nal), 1);
    assert_ptr_equal(nal.p, stream + 16);
    assert_int_equal(nal.len, 5);
    assert_int_equal(lkcam_h264_next_nal(stream, sizeof stream, &at, &nal), 0);
    assert_int_equal(lkcam_h264_next_nal(stream, sizeof stream, &at, &nal), 0);
}

static void next_nal_passes_over_nothing_and_rubbish(void **state)
{
    static const uint8_t rubbish[] = {9, 9, 0, 0, 2, 0, 0}, empty[] = {0, 0, 1, 0, 0, 1, 0, 0, 1};
    static const uint8_t late[] = {7, 0, 0, 1, 0, 0, 1, 0x41};
    struct lkcam_nal nal;
    size_t at = 0;

    assert_int_equal(lkcam_h264_next_nal(rubbish, sizeof rubbish, &at, &nal), 0);
    at = 0;
    assert_int_equal(lkcam_h264_next_nal(empty, sizeof empty, &at, &nal), 0);
    at = 0;
    assert_int_equal(lkcam_h264_next_nal(rubbish, 0, &at, &nal), 0);
    at = 0;
    assert_int_equal(lkcam_h264_next_nal(late, sizeof late, &at, &nal), 1);
    assert_ptr_equal(nal.p, late + 7);
    assert_int_equal(nal.len, 1);
}

static void stap_a_holds_sps_and_pps(void **state)
{
    static const uint8_t sps[] = {0x67, 1, 2, 3}, pps[] = {0x28, 4};
    static const uint8_t expected[] = {0x78, 0, 4, 0x67, 1, 2, 3, 0, 2, 0x28, 4};
    const struct lkcam_nal nals[] = {{sps, sizeof sps}, {pps, sizeof pps}};
    uint8_t out[11];

    assert_int_equal(lkcam_h264_write_stap_a(out, sizeof out, nals, 2), 11);
    assert_memory_equal(out, expected, 11);
    assert_int_equal(lkcam_h264_write_stap_a(out, 10, nals, 2), -ENOSPC);
    assert_int_equal(lkcam_h264_write_stap_a(out, 0, nals, 2), -ENOSPC);
}

// RFC 6184 s5.7: F is the OR, NRI the highest, whichever NAL has it.
static void stap_a_header_sums_up(void **state)
{
    static const uint8_t low[] = {0x06, 1}, high[] = {0xe8, 1};
    const struct lkcam_nal rising[] = {{low, 2}, {high, 2}}, falling[] = {{high, 2}, {low, 2}};
    uint8_t out[16];

    assert_int_equal(lkcam_h264_write_stap_a(out, sizeof out, rising, 2), 9);
    assert_int_equal(out[0], 0xf8);
    assert_int_equal(lkcam_h264_write_stap_a(out, sizeof out, falling, 2), 9);
    assert_int_equal(out[0], 0xf8);
    assert_int_equal(lkcam_h264_write_stap_a(out, sizeof out, rising, 1), 5);
    assert_int_equal(out[0], 0x18);
}

static void nal_that_fits_goes_as_it_is(void **state)
{
    uint8_t nal[100], out[100];
    struct lkcam_h264_cut c;
    bool last = false;

    memset(nal, 0x41, sizeof nal);
    lkcam_h264_cut_begin(&c, (struct lkcam_nal){nal, 100}, 100);
    assert_int_equal(lkcam_h264_cut_next(&c, out, &last), 100);
    assert_true(last);
    assert_memory_equal(out, nal, 100);
    assert_int_equal(lkcam_h264_cut_next(&c, out, &last), 0);
}

// One byte too many: two FU-As. 100 bytes without the header byte, 50 and 50.
static void nal_one_too_long_is_halved(void **state)
{
    uint8_t nal[101], out[100];
    struct lkcam_h264_cut c;
    bool last = true;

    for (size_t i = 0; i < sizeof nal; i++)
        nal[i] = (uint8_t)i;
    nal[0] = 0xe5; // F set, NRI 3, type 5
    lkcam_h264_cut_begin(&c, (struct lkcam_nal){nal, 101}, 100);
    assert_int_equal(lkcam_h264_cut_next(&c, out, &last), 52);
    assert_false(last);
    assert_int_equal(out[0], 0xfc); // F, NRI 3, type 28
    assert_int_equal(out[1], 0x85); // S, type 5
    assert_memory_equal(out + 2, nal + 1, 50);
    assert_int_equal(lkcam_h264_cut_next(&c, out, &last), 52);
    assert_true(last);
    assert_int_equal(out[0], 0xfc);
    assert_int_equal(out[1], 0x45); // E, type 5
    assert_memory_equal(out + 2, nal + 51, 50);
    assert_int_equal(lkcam_h264_cut_next(&c, out, &last), 0);
}

struct cut_sizes {
    size_t parts, smallest, largest, bytes;
};

static struct cut_sizes cut_all(size_t len, size_t max)
{
    static uint8_t nal[4000], out[1400];
    struct cut_sizes sizes = {0, SIZE_MAX, 0, 0};
    struct lkcam_h264_cut c;
    bool last = false;
    size_t n;

    memset(nal, 0x21, sizeof nal); // NRI 1, type 1
    lkcam_h264_cut_begin(&c, (struct lkcam_nal){nal, len}, max);
    while ((n = lkcam_h264_cut_next(&c, out, &last))) {
        assert_int_equal(out[0], 0x3c);
        assert_int_equal(out[1], (sizes.parts == 0 ? 0x80 : 0) | (last ? 0x40 : 0) | 1);
        sizes.smallest = n < sizes.smallest ? n : sizes.smallest;
        sizes.largest = n > sizes.largest ? n : sizes.largest;
        sizes.bytes += n - 2;
        sizes.parts++;
    }
    assert_true(last);
    return sizes;
}

// 1 + 3 x 1198 fill three payloads of 1200 exactly; one byte more makes four of nearly equal size.
static void fu_parts_are_nearly_equal(void **state)
{
    struct cut_sizes full = cut_all(1 + 3 * 1198, 1200), more = cut_all(2 + 3 * 1198, 1200);

    assert_int_equal(full.parts, 3);
    assert_int_equal(full.smallest, 1200);
    assert_int_equal(full.largest, 1200);
    assert_int_equal(full.bytes, 3 * 1198);
    assert_int_equal(more.parts, 4);
    assert_int_equal(more.smallest, 900);
    assert_int_equal(more.largest, 901);
    assert_int_equal(more.bytes, 3 * 1198 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_nal_walks_both_start_codes),
        cmocka_unit_test(next_nal_passes_over_nothing_and_rubbish),
        cmocka_unit_test(stap_a_holds_sps_and_pps),
        cmocka_unit_test(stap_a_header_sums_up),
        cmocka_unit_test(nal_that_fits_goes_as_it_is),
        cmocka_unit_test(nal_one_too_long_is_halved),
        cmocka_unit_test(fu_parts_are_nearly_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
