// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Numbers, times and the two forms of a packet: first sent, and sent again.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "send/stream.h"
#include "unit/seeded.h"

static struct lkcam_stream s;

static int setup(void **state)
{
    uint64_t seed = 42;
    struct lkcam_rand rand = seeded(&seed);
    assert_int_equal(lkcam_stream_init(&s, &rand, "0", LKCAM_SECONDS(5)), 0);
    s.payload_type = 96;
    s.rtx_payload_type = 97;
    s.ext = (struct lkcam_rtp_ext_ids){.mid = 1, .twcc = 4, .abs_capture_time = 5};
    return 0;
}

static int teardown(void **state)
{
    lkcam_stream_deinit(&s);
    return 0;
}

static struct lkcam_packet *one(bool first, bool marker, size_t len)
{
    struct lkcam_packet *p = lkcam_stream_packet(&s, 0, first);
    memset(p->bytes + p->payload_at, 0x5a, len);
    lkcam_stream_finish(p, len, marker, 77);
    lkcam_sendbuf_commit(&s.buf, 1);
    return p;
}

static void both_sequences_begin_below_2_15_and_ssrcs_differ(void **state)
{
    for (uint64_t seed = 1; seed < 200; seed++) {
        uint64_t x = seed;
        struct lkcam_rand rand = seeded(&x);
        struct lkcam_stream t;
        lkcam_stream_init(&t, &rand, "0", 0);
        assert_true(t.buf.head < 0x8000 && t.rtx_seq < 0x8000);
        assert_true(t.ssrc && t.rtx_ssrc && t.ssrc != t.rtx_ssrc);
        lkcam_stream_deinit(&t);
    }
}

static void rtp_time_strictly_increases_whatever_the_camera_says(void **state)
{
    static const lkcam_us stamps[] = {5100000, 5133333, 5133333, 5120000, 0, 5166667};
    uint32_t before = 0;
    for (int i = 0; i < 6; i++) {
        struct lkcam_rtp_view v;
        lkcam_stream_begin(&s, (uint64_t)i + 1, stamps[i], 0);
        struct lkcam_packet *p = one(true, true, 10);
        assert_int_equal(lkcam_rtp_read(p->bytes, p->len, &v), 0);
        if (i)
            assert_true((int32_t)(v.timestamp - before) > 0);
        before = v.timestamp;
    }
    assert_int_equal(before, lkcam_stream_time(&s, 5166667));
}

static void
the_first_packet_carries_the_capture_time_and_all_carry_the_mid_until_bound(void **state)
{
    struct lkcam_rtp_view v;
    size_t len;
    lkcam_stream_begin(&s, 1, LKCAM_SECONDS(6), 0x1122334455667788);
    struct lkcam_packet *p = one(true, false, 100);
    lkcam_rtp_read(p->bytes, p->len, &v);
    int at = lkcam_rtp_find_ext(p->bytes, &v, 5, &len);
    assert_true(at > 0 && len == 8);
    assert_memory_equal(p->bytes + at, "\x11\x22\x33\x44\x55\x66\x77\x88", 8);
    assert_true(lkcam_rtp_find_ext(p->bytes, &v, 1, &len) > 0);

    p = one(false, true, 100);
    lkcam_rtp_read(p->bytes, p->len, &v);
    assert_true(v.marker);
    assert_true(lkcam_rtp_find_ext(p->bytes, &v, 5, &len) < 0);
    assert_true(lkcam_rtp_find_ext(p->bytes, &v, 1, &len) > 0);

    s.bound = true;
    p = one(false, true, 100);
    lkcam_rtp_read(p->bytes, p->len, &v);
    assert_true(lkcam_rtp_find_ext(p->bytes, &v, 1, &len) < 0);
}

static void the_largest_payload_stays_within_a_udp_payload_of_1200(void **state)
{
    uint8_t out[LKCAM_UDP_PAYLOAD_MAX];
    size_t twcc_at;
    lkcam_stream_begin(&s, 1, LKCAM_SECONDS(6), 1);
    struct lkcam_packet *p = one(true, true, LKCAM_PAYLOAD_MAX);
    assert_true(p->len + 16 <= LKCAM_UDP_PAYLOAD_MAX);
    assert_true(lkcam_stream_write_rtx(&s, p, out, &twcc_at) + 16 <= LKCAM_UDP_PAYLOAD_MAX);
}

static void a_repeat_has_its_own_numbers_and_the_original_one_first(void **state)
{
    uint8_t out[LKCAM_UDP_PAYLOAD_MAX];
    struct lkcam_rtp_view v, w;
    size_t twcc_at = 0, len;
    lkcam_stream_begin(&s, 1, LKCAM_SECONDS(6), 1);
    struct lkcam_packet *p = one(true, true, 300);
    lkcam_rtp_read(p->bytes, p->len, &w);

    for (int again = 0; again < 2; again++) {
        uint16_t expected = (uint16_t)s.rtx_seq;
        size_t n = lkcam_stream_write_rtx(&s, p, out, &twcc_at);
        assert_int_equal(lkcam_rtp_read(out, n, &v), 0);
        assert_int_equal(v.ssrc, s.rtx_ssrc);
        assert_int_equal(v.payload_type, 97);
        assert_int_equal(v.seq, expected);
        assert_int_equal(v.timestamp, w.timestamp);
        assert_true(v.marker);
        assert_int_equal(out[v.payload_at] << 8 | out[v.payload_at + 1], w.seq);
        assert_memory_equal(out + v.payload_at + 2, p->bytes + p->payload_at, 300);
        assert_int_equal(lkcam_rtp_find_ext(out, &v, 4, &len), (int)twcc_at);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sequences_begin_below_2_15_and_ssrcs_differ),
        TEST(rtp_time_strictly_increases_whatever_the_camera_says),
        TEST(the_first_packet_carries_the_capture_time_and_all_carry_the_mid_until_bound),
        TEST(the_largest_payload_stays_within_a_udp_payload_of_1200),
        TEST(a_repeat_has_its_own_numbers_and_the_original_one_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
