// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/feedback.h"

#include <errno.h>

#include "cmocka_all.h"
#include "vector.h"

struct named {
    uint16_t seq[64];
    int n;
};

static void take(void *ctx, uint16_t seq)
{
    struct named *names = ctx;
    assert_true(names->n < 64);
    names->seq[names->n++] = seq;
}

static struct lkcam_rtcp_part part(uint8_t type, uint8_t format, const uint8_t *body, size_t len)
{
    return (struct lkcam_rtcp_part){.type = type, .count = format, .body = body, .body_len = len};
}

static void nack_of_the_server(void **state)
{
    static const uint16_t expected[] = {65488, 65495, 65500, 65502, 65509, 65516, 65523, 65530};
    uint8_t bytes[128];
    struct lkcam_reader r =
        lkcam_reader_over(bytes, vector_read("rtcp_nack_rr", bytes, sizeof bytes));
    struct lkcam_rtcp_part p;
    struct named names = {.n = 0};
    uint32_t ssrc;

    assert_int_equal(lkcam_rtcp_next(&r, &p), 1);
    assert_int_equal(lkcam_nack_read(&p, &ssrc, take, &names), 8);
    assert_int_equal(ssrc, 111);
    assert_int_equal(names.n, 8);
    assert_memory_equal(names.seq, expected, sizeof expected);
}

static void nack_bits_wrap_at_16_bits(void **state)
{
    static const uint8_t body[] = {0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xfe, 0x80, 0x03};
    struct lkcam_rtcp_part p = part(205, 1, body, sizeof body);
    struct named names = {.n = 0};
    uint32_t ssrc;

    assert_int_equal(lkcam_nack_read(&p, &ssrc, take, &names), 4);
    assert_int_equal(names.seq[0], 65534);
    assert_int_equal(names.seq[1], 65535);
    assert_int_equal(names.seq[2], 0);
    assert_int_equal(names.seq[3], 14);
}

static void nack_refusals_call_nobody(void **state)
{
    static const uint8_t body[14] = {0};
    static const size_t bad_len[] = {0, 7, 8, 10, 14};
    struct named names = {.n = 0};
    uint32_t ssrc;

    for (size_t i = 0; i < sizeof bad_len / sizeof *bad_len; i++) {
        struct lkcam_rtcp_part p = part(205, 1, body, bad_len[i]);
        assert_int_equal(lkcam_nack_read(&p, &ssrc, take, &names), -EBADMSG);
    }
    struct lkcam_rtcp_part other_format = part(205, 15, body, 12),
                           other_type = part(206, 1, body, 12);
    assert_int_equal(lkcam_nack_read(&other_format, &ssrc, take, &names), -EBADMSG);
    assert_int_equal(lkcam_nack_read(&other_type, &ssrc, take, &names), -EBADMSG);
    assert_int_equal(names.n, 0);
}

static void pli_names_the_media(void **state)
{
    static const uint8_t body[] = {0, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 0};
    struct lkcam_rtcp_part p = part(206, 1, body, 8), longer = part(206, 1, body, 12),
                           shorter = part(206, 1, body, 4);
    struct lkcam_rtcp_part fir = part(206, 4, body, 8);
    uint32_t ssrc;

    assert_int_equal(lkcam_pli_read(&p, &ssrc), 0);
    assert_int_equal(ssrc, 0xdeadbeef);
    assert_int_equal(lkcam_pli_read(&longer, &ssrc), -EBADMSG);
    assert_int_equal(lkcam_pli_read(&shorter, &ssrc), -EBADMSG);
    assert_int_equal(lkcam_pli_read(&fir, &ssrc), -EBADMSG);
}

static void fir_entries(void **state)
{
    static const uint8_t body[] = {0, 0, 0, 1, 0, 0, 0, 0,   0,   0, 0, 111,
                                   5, 0, 0, 0, 0, 0, 0, 222, 250, 0, 0, 0};
    struct lkcam_rtcp_part two = part(206, 4, body, 24), none = part(206, 4, body, 8),
                           odd = part(206, 4, body, 20);
    struct lkcam_fir out[2];

    assert_int_equal(lkcam_fir_read(&two, out, 2), 2);
    assert_int_equal(out[0].ssrc, 111);
    assert_int_equal(out[0].seq, 5);
    assert_int_equal(out[1].ssrc, 222);
    assert_int_equal(out[1].seq, 250);
    assert_int_equal(lkcam_fir_read(&two, out, 1), 1);
    assert_int_equal(lkcam_fir_read(&none, out, 2), -EBADMSG);
    assert_int_equal(lkcam_fir_read(&odd, out, 2), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nack_of_the_server),
        cmocka_unit_test(nack_bits_wrap_at_16_bits),
        cmocka_unit_test(nack_refusals_call_nobody),
        cmocka_unit_test(pli_names_the_media),
        cmocka_unit_test(fir_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
