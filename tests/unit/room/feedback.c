// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What each message of the receiver does, and what should not have come does not.
#include "peer.h"

// ---- Repeats ------------------------------------------------------------------------------------

static void a_nack_is_answered_at_once_with_rtx(void **state)
{
    struct rig r;
    rig_connect(&r, 6, MEDIA_LINES);
    add_frame(&r, 5);
    pull(&r);
    struct seen lost = r.seen[3];
    r.count = 0;
    peer_nack(&r, lost.rtp.seq);
    assert_int_equal(pull(&r), 1);
    const struct seen *s = &r.seen[0];
    assert_int_equal(s->rtp.ssrc, r.t.senders[0].stream.rtx_ssrc);
    assert_int_equal(s->rtp.payload_type, 97);
    assert_int_equal(s->rtp.timestamp, lost.rtp.timestamp);
    // RFC 4588 s4: the original number, then the original payload
    assert_int_equal(s->rtp.payload_len, lost.rtp.payload_len + 2);
    assert_int_equal(s->plain[s->rtp.payload_at] << 8 | s->plain[s->rtp.payload_at + 1],
                     lost.rtp.seq);
    assert_memory_equal(s->plain + s->rtp.payload_at + 2, lost.plain + lost.rtp.payload_at,
                        lost.rtp.payload_len);
    assert_int_equal(r.t.senders[0].counters.nacked_packets, 1);
    assert_int_equal(r.t.senders[0].counters.rtx_packets, 1);
    rig_close(&r);
}

static void repeats_go_before_new_packets_and_share_their_numbers(void **state)
{
    struct rig r;
    rig_connect(&r, 7, MEDIA_LINES);
    for (int f = 0; f < 30; f++) {
        add_frame(&r, 4);
        if (f)
            peer_nack(&r, (uint16_t)(r.t.senders[0].stream.buf.sent - 2));
        int from = r.count;
        pull(&r);
        while (r.seen[from].kind == LKCAM_DEMUX_RTCP)
            from++;
        assert_int_equal(r.seen[from].rtp.ssrc,
                         f ? r.t.senders[0].stream.rtx_ssrc : r.t.senders[0].stream.ssrc);
        r.now += 33333;
    }
    int n = 0;
    for (int i = 0; i < r.count; i++)
        if (r.seen[i].kind == LKCAM_DEMUX_RTP)
            assert_int_equal(r.seen[i].twcc, 1 + n++);
    assert_int_equal(n, 30 * 4 + 29);
    rig_close(&r);
}

static void a_repeat_under_way_is_not_sent_again(void **state)
{
    struct rig r;
    rig_connect(&r, 8, MEDIA_LINES);
    add_frame(&r, 1);
    pull(&r);
    uint16_t seq = r.seen[1].rtp.seq;
    const uint32_t report[] = {r.t.senders[0].stream.ssrc,
                               r.t.senders[0].stream.ssrc,
                               0,
                               0,
                               0,
                               lkcam_ntp_middle(lkcam_transport_ntp(&r.t, r.now)),
                               0};
    r.now += LKCAM_MS(40); // the round trip
    peer_send_words(&r, 1, LKCAM_RTCP_RR, report, 7);
    assert_in_range(r.t.rtt_us, 39970, 40030);

    r.count = 0;
    for (int i = 0; i < 100; i++) { // one NACK a millisecond
        peer_nack(&r, seq);
        pull(&r);
        r.now += LKCAM_MS(1);
    }
    assert_int_equal(r.count, 3);
    assert_in_range(r.seen[1].at - r.seen[0].at, LKCAM_MS(40), LKCAM_MS(41));
    assert_in_range(r.seen[2].at - r.seen[1].at, LKCAM_MS(40), LKCAM_MS(41));
    assert_int_equal(r.t.senders[0].counters.nacks, 100);
    rig_close(&r);
}

static void before_the_first_report_the_check_has_told_the_round_trip(void **state)
{
    struct rig r;
    rig_connect(&r, 9, MEDIA_LINES);
    r.t.ice.rtt_us = LKCAM_MS(5);
    add_frame(&r, 1);
    pull(&r);
    r.count = 0;
    for (int i = 0; i < 11; i++) {
        peer_nack(&r, (uint16_t)(r.t.senders[0].stream.buf.sent - 1));
        pull(&r);
        r.now += LKCAM_MS(1);
    }
    assert_int_equal(r.count, 3); // at 0, 5 and 10 ms
    rig_close(&r);
}

static void without_rtx_in_the_answer_nothing_is_repeated(void **state)
{
    struct rig r;
    rig_connect(&r, 10, "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n" CODEC_LINES EXT_LINES);
    add_frame(&r, 2);
    pull(&r);
    r.count = 0;
    for (int i = 0; i < 5; i++) {
        peer_nack(&r, (uint16_t)(r.t.senders[0].stream.buf.sent - 1));
        r.now += LKCAM_MS(100);
        assert_int_equal(pull(&r), 0);
    }
    assert_int_equal(r.t.senders[0].counters.nacks, 5);
    rig_close(&r);
}

// ---- Key frames ---------------------------------------------------------------------------------

static void a_storm_of_plis_gives_one_key_frame_in_100_ms(void **state)
{
    struct rig r;
    int made = 0;
    rig_connect(&r, 11, MEDIA_LINES);
    for (int ms = 0; ms < 3000; ms++, r.now += LKCAM_MS(1)) {
        peer_pli(&r, r.t.senders[0].stream.ssrc);
        made += ms % 20 == 0 && rig_takes_key_frame(&r, 0);
    }
    assert_int_equal(made, 30);
    assert_int_equal(r.t.senders[0].counters.plis, 3000);
    peer_pli(&r, 12345); // another stream's
    assert_int_equal(r.t.senders[0].counters.plis, 3000);
    rig_close(&r);
}

static void peer_fir(struct rig *r, uint32_t ssrc, uint8_t seq)
{
    const uint32_t words[] = {r->t.senders[0].stream.ssrc, 0, ssrc, (uint32_t)seq << 24};
    peer_send_words(r, LKCAM_PSFB_FIR, LKCAM_RTCP_PSFB, words, 4);
}

static void a_repeated_fir_is_one_request(void **state)
{
    struct rig r;
    rig_connect(&r, 12, MEDIA_LINES);
    peer_fir(&r, r.t.senders[0].stream.ssrc ^ 1, 6);
    r.now += LKCAM_SECONDS(1);
    assert_false(rig_takes_key_frame(&r, 0));
    peer_fir(&r, r.t.senders[0].stream.ssrc, 7);
    r.now += LKCAM_SECONDS(1);
    assert_true(rig_takes_key_frame(&r, 0));
    peer_fir(&r, r.t.senders[0].stream.ssrc, 7);
    r.now += LKCAM_SECONDS(1);
    assert_false(rig_takes_key_frame(&r, 0));
    peer_fir(&r, r.t.senders[0].stream.ssrc, 8);
    r.now += LKCAM_SECONDS(1);
    assert_true(rig_takes_key_frame(&r, 0));
    assert_int_equal(r.t.senders[0].counters.firs, 3);
    rig_close(&r);
}

// ---- Reports ------------------------------------------------------------------------------------

static void the_reference_time_is_answered_at_once_with_its_delay(void **state)
{
    struct rig r;
    rig_connect(&r, 14, MEDIA_LINES);
    // RFC 3611 s4.4: block type 4, two words of NTP
    const uint32_t words[] = {r.t.senders[0].stream.ssrc, 4u << 24 | 2, 0xaabb1122, 0x3344ccdd};
    add_frame(&r, 3);
    peer_send_words(&r, 0, LKCAM_RTCP_XR, words, 4);
    r.now += LKCAM_MS(7);
    pull(&r);
    const struct seen *s = &r.seen[0]; // before report and media
    assert_int_equal(s->kind, LKCAM_DEMUX_RTCP);
    const uint32_t ssrc = r.t.senders[0].stream.ssrc, delay = 7 * 65536 / 1000;
    const uint32_t want[] = {ssrc, 5u << 24 | 3, ssrc, 0x11223344, delay};
    uint8_t plain[64];
    assert_int_equal(s->plain_len, rtcp_words(plain, 0, LKCAM_RTCP_XR, want, 5));
    assert_memory_equal(s->plain, plain, s->plain_len);
    r.count = 0;
    r.now += LKCAM_MS(7);
    assert_int_equal(pull(&r), 0); // once
    rig_close(&r);
}

// A sender report leaves. @return what a receiver calls it.
static uint32_t report_now(struct rig *r)
{
    add_frame(r, 1);
    pull(r);
    return lkcam_ntp_middle(lkcam_transport_ntp(&r->t, r->now));
}

static void a_receiver_report_tells_round_trip_and_loss(void **state)
{
    struct rig r;
    rig_connect(&r, 15, MEDIA_LINES);
    // LSR now; 25 ms on the way there and back, 500 ms at the receiver; a quarter lost
    uint32_t lsr = report_now(&r);
    uint32_t words[] = {
        r.t.senders[0].stream.ssrc, r.t.senders[0].stream.ssrc, 64u << 24, 0, 0, lsr, 32768};
    r.now += LKCAM_MS(525);
    peer_send_words(&r, 1, LKCAM_RTCP_RR, words, 7);
    assert_in_range(r.t.rtt_us, 24970, 25030);
    assert_int_equal(r.t.senders[0].loss_permille, 250);
    assert_int_equal(r.t.senders[0].counters.receiver_reports, 1);

    // the receiver has had no sender report: no round trip in it, whatever the rest says
    words[5] = 0;
    words[6] = lkcam_ntp_middle(lkcam_transport_ntp(&r.t, r.now)) - 65536;
    words[2] = 0;
    peer_send_words(&r, 1, LKCAM_RTCP_RR, words, 7);
    assert_in_range(r.t.rtt_us, 24970, 25030);
    assert_int_equal(r.t.senders[0].loss_permille, 0);
    words[5] = lsr;
    words[6] = 65536; // a negative round trip is none
    peer_send_words(&r, 1, LKCAM_RTCP_RR, words, 7);
    assert_in_range(r.t.rtt_us, 24970, 25030);
    words[5] = lsr + 1; // nor is one of a report that was never sent
    words[6] = 0;
    peer_send_words(&r, 1, LKCAM_RTCP_RR, words, 7);
    assert_in_range(r.t.rtt_us, 24970, 25030);
    words[1] ^= 1; // another stream's
    peer_send_words(&r, 1, LKCAM_RTCP_RR, words, 7);
    assert_int_equal(r.t.senders[0].counters.receiver_reports, 4);
    rig_close(&r);
}

static void a_round_trip_too_short_to_measure_is_known(void **state)
{
    struct rig r;
    rig_connect(&r, 16, MEDIA_LINES);
    const uint32_t lsr = report_now(&r);
    const uint32_t words[] = {
        r.t.senders[0].stream.ssrc, r.t.senders[0].stream.ssrc, 0, 0, 0, lsr, 0};
    peer_send_words(&r, 1, LKCAM_RTCP_RR, words, 7);
    assert_in_range(r.t.rtt_us, 1, 16);
    rig_close(&r);
}

static void a_frame_is_acknowledged_with_its_last_packet(void **state)
{
    struct rig r;
    uint64_t frame;
    rig_connect(&r, 17, MEDIA_LINES);
    add_frame(&r, 3);
    add_frame(&r, 3);
    pull(&r);
    // six packets from number 1: three received, a gap of two, one received (s3.1.4, two-bit
    // symbols); three deltas of one byte, one of two
    const uint8_t fci[] = {0, 1, 0, 6, 0, 0, 1, 0, 0xd5, 0x04, 1, 1, 1, 1, 0, 0};
    uint32_t words[2 + sizeof fci / 4] = {r.t.senders[0].stream.ssrc, r.t.senders[0].stream.ssrc};
    for (size_t i = 0; i < sizeof fci; i++)
        words[2 + i / 4] |= (uint32_t)fci[i] << (24 - 8 * (i % 4));
    assert_int_equal(lkcam_sender_take_ack(&r.t.senders[0], &frame), 0);
    peer_send_words(&r, LKCAM_RTPFB_TWCC, LKCAM_RTCP_RTPFB, words, 2 + sizeof fci / 4);
    assert_int_equal(r.t.counters.rtcp_errors, 0);
    assert_int_equal(r.t.sentlog.lost, 2);
    assert_int_equal(lkcam_sender_take_ack(&r.t.senders[0], &frame), 1);
    assert_int_equal(frame, 1);
    assert_int_equal(lkcam_sender_take_ack(&r.t.senders[0], &frame), 1);
    assert_int_equal(frame, 2);
    assert_int_equal(lkcam_sender_take_ack(&r.t.senders[0], &frame), 0);
    rig_close(&r);
}

// ---- What should not have come ------------------------------------------------------------------

static void unauthenticated_rtcp_changes_nothing(void **state)
{
    struct rig r;
    _Alignas(8) uint8_t bytes[64], genuine[64];
    rig_connect(&r, 18, MEDIA_LINES);
    const uint32_t words[] = {r.t.senders[0].stream.ssrc, r.t.senders[0].stream.ssrc};
    size_t len = rtcp_words(genuine, LKCAM_PSFB_PLI, LKCAM_RTCP_PSFB, words, 2);
    memcpy(bytes, genuine, len);
    lkcam_transport_input(&r.t, bytes, len, &r.addr, r.now); // in the clear
    assert_int_equal(r.t.counters.datagrams_refused, 1);

    assert_int_equal(lkcam_srtp_protect_rtcp(r.srtp, genuine, &len), 0);
    for (size_t i = 0; i < len; i++) { // each byte wrong once, each length but the true one
        memcpy(bytes, genuine, len);
        bytes[i] ^= 0x01;
        lkcam_transport_input(&r.t, bytes, len, &r.addr, r.now);
        memcpy(bytes, genuine, len);
        lkcam_transport_input(&r.t, bytes, i, &r.addr, r.now);
    }
    assert_int_equal(r.t.counters.datagrams_refused, 1 + 2 * len);
    assert_int_equal(r.t.senders[0].counters.plis, 0);
    assert_false(rig_takes_key_frame(&r, 0));
    assert_false(r.t.senders[0].stream.bound);

    memcpy(bytes, genuine, len);
    lkcam_transport_input(&r.t, bytes, len, &r.addr, r.now);
    assert_int_equal(r.t.senders[0].counters.plis, 1);
    memcpy(bytes, genuine, len);
    lkcam_transport_input(&r.t, bytes, len, &r.addr, r.now); // replayed
    assert_int_equal(r.t.senders[0].counters.plis, 1);
    assert_int_equal(r.t.counters.datagrams_refused, 2 + 2 * len);
    rig_close(&r);
}

static void one_bad_part_ends_the_walk_and_is_counted(void **state)
{
    struct rig r;
    uint8_t plain[64];
    rig_connect(&r, 19, MEDIA_LINES);
    const uint32_t words[] = {r.t.senders[0].stream.ssrc, r.t.senders[0].stream.ssrc};
    size_t n = rtcp_words(plain, LKCAM_PSFB_PLI, LKCAM_RTCP_PSFB, words, 2);
    n += rtcp_words(plain + n, LKCAM_PSFB_PLI, LKCAM_RTCP_PSFB, words, 2);
    lkcam_put_uint(plain + 14, 200, 2); // the second claims more words than there are
    peer_send_rtcp(&r, plain, n);
    assert_int_equal(r.t.senders[0].counters.plis, 1);
    assert_int_equal(r.t.counters.rtcp_errors, 1);
    // a NACK without a number
    peer_send_words(&r, LKCAM_RTPFB_NACK, LKCAM_RTCP_RTPFB, words, 1);
    assert_int_equal(r.t.counters.rtcp_errors, 2);
    assert_int_equal(r.t.senders[0].counters.nacks, 0);
    rig_close(&r);
}

static void noise_is_harmless(void **state)
{
    struct rig r;
    _Alignas(8) uint8_t bytes[LKCAM_DATAGRAM_MAX];
    rig_connect(&r, 20, MEDIA_LINES);
    for (int i = 0; i < 5000; i++) {
        size_t len = lkcam_rand_u32(&r.rand) % 200;
        r.rand.fill(r.rand.ctx, bytes, len);
        if (len)
            bytes[0] = (uint8_t)i;
        lkcam_transport_input(&r.t, bytes, len, &r.addr, r.now);
    }
    assert_true(r.t.ready && !r.t.failed);
    // all but what looks like DTLS (20-63) is counted
    assert_in_range(r.t.counters.datagrams_refused, 5000 * 3 / 4, 5000);
    add_frame(&r, 2);
    pull(&r);
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTP), 2);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_nack_is_answered_at_once_with_rtx),
        cmocka_unit_test(repeats_go_before_new_packets_and_share_their_numbers),
        cmocka_unit_test(a_repeat_under_way_is_not_sent_again),
        cmocka_unit_test(before_the_first_report_the_check_has_told_the_round_trip),
        cmocka_unit_test(without_rtx_in_the_answer_nothing_is_repeated),
        cmocka_unit_test(a_storm_of_plis_gives_one_key_frame_in_100_ms),
        cmocka_unit_test(a_repeated_fir_is_one_request),
        cmocka_unit_test(the_reference_time_is_answered_at_once_with_its_delay),
        cmocka_unit_test(a_receiver_report_tells_round_trip_and_loss),
        cmocka_unit_test(a_round_trip_too_short_to_measure_is_known),
        cmocka_unit_test(a_frame_is_acknowledged_with_its_last_packet),
        cmocka_unit_test(unauthenticated_rtcp_changes_nothing),
        cmocka_unit_test(one_bad_part_ends_the_walk_and_is_counted),
        cmocka_unit_test(noise_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
