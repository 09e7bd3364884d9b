// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/time.h"

#include "cmocka_all.h"

static void ntp_counts_from_1900(void **state)
{
    assert_true(lkcam_ntp_from_unix(0) == 2208988800ull << 32);
    assert_true(lkcam_ntp_from_unix(1500000) == (2208988801ull << 32 | 0x80000000u));
    assert_true(lkcam_ntp_from_unix(1) == (2208988800ull << 32 | 4294u)); // 2^32 / 10^6
    assert_true(lkcam_ntp_from_unix(-5) == 2208988800ull << 32);
}

static void ntp_middle_is_the_middle(void **state)
{
    assert_int_equal(lkcam_ntp_middle(0x1122334455667788ull), 0x33445566);
}

static void fixed_point_both_ways(void **state)
{
    assert_int_equal(lkcam_us_from_16_16(65536), 1000000);
    assert_int_equal(lkcam_us_from_16_16(0xffffffffu), 65535999984);
    assert_int_equal(lkcam_16_16_from_us(500000), 32768);
    assert_int_equal(lkcam_16_16_from_us(-1), 0);
    assert_int_equal(lkcam_16_16_from_us(LKCAM_SECONDS(65535)), 65535u << 16);
}

static void video_clock(void **state)
{
    assert_int_equal(lkcam_90k_from_us(LKCAM_SECONDS(1)), 90000);
    assert_int_equal(lkcam_90k_from_us(LKCAM_MS(1)), 90);
    assert_int_equal(lkcam_90k_from_us(33333), 2999);
    assert_int_equal(lkcam_90k_from_us(11), 0);
    assert_int_equal(lkcam_90k_from_us(12), 1);
    // 2^32 ticks are 47,721.858844 s; two days later the clock has wrapped three times.
    assert_int_equal(lkcam_90k_from_us(LKCAM_SECONDS(172800)), (uint32_t)(172800ull * 90000));
}

static void minimum_and_never(void **state)
{
    assert_int_equal(lkcam_us_min(3, 2), 2);
    assert_int_equal(lkcam_us_min(LKCAM_NEVER, 2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ntp_counts_from_1900),  cmocka_unit_test(ntp_middle_is_the_middle),
        cmocka_unit_test(fixed_point_both_ways), cmocka_unit_test(video_clock),
        cmocka_unit_test(minimum_and_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
