// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/rtp.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"

static const struct lkcam_rtp_ext_ids all_ids = {.mid = 1, .twcc = 4, .abs_capture_time = 5};

static struct lkcam_rtp_header header(void)
{
    return (struct lkcam_rtp_header){
        .payload_type = 96, .marker = true, .seq = 0x1234, .timestamp = 0xdeadbeef, .ssrc = 111};
}

static void bare_header(void **state)
{
    static const uint8_t expected[12] = {0x80, 0xe0, 0x12, 0x34, 0xde, 0xad,
                                         0xbe, 0xef, 0,    0,    0,    111};
    struct lkcam_rtp_header h = header();
    uint8_t out[12];
    size_t twcc_at = 99;

    assert_int_equal(lkcam_rtp_write(out, sizeof out, &h, &all_ids, &twcc_at), 12);
    assert_memory_equal(out, expected, 12);
    assert_int_equal(twcc_at, 0);
}

static void every_extension(void **state)
{
    static const uint8_t ext[] = {0xbe, 0xde, 0,    4,    0x41, 0,    0,    0x10, '0', 0x57,
                                  0xee, 0xae, 0xb7, 0x82, 0xb4, 0x41, 0x67, 0x8b, 0,   0};
    struct lkcam_rtp_header h = header();
    uint8_t out[LKCAM_RTP_HEADER_MAX];
    size_t twcc_at;

    h.twcc = true, h.mid = "0", h.abs_capture_ntp = 0xeeaeb782b441678bull;
    assert_int_equal(lkcam_rtp_write(out, sizeof out, &h, &all_ids, &twcc_at), 32);
    assert_int_equal(out[0], 0x90);
    assert_memory_equal(out + 12, ext, sizeof ext);
    assert_int_equal(twcc_at, 17);
}

static void what_was_not_negotiated_is_not_written(void **state)
{
    static const struct lkcam_rtp_ext_ids none = {0}, only_mid = {.mid = 3};
    struct lkcam_rtp_header h = header();
    uint8_t out[LKCAM_RTP_HEADER_MAX];
    size_t twcc_at;

    h.twcc = true, h.mid = "ab", h.abs_capture_ntp = 1;
    assert_int_equal(lkcam_rtp_write(out, sizeof out, &h, &none, &twcc_at), 12);
    assert_int_equal(lkcam_rtp_write(out, sizeof out, &h, &only_mid, NULL), 20);
    assert_memory_equal(out + 16,
                        "\x31"
                        "ab",
                        4);
}

static void largest_header_and_its_limits(void **state)
{
    struct lkcam_rtp_header h = header();
    uint8_t out[LKCAM_RTP_HEADER_MAX];

    h.twcc = true, h.mid = "0123456789abcdef", h.abs_capture_ntp = 1;
    assert_int_equal(lkcam_rtp_write(out, sizeof out, &h, &all_ids, NULL), 48);
    for (size_t cap = 0; cap < 48; cap++)
        assert_int_equal(lkcam_rtp_write(out, cap, &h, &all_ids, NULL), -ENOSPC);
}

static void reads_what_was_written(void **state)
{
    struct lkcam_rtp_header h = header();
    struct lkcam_rtp_view v;
    uint8_t packet[LKCAM_RTP_HEADER_MAX + 3] = {0};
    size_t twcc_at, len;

    h.twcc = true, h.mid = "cam", h.abs_capture_ntp = 0x0102030405060708ull;
    int n = lkcam_rtp_write(packet, sizeof packet, &h, &all_ids, &twcc_at);
    assert_int_equal(n, 32);
    assert_int_equal(lkcam_rtp_read(packet, 35, &v), 0);
    assert_int_equal(v.payload_type, 96);
    assert_true(v.marker);
    assert_int_equal(v.seq, 0x1234);
    assert_int_equal(v.timestamp, 0xdeadbeef);
    assert_int_equal(v.ssrc, 111);
    assert_int_equal(v.payload_at, 32);
    assert_int_equal(v.payload_len, 3);
    assert_int_equal(lkcam_rtp_find_ext(packet, &v, 4, &len), twcc_at);
    assert_int_equal(len, 2);
    assert_int_equal(lkcam_rtp_find_ext(packet, &v, 1, &len), 20);
    assert_int_equal(len, 3);
    assert_memory_equal(packet + 20, "cam", 3);
    assert_int_equal(lkcam_rtp_find_ext(packet, &v, 5, &len), 24);
    assert_int_equal(len, 8);
    assert_int_equal(lkcam_rtp_find_ext(packet, &v, 2, &len), -ENOENT);
}

static void reads_contributors_and_padding(void **state)
{
    uint8_t packet[] = {0xa2, 0x60, 0, 1, 0, 0, 0, 2, 0,   0,   0, 3,
                        0,    0,    0, 4, 0, 0, 0, 5, 'x', 'y', 0, 2};
    struct lkcam_rtp_view v;

    assert_int_equal(lkcam_rtp_read(packet, sizeof packet, &v), 0);
    assert_false(v.marker);
    assert_int_equal(v.payload_at, 20);
    assert_int_equal(v.payload_len, 2);
    assert_int_equal(v.ext_len, 0);
    packet[23] = 4; // nothing but padding
    assert_int_equal(lkcam_rtp_read(packet, sizeof packet, &v), 0);
    assert_int_equal(v.payload_len, 0);
    packet[23] = 5;
    assert_int_equal(lkcam_rtp_read(packet, sizeof packet, &v), -EBADMSG);
    packet[23] = 0;
    assert_int_equal(lkcam_rtp_read(packet, sizeof packet, &v), -EBADMSG);
    assert_int_equal(lkcam_rtp_read(packet, 20, &v), -EBADMSG); // padded, and nothing there
    assert_int_equal(lkcam_rtp_read(packet, 19, &v), -EBADMSG);
    assert_int_equal(lkcam_rtp_read(packet, 0, &v), -EBADMSG);
    packet[0] = 0x42;
    assert_int_equal(lkcam_rtp_read(packet, sizeof packet, &v), -EBADMSG);
}

static void two_byte_extension_is_passed_over(void **state)
{
    static const uint8_t packet[] = {0x90, 0x60, 0, 1, 0, 0, 0, 2, 0, 0,  0,
                                     3,    0x10, 0, 0, 1, 4, 1, 9, 0, 'x'};
    struct lkcam_rtp_view v;
    size_t len;

    assert_int_equal(lkcam_rtp_read(packet, sizeof packet, &v), 0);
    assert_int_equal(v.payload_at, 20);
    assert_int_equal(lkcam_rtp_find_ext(packet, &v, 4, &len), -ENOENT);
    assert_int_equal(lkcam_rtp_read(packet, 19, &v), -EBADMSG);
}

static void elements_end_at_15_and_at_the_end(void **state)
{
    uint8_t packet[] = {0x90, 0x60, 0, 1, 0, 0,    0,    2, 0,    0, 0, 3,
                        0xbe, 0xde, 0, 2, 0, 0xf0, 0x40, 1, 0x41, 1, 2, 0};
    struct lkcam_rtp_view v;
    size_t len;

    assert_int_equal(lkcam_rtp_read(packet, sizeof packet, &v), 0);
    assert_int_equal(lkcam_rtp_find_ext(packet, &v, 4, &len), -ENOENT);
    packet[17] = 0;
    assert_int_equal(lkcam_rtp_find_ext(packet, &v, 4, &len), 19);
    assert_int_equal(len, 1);
    packet[18] = 0x45; // 6 bytes, 5 are left
    assert_int_equal(lkcam_rtp_find_ext(packet, &v, 4, &len), -ENOENT);
    packet[18] = 0x44;
    assert_int_equal(lkcam_rtp_find_ext(packet, &v, 4, &len), 19);
    assert_int_equal(len, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bare_header),
        cmocka_unit_test(every_extension),
        cmocka_unit_test(what_was_not_negotiated_is_not_written),
        cmocka_unit_test(largest_header_and_its_limits),
        cmocka_unit_test(reads_what_was_written),
        cmocka_unit_test(reads_contributors_and_padding),
        cmocka_unit_test(two_byte_extension_is_passed_over),
        cmocka_unit_test(elements_end_at_15_and_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
