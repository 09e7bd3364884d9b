// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/bytes.h"

#include "cmocka_all.h"

static void reads_big_endian(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    struct lkcam_reader r = lkcam_reader_over(bytes, sizeof bytes);

    assert_int_equal(lkcam_read_u8(&r), 0x01);
    assert_int_equal(lkcam_read_u16(&r), 0x0203);
    assert_int_equal(lkcam_read_u32(&r), 0x04050607);
    assert_true(lkcam_read_u64(&r) == 0x08090a0b0c0d0e0full);
    assert_int_equal(lkcam_read_left(&r), 0);
    assert_false(r.bad);
}

static void reading_past_the_end_sticks(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3};
    struct lkcam_reader r = lkcam_reader_over(bytes, sizeof bytes);

    assert_int_equal(lkcam_read_u32(&r), 0);
    assert_true(r.bad);
    assert_int_equal(lkcam_read_u8(&r), 0); // although there is one
    assert_null(lkcam_read_bytes(&r, 0));
    assert_int_equal(lkcam_read_left(&r), 3);
}

static void read_bytes_borrows(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3};
    struct lkcam_reader r = lkcam_reader_over(bytes, sizeof bytes);

    assert_ptr_equal(lkcam_read_bytes(&r, 2), bytes);
    assert_ptr_equal(lkcam_read_bytes(&r, 1), bytes + 2);
    assert_null(lkcam_read_bytes(&r, SIZE_MAX));
}

static void writes_big_endian(void **state)
{
    static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 'x', 'y'};
    uint8_t bytes[17];
    struct lkcam_writer w = lkcam_writer_over(bytes, sizeof bytes);

    lkcam_write_u8(&w, 0x01);
    lkcam_write_u16(&w, 0x0203);
    lkcam_write_u32(&w, 0x04050607);
    lkcam_write_u64(&w, 0x08090a0b0c0d0e0full);
    lkcam_write_bytes(&w, "xy", 2);
    assert_false(w.bad);
    assert_int_equal(lkcam_written(&w), 17);
    assert_memory_equal(bytes, expected, 17);
}

static void writing_past_the_end_sticks(void **state)
{
    uint8_t bytes[4] = {0, 0, 0, 0xee};
    struct lkcam_writer w = lkcam_writer_over(bytes, 3);

    lkcam_write_u16(&w, 0x0102);
    lkcam_write_u16(&w, 0x0304);
    assert_true(w.bad);
    lkcam_write_u8(&w, 5); // although there is room
    assert_int_equal(lkcam_written(&w), 2);
    assert_int_equal(bytes[2], 0);
    assert_int_equal(bytes[3], 0xee);
    assert_null(lkcam_write_room(&w, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_big_endian),
        cmocka_unit_test(reading_past_the_end_sticks),
        cmocka_unit_test(read_bytes_borrows),
        cmocka_unit_test(writes_big_endian),
        cmocka_unit_test(writing_past_the_end_sticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
