// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/framing.h"

#include <string.h>

#include "cmocka_all.h"

struct got {
    uint8_t bytes[8][LKCAM_DATAGRAM_MAX];
    size_t len[8];
    int count;
};

static void feed(struct lkcam_framing *f, const uint8_t *bytes, size_t len, struct got *got)
{
    while (len) {
        size_t n = lkcam_framing_input(f, bytes, len);
        assert_in_range(n, 1, len);
        bytes += n;
        len -= n;
        if (!f->whole)
            continue;
        assert_in_range(got->count, 0, 7);
        memcpy(got->bytes[got->count], f->bytes, f->len);
        got->len[got->count++] = f->len;
    }
}

static size_t write_one(uint8_t *out, size_t len, uint8_t fill)
{
    lkcam_framing_write_head(out, len);
    memset(out + LKCAM_FRAMING_HEAD, fill, len);
    return LKCAM_FRAMING_HEAD + len;
}

static void head_is_big_endian(void **state)
{
    static const uint8_t expected[] = {0x04, 0xb0, 0x00, 0x01, 0xff, 0xff};
    uint8_t head[6];
    lkcam_framing_write_head(head, 1200);
    lkcam_framing_write_head(head + 2, 1);
    lkcam_framing_write_head(head + 4, 65535);
    assert_memory_equal(head, expected, sizeof head);
}

// However the stream is cut, the same datagrams come out.
static void any_cut_gives_the_same(void **state)
{
    static uint8_t stream[8192];
    size_t len = 0;
    len += write_one(stream + len, 1, 'a');
    len += write_one(stream + len, 1200, 'b');
    len += write_one(stream + len, 0, 0); // says nothing
    len += write_one(stream + len, LKCAM_DATAGRAM_MAX, 'c');
    len += write_one(stream + len, 2, 'd');

    for (size_t piece = 1; piece <= len; piece++) {
        struct lkcam_framing f = {.len = 0};
        static struct got got;
        got.count = 0;
        for (size_t at = 0; at < len; at += piece)
            feed(&f, stream + at, len - at < piece ? len - at : piece, &got);
        assert_int_equal(got.count, 4);
        assert_int_equal(got.len[0], 1);
        assert_int_equal(got.len[1], 1200);
        assert_int_equal(got.len[2], LKCAM_DATAGRAM_MAX);
        assert_int_equal(got.len[3], 2);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(got.bytes[i][0], 'a' + i);
            assert_int_equal(got.bytes[i][got.len[i] - 1], 'a' + i);
        }
        assert_int_equal(f.passed_over, 0);
    }
}

static void what_is_too_long_is_passed_over(void **state)
{
    static uint8_t stream[2 * 65537 + 16];
    struct lkcam_framing f = {.len = 0};
    static struct got got;
    size_t len = write_one(stream, LKCAM_DATAGRAM_MAX + 1, 'x');
    len += write_one(stream + len, 65535, 'y');
    len += write_one(stream + len, 3, 'z');
    feed(&f, stream, len, &got);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.len[0], 3);
    assert_int_equal(got.bytes[0][0], 'z');
    assert_int_equal(f.passed_over, 2);
}

static void one_at_a_time_and_none_twice(void **state)
{
    uint8_t stream[16];
    struct lkcam_framing f = {.len = 0};
    size_t len = write_one(stream, 2, 'a');
    len += write_one(stream + len, 2, 'b');
    assert_int_equal(lkcam_framing_input(&f, stream, len), 4);
    assert_true(f.whole);
    assert_int_equal(lkcam_framing_input(&f, stream + 4, 0), 0);
    assert_false(f.whole);
    assert_int_equal(lkcam_framing_input(&f, stream + 4, 3), 3);
    assert_false(f.whole);
    assert_int_equal(lkcam_framing_input(&f, stream + 7, 1), 1);
    assert_true(f.whole);
    assert_memory_equal(f.bytes, "bb", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_is_big_endian),
        cmocka_unit_test(any_cut_gives_the_same),
        cmocka_unit_test(what_is_too_long_is_passed_over),
        cmocka_unit_test(one_at_a_time_and_none_twice),
    };
    return cmocka_run_group_tests_name("framing", tests, NULL, NULL);
}
