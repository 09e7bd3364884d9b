// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/twcc.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"
#include "vector.h"
#include "wire/feedback.h"

#define PACKETS_MAX 64

struct result {
    struct lkcam_twcc message;
    struct lkcam_twcc_packet packets[PACKETS_MAX];
    int n, received;
};

static int read_part(const struct lkcam_rtcp_part *part, struct result *out)
{
    struct lkcam_twcc_packet p;
    *out = (struct result){.n = 0};
    int err = lkcam_twcc_read(part, &out->message);
    if (err < 0)
        return err;
    struct lkcam_twcc walk = out->message;
    while (lkcam_twcc_next(&walk, &p)) {
        assert_true(out->n < PACKETS_MAX);
        out->packets[out->n++] = p;
        out->received += p.received;
    }
    assert_int_equal(lkcam_twcc_next(&walk, &p), 0);
    return 0;
}

static void read_vector(const char *name, struct result *out)
{
    uint8_t bytes[256];
    struct lkcam_reader r = lkcam_reader_over(bytes, vector_read(name, bytes, sizeof bytes));
    struct lkcam_rtcp_part part;
    assert_int_equal(lkcam_rtcp_next(&r, &part), 1);
    assert_int_equal(read_part(&part, out), 0);
}

/** A message about `count` packets from `base` on, reference time 1 x 64 ms, with this tail. */
static int read_tail(uint16_t base, uint16_t count, const void *tail, size_t len,
                     struct result *out)
{
    static uint8_t body[256];
    struct lkcam_writer w = lkcam_writer_over(body, sizeof body);
    lkcam_write_u32(&w, 1);
    lkcam_write_u32(&w, 111);
    lkcam_write_u16(&w, base);
    lkcam_write_u16(&w, count);
    lkcam_write_u32(&w, 0x00000107);
    lkcam_write_bytes(&w, tail, len);
    struct lkcam_rtcp_part part = {205, LKCAM_RTPFB_TWCC, body, lkcam_written(&w)};
    return read_part(&part, out);
}

#define READ(base, count, tail, out) read_tail(base, count, tail, sizeof tail - 1, out)

static void assert_packet(const struct lkcam_twcc_packet *p, uint16_t seq, bool received,
                          lkcam_us arrival_us)
{
    assert_int_equal(p->seq, seq);
    assert_int_equal(p->received, received);
    if (received)
        assert_int_equal(p->arrival_us, arrival_us);
}

static void assert_missing(const struct result *r, const uint16_t *missing, int n)
{
    int found = 0;
    for (int i = 0; i < r->n; i++) {
        if (!r->packets[i].received) {
            assert_true(found < n);
            assert_int_equal(r->packets[i].seq, missing[found++]);
        }
    }
    assert_int_equal(found, n);
}

static void server_message_without_loss(void **state)
{
    struct result r;
    read_vector("twcc_whole", &r);
    assert_int_equal(r.message.media_ssrc, 111);
    assert_int_equal(r.message.base_seq, 100);
    assert_int_equal(r.message.packet_count, 21);
    assert_int_equal(r.message.feedback_count, 0);
    assert_int_equal(r.message.reference_us, 2226798ll * 64000);
    assert_int_equal(r.n, 21);
    assert_int_equal(r.received, 21);
    assert_packet(&r.packets[0], 100, true, 142515106750);
    assert_packet(&r.packets[20], 120, true, 142515278250);
}

static void server_message_with_losses(void **state)
{
    static const uint16_t missing[] = {65348, 65355, 65360, 65361, 65362, 65363, 65364,
                                       65365, 65366, 65367, 65368, 65369, 65370, 65376};
    struct result r;
    read_vector("twcc_lossy", &r);
    assert_int_equal(r.message.feedback_count, 2);
    assert_int_equal(r.n, 35);
    assert_int_equal(r.received, 21);
    assert_missing(&r, missing, 14);
    assert_packet(&r.packets[1], 65349, true, 142521683500);
    assert_packet(&r.packets[34], 65382, true, 142522252250);
}

static void server_message_over_the_wrap(void **state)
{
    static const uint16_t missing[] = {1, 8, 15, 22};
    struct result r;
    read_vector("twcc_wrap", &r);
    assert_int_equal(r.n, 25);
    assert_missing(&r, missing, 4);
    assert_packet(&r.packets[0], 65535, true, 142524133500);
    assert_packet(&r.packets[1], 0, true, r.packets[1].arrival_us);
    assert_packet(&r.packets[24], 23, true, 142524629500);
}

static void run_of_lost_then_run_of_received(void **state)
{
    struct result r;
    assert_int_equal(READ(10, 5, "\0\3\x20\2\4\x08", &r), 0);
    assert_int_equal(r.n, 5);
    assert_packet(&r.packets[2], 12, false, 0);
    assert_packet(&r.packets[3], 13, true, 64000 + 4 * 250);
    assert_packet(&r.packets[4], 14, true, 64000 + 12 * 250);
}

static void run_of_large_deltas_goes_back_in_time(void **state)
{
    struct result r;
    assert_int_equal(READ(0, 3, "\x40\3\0\x10\xff\xf0\x80\0", &r), 0);
    assert_packet(&r.packets[0], 0, true, 64000 + 16 * 250);
    assert_packet(&r.packets[1], 1, true, 64000);
    assert_packet(&r.packets[2], 2, true, 64000 - 32768 * 250);
}

// 10 10000000000001: the first and the last of 14.
static void one_bit_vector(void **state)
{
    struct result r;
    assert_int_equal(READ(65530, 14, "\xa0\1\xff\1", &r), 0);
    assert_int_equal(r.received, 2);
    assert_packet(&r.packets[0], 65530, true, 64000 + 255 * 250);
    assert_packet(&r.packets[1], 65531, false, 0);
    assert_packet(&r.packets[13], 7, true, 64000 + 256 * 250);
}

// 11 01 10 00 01 00 00 10: small, large, lost, small, lost, lost, large.
static void two_bit_vector(void **state)
{
    struct result r;
    assert_int_equal(READ(7, 7, "\xd8\x42\1\1\0\2\xff\xff", &r), 0);
    assert_int_equal(r.received, 4);
    assert_packet(&r.packets[0], 7, true, 64000 + 250);
    assert_packet(&r.packets[1], 8, true, 64000 + 257 * 250);
    assert_packet(&r.packets[3], 10, true, 64000 + 259 * 250);
    assert_packet(&r.packets[6], 13, true, 64000 + 258 * 250);
}

// Symbols of a vector behind the last packet mean nothing, and have no deltas.
static void vector_longer_than_the_count(void **state)
{
    struct result r;
    assert_int_equal(READ(0, 2, "\xbf\xff\1\1", &r), 0);
    assert_int_equal(r.n, 2);
    assert_packet(&r.packets[1], 1, true, 64000 + 500);
    assert_int_equal(READ(0, 1, "\xd0\xff\1", &r), 0); // the reserved symbol among them
}

static void reference_time_is_signed(void **state)
{
    static const uint8_t body[] = {0, 0, 0,    1,    0,    0, 0,    2, 0, 5,
                                   0, 1, 0xff, 0xff, 0xff, 9, 0x20, 1, 0};
    struct lkcam_rtcp_part part = {205, LKCAM_RTPFB_TWCC, body, sizeof body};
    struct result r;
    assert_int_equal(read_part(&part, &r), 0);
    assert_int_equal(r.message.reference_us, -64000);
    assert_int_equal(r.message.feedback_count, 9);
    assert_packet(&r.packets[0], 5, true, -64000);
}

static void contradictions_are_refused(void **state)
{
    struct result r;
    assert_int_equal(READ(0, 0, "\x20\1\0", &r), -EBADMSG);         // about nothing
    assert_int_equal(READ(0, 2, "\x20\3\1\1\1", &r), -EBADMSG);     // a run longer than the count
    assert_int_equal(READ(0, 2, "\x20\0\x20\2\1\1", &r), -EBADMSG); // a run of none
    assert_int_equal(READ(0, 3, "\x20\2\1", &r), -EBADMSG);         // chunks end before the count
    assert_int_equal(READ(0, 3, "\x20\2", &r), -EBADMSG);           // no deltas
    assert_int_equal(READ(0, 2, "\x20\2\1", &r), -EBADMSG);         // a delta short
    assert_int_equal(READ(0, 2, "\x40\2\0\1\0", &r), -EBADMSG);     // half a large delta short
    assert_int_equal(READ(0, 1, "\x60\1\0\0", &r), -EBADMSG);       // the reserved symbol in a run
    assert_int_equal(READ(0, 2, "\xdc\0\1\1\1\1", &r), -EBADMSG);   // and in a vector
    assert_int_equal(READ(0, 1, "\x20\1\1\0\0\0", &r), 0); // padding without the header's bit
}

static void other_messages_are_refused(void **state)
{
    static const uint8_t body[] = {0, 0, 0, 1, 0, 0, 0, 2, 0, 5, 0, 1, 0, 0, 0, 9, 0x20, 1, 0};
    struct lkcam_rtcp_part nack = {205, 1, body, sizeof body}, other = {206, 15, body, sizeof body};
    struct result r;
    assert_int_equal(read_part(&nack, &r), -EBADMSG);
    assert_int_equal(read_part(&other, &r), -EBADMSG);
    for (size_t len = 0; len < sizeof body; len++) {
        struct lkcam_rtcp_part cut = {205, 15, body, len};
        assert_int_equal(read_part(&cut, &r), -EBADMSG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_message_without_loss),
        cmocka_unit_test(server_message_with_losses),
        cmocka_unit_test(server_message_over_the_wrap),
        cmocka_unit_test(run_of_lost_then_run_of_received),
        cmocka_unit_test(run_of_large_deltas_goes_back_in_time),
        cmocka_unit_test(one_bit_vector),
        cmocka_unit_test(two_bit_vector),
        cmocka_unit_test(vector_longer_than_the_count),
        cmocka_unit_test(reference_time_is_signed),
        cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(other_messages_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
