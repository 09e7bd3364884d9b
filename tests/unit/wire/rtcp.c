// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/rtcp.h"

#include <errno.h>

#include "cmocka_all.h"
#include "vector.h"

static struct lkcam_rtcp_part first_of(const uint8_t *bytes, size_t len)
{
    struct lkcam_reader r = lkcam_reader_over(bytes, len);
    struct lkcam_rtcp_part part;
    assert_int_equal(lkcam_rtcp_next(&r, &part), 1);
    return part;
}

static void compound_of_the_server(void **state)
{
    uint8_t bytes[128];
    size_t len = vector_read("rtcp_nack_rr", bytes, sizeof bytes);
    struct lkcam_reader r = lkcam_reader_over(bytes, len);
    struct lkcam_rtcp_part part;
    struct lkcam_rtcp_report report;

    assert_int_equal(lkcam_rtcp_next(&r, &part), 1);
    assert_int_equal(part.type, LKCAM_RTCP_RTPFB);
    assert_int_equal(part.count, 1);
    assert_int_equal(part.body_len, 20);
    assert_int_equal(lkcam_rtcp_next(&r, &part), 1);
    assert_int_equal(part.type, LKCAM_RTCP_RR);
    assert_int_equal(lkcam_rtcp_read_reports(&part, &report, 1), 1);
    assert_int_equal(report.ssrc, 111);
    assert_int_equal(report.fraction_lost, 0x27);
    assert_int_equal(report.cumulative_lost, 46);
    assert_int_equal(report.highest_seq, 0x10000);
    assert_int_equal(report.jitter, 0x0a35);
    assert_int_equal(report.lsr, 0);
    assert_int_equal(report.dlsr, 0);
    assert_int_equal(lkcam_rtcp_next(&r, &part), 0);
}

static void one_bad_part_ends_the_walk(void **state)
{
    static const uint8_t good_then_short[] = {0x80, 201, 0, 1, 0, 0, 0, 1,
                                              0x80, 201, 0, 1, 0, 0, 0};
    static const uint8_t version_1[] = {0x40, 201, 0, 1, 0, 0, 0, 1}, two_bytes[] = {0x80, 201};
    struct lkcam_reader r = lkcam_reader_over(good_then_short, sizeof good_then_short);
    struct lkcam_rtcp_part part;

    assert_int_equal(lkcam_rtcp_next(&r, &part), 1);
    assert_int_equal(lkcam_rtcp_next(&r, &part), -EBADMSG);
    assert_int_equal(lkcam_rtcp_next(&r, &part), -EBADMSG);
    r = lkcam_reader_over(version_1, sizeof version_1);
    assert_int_equal(lkcam_rtcp_next(&r, &part), -EBADMSG);
    r = lkcam_reader_over(two_bytes, sizeof two_bytes);
    assert_int_equal(lkcam_rtcp_next(&r, &part), -EBADMSG);
}

static void padding_is_taken_off(void **state)
{
    uint8_t bytes[] = {0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4};
    struct lkcam_rtcp_part part = first_of(bytes, sizeof bytes);
    struct lkcam_reader r;
    static const uint8_t none[] = {0xa0, 201, 0, 0};

    assert_int_equal(part.body_len, 4);
    for (int bad = 0; bad <= 9; bad += 9) { // 0, and more than there is
        bytes[11] = (uint8_t)bad;
        r = lkcam_reader_over(bytes, sizeof bytes);
        assert_int_equal(lkcam_rtcp_next(&r, &part), -EBADMSG);
    }
    r = lkcam_reader_over(none, sizeof none);
    assert_int_equal(lkcam_rtcp_next(&r, &part), -EBADMSG);
}

static void sender_report_there_and_back(void **state)
{
    static const uint8_t expected[28] = {0x80, 200,  0,    6,    0,    0,    0, 111, 0xee, 0xae,
                                         0xb7, 0x82, 0xb4, 0x41, 0x67, 0x8b, 0, 1,   0x5f, 0x90,
                                         0,    0,    0,    100,  0,    1,    0, 2};
    const struct lkcam_rtcp_sr sr = {111, 0xeeaeb782b441678bull, 90000, 100, 65538};
    struct lkcam_rtcp_sr back;
    uint8_t bytes[28];
    struct lkcam_writer w = lkcam_writer_over(bytes, sizeof bytes);

    lkcam_rtcp_write_sr(&w, &sr);
    assert_false(w.bad);
    assert_int_equal(lkcam_written(&w), 28);
    assert_memory_equal(bytes, expected, 28);
    struct lkcam_rtcp_part part = first_of(bytes, 28);
    assert_int_equal(lkcam_rtcp_read_sr(&part, &back), 0);
    assert_int_equal(back.ssrc, sr.ssrc);
    assert_true(back.ntp == sr.ntp);
    assert_int_equal(back.rtp, sr.rtp);
    assert_int_equal(back.packets, sr.packets);
    assert_int_equal(back.octets, sr.octets);
    assert_int_equal(lkcam_rtcp_read_reports(&part, NULL, 0), 0);
    part.body_len--;
    assert_int_equal(lkcam_rtcp_read_sr(&part, &back), -EBADMSG);
    part.body_len++;
    part.type = LKCAM_RTCP_RR;
    assert_int_equal(lkcam_rtcp_read_sr(&part, &back), -EBADMSG);
}

static void reports_of_both_kinds(void **state)
{
    uint8_t body[24 + 2 * 24] = {0};
    struct lkcam_rtcp_part sr = {
        .type = LKCAM_RTCP_SR, .count = 2, .body = body, .body_len = sizeof body};
    struct lkcam_rtcp_report out[2];

    lkcam_put_uint(body + 24 + 24, 222, 4);
    lkcam_put_uint(body + 24 + 24 + 4, 0x80ffffff, 4); // half lost; -1 in all: duplicates came
    lkcam_put_uint(body + 24 + 4, 0x007fffff, 4);
    lkcam_put_uint(body + 24 + 16, 0xb782b441, 4);
    lkcam_put_uint(body + 24 + 20, 65536, 4);
    assert_int_equal(lkcam_rtcp_read_reports(&sr, out, 2), 2);
    assert_int_equal(out[0].cumulative_lost, 8388607);
    assert_int_equal(out[0].lsr, 0xb782b441);
    assert_int_equal(out[0].dlsr, 65536);
    assert_int_equal(out[1].ssrc, 222);
    assert_int_equal(out[1].fraction_lost, 128);
    assert_int_equal(out[1].cumulative_lost, -1);
    assert_int_equal(lkcam_rtcp_read_reports(&sr, out, 1), 1);
    sr.count = 3;
    assert_int_equal(lkcam_rtcp_read_reports(&sr, out, 2), -EBADMSG);
    sr.count = 0, sr.body_len = 3;
    assert_int_equal(lkcam_rtcp_read_reports(&sr, out, 2), -EBADMSG);
    sr.type = LKCAM_RTCP_BYE;
    assert_int_equal(lkcam_rtcp_read_reports(&sr, out, 2), -EBADMSG);
}

// RFC 3550 s6.5: items end with at least one zero, to a full word.
static void sdes_is_padded_for_every_length(void **state)
{
    static const struct {
        const char *cname;
        size_t len;
    } cases[] = {{"a", 12}, {"ab", 16}, {"abc", 16}, {"abcde", 16}, {"abcdef", 20}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[32];
        struct lkcam_writer w = lkcam_writer_over(bytes, sizeof bytes);
        lkcam_rtcp_write_sdes(&w, 111, cases[i].cname);
        assert_int_equal(lkcam_written(&w), cases[i].len);
        assert_int_equal(bytes[0], 0x81);
        assert_int_equal(bytes[1], 202);
        assert_int_equal(bytes[3], cases[i].len / 4 - 1);
        assert_int_equal(bytes[7], 111);
        assert_int_equal(bytes[8], 1);
        assert_int_equal(bytes[9], strlen(cases[i].cname));
        assert_memory_equal(bytes + 10, cases[i].cname, strlen(cases[i].cname));
        assert_int_equal(bytes[cases[i].len - 1], 0);
    }
}

static void rrtr_of_the_server(void **state)
{
    uint8_t bytes[64];
    size_t len = vector_read("rtcp_rrtr", bytes, sizeof bytes);
    struct lkcam_rtcp_part part = first_of(bytes, len);
    struct lkcam_rtcp_rrtr rrtr;

    assert_int_equal(lkcam_rtcp_read_rrtr(&part, &rrtr), 1);
    assert_int_equal(rrtr.sender_ssrc, 111);
    assert_true(rrtr.ntp == 0xeeaeb782b441678bull);
}

static void rrtr_behind_other_blocks(void **state)
{
    static const uint8_t behind[] = {0, 0, 0, 9, 5, 0, 0, 0, 4, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
    static const uint8_t none[] = {0, 0, 0, 9, 6, 0, 0, 1, 0, 0, 0, 0};
    static const uint8_t other_size[] = {0, 0, 0, 9, 4, 0, 0, 3, 0, 0,
                                         0, 1, 0, 0, 0, 2, 0, 0, 0, 3};
    struct lkcam_rtcp_part part = {
        .type = LKCAM_RTCP_XR, .body = behind, .body_len = sizeof behind};
    struct lkcam_rtcp_rrtr rrtr;

    assert_int_equal(lkcam_rtcp_read_rrtr(&part, &rrtr), 1);
    assert_int_equal(rrtr.sender_ssrc, 9);
    assert_true(rrtr.ntp == 0x100000002ull);
    part.body_len = 16; // cut in the block
    assert_int_equal(lkcam_rtcp_read_rrtr(&part, &rrtr), -EBADMSG);
    part.body = none, part.body_len = sizeof none;
    assert_int_equal(lkcam_rtcp_read_rrtr(&part, &rrtr), 0);
    part.body = other_size, part.body_len = sizeof other_size;
    assert_int_equal(lkcam_rtcp_read_rrtr(&part, &rrtr), 0);
    part.body_len = 8; // a length beyond the end
    assert_int_equal(lkcam_rtcp_read_rrtr(&part, &rrtr), -EBADMSG);
    part.type = LKCAM_RTCP_SR;
    assert_int_equal(lkcam_rtcp_read_rrtr(&part, &rrtr), -EBADMSG);
}

static void dlrr_bytes(void **state)
{
    static const uint8_t expected[] = {0x80, 207, 0, 5,   0,    0,    0,    222,  5, 0, 0, 3,
                                       0,    0,   0, 111, 0xb7, 0x82, 0xb4, 0x41, 0, 1, 0, 0};
    uint8_t bytes[24];
    struct lkcam_writer w = lkcam_writer_over(bytes, sizeof bytes);

    lkcam_rtcp_write_dlrr(&w, 222, 111, 0xb782b441, 65536);
    assert_false(w.bad);
    assert_int_equal(lkcam_written(&w), 24);
    assert_memory_equal(bytes, expected, 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compound_of_the_server),
        cmocka_unit_test(one_bad_part_ends_the_walk),
        cmocka_unit_test(padding_is_taken_off),
        cmocka_unit_test(sender_report_there_and_back),
        cmocka_unit_test(reports_of_both_kinds),
        cmocka_unit_test(sdes_is_padded_for_every_length),
        cmocka_unit_test(rrtr_of_the_server),
        cmocka_unit_test(rrtr_behind_other_blocks),
        cmocka_unit_test(dlrr_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
