// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/demux.h"

#include "cmocka_all.h"

static enum lkcam_demux of(uint8_t first, uint8_t second)
{
    return lkcam_demux((const uint8_t[]){first, second}, 2);
}

static void first_byte_at_its_edges(void **state)
{
    assert_int_equal(of(0, 1), LKCAM_DEMUX_STUN);
    assert_int_equal(of(3, 0), LKCAM_DEMUX_STUN);
    assert_int_equal(of(4, 0), LKCAM_DEMUX_UNKNOWN);
    assert_int_equal(of(19, 0), LKCAM_DEMUX_UNKNOWN);
    assert_int_equal(of(20, 0), LKCAM_DEMUX_DTLS);
    assert_int_equal(of(63, 0), LKCAM_DEMUX_DTLS);
    assert_int_equal(of(64, 0), LKCAM_DEMUX_UNKNOWN); // a TURN channel: not of this transport
    assert_int_equal(of(127, 0), LKCAM_DEMUX_UNKNOWN);
    assert_int_equal(of(128, 96), LKCAM_DEMUX_RTP);
    assert_int_equal(of(191, 96), LKCAM_DEMUX_RTP);
    assert_int_equal(of(192, 96), LKCAM_DEMUX_UNKNOWN);
}

static void second_byte_tells_rtcp(void **state)
{
    assert_int_equal(of(0x80, 191), LKCAM_DEMUX_RTP);
    assert_int_equal(of(0x80, 192), LKCAM_DEMUX_RTCP);
    assert_int_equal(of(0x8f, 205), LKCAM_DEMUX_RTCP);
    assert_int_equal(of(0x80, 223), LKCAM_DEMUX_RTCP);
    assert_int_equal(of(0x80, 224), LKCAM_DEMUX_RTP); // payload type 96 with marker
}

static void too_short_is_nothing(void **state)
{
    assert_int_equal(lkcam_demux((const uint8_t[]){0}, 0), LKCAM_DEMUX_UNKNOWN);
    assert_int_equal(lkcam_demux((const uint8_t[]){0x80}, 1), LKCAM_DEMUX_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_byte_at_its_edges),
        cmocka_unit_test(second_byte_tells_rtcp),
        cmocka_unit_test(too_short_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
