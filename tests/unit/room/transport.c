// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A whole connection without a socket: what leaves, when, and how it ends.
#include "room/transport.h"

#include "peer.h"

static void the_first_check_nominates_and_media_waits_for_keys(void **state)
{
    struct rig r;
    rig_open(&r, 1);
    assert_int_equal(lkcam_transport_deadline(&r.t, r.now), LKCAM_NEVER);
    assert_int_equal(pull(&r), 0);
    assert_int_equal(rig_answer(&r, "active", MEDIA_LINES), 0);
    assert_true(lkcam_transport_deadline(&r.t, r.now) <= r.now);
    pump(&r);
    assert_int_equal(r.checks, 1);
    assert_true(r.first_check.use_candidate);
    assert_int_equal(r.first_check.role, LKCAM_STUN_CONTROLLING);
    assert_int_equal(r.t.ice.state, LKCAM_ICE_CONNECTED);

    add_frame(&r, 1);
    assert_int_equal(pull(&r), 0);
    r.dtls->ops->tick(r.dtls, r.now);
    peer_flush_dtls(&r);
    pump(&r);
    assert_true(r.t.ready);
    assert_int_equal(r.t.profile, LKCAM_SRTP_AEAD_AES_128_GCM);
    // no frame has told the pacer its rate yet
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTP), 0);
    assert_true(lkcam_transport_deadline(&r.t, r.now) > r.now);
    rig_close(&r);
}

static void a_sender_report_leaves_before_the_first_packet(void **state)
{
    struct rig r;
    struct lkcam_rtcp_part part;
    struct lkcam_rtcp_sr sr;
    rig_connect(&r, 2, MEDIA_LINES);
    r.now += LKCAM_SECONDS(2);
    assert_int_equal(pull(&r), 0);
    add_frame(&r, 3);
    assert_int_equal(pull(&r), 4);
    assert_int_equal(r.seen[0].kind, LKCAM_DEMUX_RTCP);
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTP), 3);

    struct lkcam_reader reader = lkcam_reader_over(r.seen[0].plain, r.seen[0].plain_len);
    assert_int_equal(lkcam_rtcp_next(&reader, &part), 1);
    assert_int_equal(part.type, LKCAM_RTCP_SR);
    assert_int_equal(lkcam_rtcp_read_sr(&part, &sr), 0);
    assert_int_equal(sr.ssrc, r.t.senders[0].stream.ssrc);
    assert_int_equal(sr.packets, 0);
    // NTP and RTP name one instant: the frame's own, captured now
    assert_int_equal(sr.ntp, lkcam_ntp_from_unix(UNIX0 + LKCAM_SECONDS(2)));
    assert_int_equal(sr.rtp, r.seen[1].rtp.timestamp);
    assert_int_equal(lkcam_rtcp_next(&reader, &part), 1);
    assert_int_equal(part.type, LKCAM_RTCP_SDES);
    assert_int_equal(lkcam_rtcp_next(&reader, &part), 0);
    rig_close(&r);
}

static void reports_go_on_each_second_while_no_frame_comes(void **state)
{
    struct rig r;
    rig_connect(&r, 3, MEDIA_LINES);
    add_frame(&r, 1);
    pull(&r);
    r.count = 0;
    for (int i = 1; i <= 10; i++) {
        lkcam_us due = T0 + LKCAM_SECONDS(i);
        while (r.now < due) {
            lkcam_us next = lkcam_transport_deadline(&r.t, r.now);
            assert_true(next > r.now && next <= due); // else nobody would wake for it
            r.now = next;
            pump(&r);
        }
        assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTCP), i);
    }
    rig_close(&r);
}

static struct lkcam_rtcp_sr sender_report_of(const struct seen *s)
{
    struct lkcam_reader reader = lkcam_reader_over(s->plain, s->plain_len);
    struct lkcam_rtcp_part part;
    struct lkcam_rtcp_sr sr;
    assert_int_equal(lkcam_rtcp_next(&reader, &part), 1);
    assert_int_equal(lkcam_rtcp_read_sr(&part, &sr), 0);
    return sr;
}

static uint64_t capture_time_of(const struct seen *s)
{
    size_t n;
    int at = lkcam_rtp_find_ext(s->plain, &s->rtp, 5, &n);
    assert_true(at >= 0 && n >= 8);
    struct lkcam_reader reader = lkcam_reader_over(s->plain + at, 8);
    return lkcam_read_uint(&reader, 8);
}

// A frame, a report and its answer each second, before which the wall clock is set as told. All
// that is said of one instant agrees, and nothing but the time of day has moved.
static void run_with_steps(struct rig *r, const lkcam_us *ahead_s, int seconds)
{
    uint32_t rtp = 0;
    lkcam_us wall = UNIX0 - T0;
    uint64_t steps = 0;
    for (int i = 0; i < seconds; i++) {
        steps += ahead_s[i] != 0;
        wall += LKCAM_SECONDS(ahead_s[i]);
        lkcam_us by = lkcam_wallclock_input(&r->t.wall, r->now, r->now + wall);
        assert_int_equal(by, LKCAM_SECONDS(ahead_s[i]));
        r->count = 0;
        add_frame(r, 2);
        assert_int_equal(pull(r), 3);
        struct lkcam_rtcp_sr sr = sender_report_of(&r->seen[0]);
        assert_int_equal(sr.ntp, lkcam_ntp_from_unix(r->now + wall));
        assert_int_equal(sr.rtp, r->seen[1].rtp.timestamp);
        assert_int_equal(capture_time_of(&r->seen[1]), sr.ntp);
        if (i)
            assert_int_equal(r->seen[1].rtp.timestamp - rtp, 90000);
        rtp = r->seen[1].rtp.timestamp;

        // the receiver answers 250 ms later, 10 ms of them under way
        lkcam_us reported = r->now;
        r->now += LKCAM_MS(250);
        if (i % 3 == 2) // the clock is set between a report and its answer
            lkcam_wallclock_input(&r->t.wall, r->now, r->now + wall + LKCAM_SECONDS(5));
        const uint32_t rr[] = {sr.ssrc, sr.ssrc, 0, 0, 0, lkcam_ntp_middle(sr.ntp), 15729};
        peer_send_words(r, 1, LKCAM_RTCP_RR, rr, 7);
        assert_in_range(r->t.rtt_us, 9980, 10020);
        if (i % 3 == 2) {
            lkcam_wallclock_input(&r->t.wall, r->now, r->now + wall);
            steps += 2;
        }
        assert_int_equal(r->t.wall.steps, steps);
        assert_int_equal(lkcam_transport_deadline(&r->t, r->now), reported + LKCAM_SECONDS(1));
        r->now = reported + LKCAM_SECONDS(1);
    }
}

static void setting_the_clock_moves_the_time_of_day_and_nothing_else(void **state)
{
    static const lkcam_us ahead_s[4] = {0, 3600, -3600, -3600};
    struct rig r;
    rig_connect(&r, 30, MEDIA_LINES);
    run_with_steps(&r, ahead_s, 4); // the first check of consent is due after that
    rig_close(&r);
}

static void packets_arrive_as_they_were_made(void **state)
{
    struct rig r;
    rig_connect(&r, 4, MEDIA_LINES);
    uint16_t first = (uint16_t)r.t.senders[0].stream.buf.head;
    for (int f = 0; f < 20; f++) {
        add_frame(&r, 10);
        pull(&r);
        r.now += 33333;
    }
    int n = 0;
    for (int i = 0; i < r.count; i++) {
        const struct seen *s = &r.seen[i];
        if (s->kind != LKCAM_DEMUX_RTP)
            continue;
        assert_int_equal(s->rtp.ssrc, r.t.senders[0].stream.ssrc);
        assert_int_equal(s->rtp.payload_type, 96);
        assert_int_equal(s->rtp.seq, (uint16_t)(first + n));
        assert_int_equal(s->rtp.marker, n % 10 == 9);
        assert_int_equal(s->rtp.payload_len, LKCAM_PAYLOAD_MAX);
        assert_int_equal(s->plain[s->rtp.payload_at + 3], n / 10 + 1);
        assert_int_equal(s->plain[s->rtp.payload_at + 5], n % 10);
        assert_true(s->mid); // nothing has been heard of the receiver
        n++;
    }
    assert_int_equal(n, 200);
    assert_int_equal(r.t.senders[0].counters.packets_sent, 200);
    rig_close(&r);
}

static void mid_is_left_out_once_the_receiver_has_spoken(void **state)
{
    struct rig r;
    rig_connect(&r, 5, MEDIA_LINES);
    peer_pli(&r, r.t.senders[0].stream.ssrc + 1); // about a stream that is nobody's
    add_frame(&r, 1);
    pull(&r);
    assert_int_equal(r.count, 2);
    assert_true(r.seen[1].mid);
    peer_pli(&r, r.t.senders[0].stream.ssrc);
    add_frame(&r, 1);
    pull(&r);
    assert_int_equal(r.count, 3);
    assert_false(r.seen[2].mid);
    rig_close(&r);
}

// ---- The pace and the socket --------------------------------------------------------------------

static void a_large_frame_is_spread_and_its_deadline_is_honest(void **state)
{
    struct rig r;
    rig_connect(&r, 21, MEDIA_LINES);
    add_frame(&r, 110); // 10 shares of 12,500 bytes
    int wakes = 0;
    pull(&r);
    while (lkcam_sendbuf_peek(&r.t.senders[0].stream.buf)) {
        lkcam_us next = lkcam_transport_deadline(&r.t, r.now);
        assert_true(next > r.now);                                           // no spinning
        assert_int_equal(lkcam_transport_deadline(&r.t, r.now - 300), next); // whoever asks late
        r.now = next - 1;
        assert_int_equal(pull(&r), 0); // not a microsecond early
        r.now = next;
        assert_true(pull(&r) > 0); // and something leaves
        wakes++;
    }
    assert_in_range(r.now - T0, 105000, 130000);
    assert_in_range(wakes, 80, 110);
    rig_close(&r);
}

static void a_full_socket_holds_media_back_until_it_has_room(void **state)
{
    struct rig r;
    struct lkcam_outgoing out;
    rig_connect(&r, 22, MEDIA_LINES);
    add_frame(&r, 1);
    pull(&r);
    add_frame(&r, 4);
    assert_int_equal(lkcam_transport_output(&r.t, &out, r.now), 1);
    assert_true(out.media);
    lkcam_transport_refused(&r.t, &out, true);
    uint16_t refused = (uint16_t)(r.t.senders[0].stream.buf.sent - 1);
    assert_int_equal(lkcam_transport_output(&r.t, &out, r.now), 0);
    r.count = 0;
    for (int i = 0; i < 100; i++) { // a second: nothing but the report, and no spinning
        assert_true(lkcam_transport_deadline(&r.t, r.now) > r.now);
        r.now += LKCAM_MS(10);
        pull(&r);
    }
    assert_int_equal(r.count, 1);
    assert_int_equal(r.seen[0].kind, LKCAM_DEMUX_RTCP);
    assert_int_equal(lkcam_sender_backlog_age(&r.t.senders[0], r.now), LKCAM_SECONDS(1));

    r.count = 0;
    lkcam_transport_unblock(&r.t);
    assert_int_equal(pull(&r), 3);
    assert_int_equal(lkcam_sender_backlog_age(&r.t.senders[0], r.now), 0);
    // what the socket refused counts as lost on the way
    assert_int_equal(r.seen[0].rtp.seq, (uint16_t)(refused + 1));
    peer_nack(&r, refused);
    assert_int_equal(pull(&r), 1);
    assert_int_equal(r.t.senders[0].counters.send_errors, 1);
    rig_close(&r);
}

static void a_backlog_beyond_the_ring_loses_its_oldest(void **state)
{
    struct rig r;
    rig_connect(&r, 23, MEDIA_LINES);
    r.t.blocked = true;
    add_frame(&r, LKCAM_SENDBUF_LEN + 100);
    assert_int_equal(r.t.senders[0].counters.backlog_lost, 100 + LKCAM_SENDBUF_BATCH);
    lkcam_transport_unblock(&r.t);
    lkcam_pacer_set(&r.t.senders[0].pacer, 200000000, 1000, r.now);
    r.now += LKCAM_SECONDS(1);
    pull(&r);
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTP), LKCAM_SENDBUF_LEN - LKCAM_SENDBUF_BATCH);
    assert_true(r.seen[r.count - 1].rtp.marker);
    rig_close(&r);
}

// ---- Ends ---------------------------------------------------------------------------------------

// Goes from deadline to deadline until the transport has failed.
static void run_until_failed(struct rig *r)
{
    for (int i = 0; !r->t.failed; i++) {
        lkcam_us next = lkcam_transport_deadline(&r->t, r->now);
        assert_true(next < T0 + LKCAM_SECONDS(100));
        assert_true(next >= r->now && i < 1000);
        r->now = next;
        pump(r);
        r->count = 0;
    }
    assert_int_equal(r->t.end.reason, LKCAM_REASON_MEDIA_LOST);
    assert_false(r->t.ready);
    assert_int_equal(lkcam_transport_deadline(&r->t, r->now), r->now);
    assert_int_equal(pull(r), 0);
}

static void consent_that_runs_out_ends_the_connection(void **state)
{
    struct rig r;
    rig_connect(&r, 24, MEDIA_LINES);
    add_frame(&r, 1);
    pull(&r);
    r.deaf = true;
    run_until_failed(&r);
    assert_int_equal(r.now - T0, LKCAM_SECONDS(30));
    assert_non_null(strstr(r.t.end.text, "consent"));
    rig_close(&r);
}

static void a_server_that_never_answers_ends_the_connection(void **state)
{
    struct rig r;
    rig_open(&r, 25);
    r.deaf = true;
    assert_int_equal(rig_answer(&r, "active", MEDIA_LINES), 0);
    run_until_failed(&r);
    assert_int_equal(r.now - T0, LKCAM_SECONDS(15));
    assert_non_null(
        strstr(r.t.end.text, "no way for media: UDP 192.0.2.1:7882: no answer; TCP not offered"));
    rig_close(&r);
}

static void a_server_that_begins_no_handshake_ends_the_connection(void **state)
{
    struct rig r;
    rig_open(&r, 28);
    assert_int_equal(rig_answer(&r, "active", MEDIA_LINES), 0);
    pump(&r);
    assert_int_equal(r.t.ice.state, LKCAM_ICE_CONNECTED);
    run_until_failed(&r);
    assert_int_equal(r.now - T0, LKCAM_SECONDS(15));
    assert_non_null(strstr(r.t.end.text, "DTLS"));
    rig_close(&r);
}

static void from_another_address(struct rig *r, const uint8_t *bytes, size_t len)
{
    uint8_t copy[LKCAM_DATAGRAM_MAX];
    struct lkcam_addr stranger = r->addr;
    stranger.port++;
    memcpy(copy, bytes, len);
    lkcam_transport_input(&r->t, copy, len, &stranger, r->now);
}

static void a_stranger_cannot_take_part_in_the_handshake(void **state)
{
    struct rig r;
    rig_open(&r, 29);
    assert_int_equal(rig_answer(&r, "active", MEDIA_LINES), 0);
    pump(&r);
    r.carry = from_another_address;
    r.dtls->ops->tick(r.dtls, r.now);
    peer_flush_dtls(&r);
    assert_true(r.t.counters.datagrams_refused > 0);
    r.count = 0;
    pump(&r);
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_DTLS), 0);
    rig_close(&r);
}

static void a_certificate_other_than_the_announced_ends_the_connection(void **state)
{
    struct rig r;
    rig_open(&r, 26);
    r.fingerprint[5] ^= 1; // as the SDP has it
    assert_int_equal(rig_answer(&r, "active", MEDIA_LINES), 0);
    pump(&r);
    r.dtls->ops->tick(r.dtls, r.now);
    peer_flush_dtls(&r);
    pump(&r);
    assert_true(r.t.failed);
    assert_false(r.t.ready);
    assert_int_equal(r.t.end.reason, LKCAM_REASON_MEDIA_LOST);
    assert_non_null(strstr(r.t.end.text, "certificate"));
    rig_close(&r);
}

static struct {
    uint8_t bytes[LKCAM_DATAGRAM_MAX];
    size_t len;
} held[64];
static int held_count;

// The certificate and what follows it stay on the way.
static void hold_second_flight(struct rig *r, const uint8_t *bytes, size_t len)
{
    if (len > 400 || held_count) {
        memcpy(held[held_count].bytes, bytes, len);
        held[held_count++].len = len;
        return;
    }
    r->carry = NULL;
    peer_send(r, bytes, len);
    r->carry = hold_second_flight;
}

static void what_comes_after_the_end_revives_nothing(void **state)
{
    struct rig r;
    rig_open(&r, 27);
    held_count = 0;
    assert_int_equal(rig_answer(&r, "active", MEDIA_LINES), 0);
    pump(&r);
    r.carry = hold_second_flight;
    r.dtls->ops->tick(r.dtls, r.now);
    peer_flush_dtls(&r);
    pump(&r);
    assert_in_range(held_count, 1, 63);
    r.deaf = true;
    run_until_failed(&r); // consent
    for (int i = 0; i < held_count; i++)
        lkcam_transport_input(&r.t, held[i].bytes, held[i].len, &r.addr, r.now);
    assert_int_equal(r.t.dtls->state, LKCAM_DTLS_READY);
    assert_false(r.t.ready);
    assert_int_equal(pull(&r), 0);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_check_nominates_and_media_waits_for_keys),
        cmocka_unit_test(a_sender_report_leaves_before_the_first_packet),
        cmocka_unit_test(reports_go_on_each_second_while_no_frame_comes),
        cmocka_unit_test(setting_the_clock_moves_the_time_of_day_and_nothing_else),
        cmocka_unit_test(packets_arrive_as_they_were_made),
        cmocka_unit_test(mid_is_left_out_once_the_receiver_has_spoken),
        cmocka_unit_test(a_large_frame_is_spread_and_its_deadline_is_honest),
        cmocka_unit_test(a_full_socket_holds_media_back_until_it_has_room),
        cmocka_unit_test(a_backlog_beyond_the_ring_loses_its_oldest),
        cmocka_unit_test(consent_that_runs_out_ends_the_connection),
        cmocka_unit_test(a_server_that_never_answers_ends_the_connection),
        cmocka_unit_test(a_server_that_begins_no_handshake_ends_the_connection),
        cmocka_unit_test(a_stranger_cannot_take_part_in_the_handshake),
        cmocka_unit_test(a_certificate_other_than_the_announced_ends_the_connection),
        cmocka_unit_test(what_comes_after_the_end_revives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
