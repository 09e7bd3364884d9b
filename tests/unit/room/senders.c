// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Several cameras on one transport: each has its numbers, its pace and its requests; none touches
// another.
#include "room/transport.h"

#include "peer.h"

enum { SENDERS = 3 };

#define SECTION(mid)                                                                               \
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:" mid "\r\n" CODEC_LINES RTX_LINES EXT_LINES
// The answer may list the sections in any order; they are told apart by their mid.
#define THREE SECTION("2") SECTION("0") SECTION("1")

static int packets_of(const struct rig *r, const struct lkcam_sender *s)
{
    int n = 0;
    for (int i = 0; i < r->count; i++)
        n += r->seen[i].kind == LKCAM_DEMUX_RTP && r->seen[i].rtp.ssrc == s->stream.ssrc;
    return n;
}

static void each_has_a_section_and_streams_of_its_own(void **state)
{
    struct rig r;
    char sdp[LKCAM_NEGOTIATE_OFFER_MAX], line[64];
    rig_open_with(&r, 1, SENDERS);
    assert_true(lkcam_negotiate_offer(&r.t, 7, NULL, 0, sdp, sizeof sdp) > 0);
    assert_non_null(strstr(sdp, "a=group:BUNDLE 0 1 2\r\n"));
    for (int i = 0; i < SENDERS; i++) {
        snprintf(line, sizeof line, "a=msid:camera %s\r\n", r.t.senders[i].cid);
        assert_non_null(strstr(sdp, line));
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(r.t.senders[i].cid, r.t.senders[k].cid);
            assert_int_not_equal(r.t.senders[i].stream.ssrc, r.t.senders[k].stream.ssrc);
        }
    }
    r.t.senders[1].left_out = true;
    assert_true(lkcam_negotiate_offer(&r.t, 7, NULL, 0, sdp, sizeof sdp) > 0);
    assert_non_null(strstr(sdp, "a=group:BUNDLE 0 2\r\n"));
    assert_null(strstr(sdp, r.t.senders[1].cid));
    rig_close(&r);
}

static void the_longest_offer_fits(void **state)
{
    struct rig r;
    struct lkcam_addr hosts[8];
    char sdp[LKCAM_NEGOTIATE_OFFER_MAX];
    rig_open_with(&r, 1, LKCAM_SDP_TRACKS);
    for (int i = 0; i < 8; i++)
        assert_int_equal(
            lkcam_addr_parse(&hosts[i], "2001:db8:1111:2222:3333:4444:5555:6666", 65535), 0);
    assert_true(lkcam_negotiate_offer(&r.t, UINT64_MAX >> 1, hosts, 8, sdp, sizeof sdp) > 0);
    rig_close(&r);
}

static void an_answer_without_one_of_the_sections_is_refused(void **state)
{
    struct rig r;
    rig_open_with(&r, 2, SENDERS);
    assert_int_equal(rig_answer(&r, "active", SECTION("0") SECTION("1")), -EPROTO);
    assert_int_equal(r.t.end.reason, LKCAM_REASON_SERVER_REFUSED);
    rig_close(&r);

    rig_open_with(&r, 2, SENDERS);
    r.t.senders[2].left_out = true; // and is not missed
    assert_int_equal(rig_answer(&r, "active", SECTION("0") SECTION("1")), 0);
    rig_close(&r);
}

static void each_begins_with_its_report_and_shares_the_transport_wide_numbers(void **state)
{
    struct rig r;
    rig_connect_with(&r, 3, SENDERS, THREE);
    for (int i = 0; i < SENDERS; i++)
        add_frame_of(&r, &r.t.senders[i], 2);
    assert_int_equal(pull(&r), SENDERS * 3);
    assert_int_equal(count_kind(&r, LKCAM_DEMUX_RTCP), SENDERS);
    int number = -1;
    for (int i = 0; i < r.count; i++) {
        if (r.seen[i].kind != LKCAM_DEMUX_RTP)
            continue;
        assert_true(number < 0 || r.seen[i].twcc == number + 1);
        number = r.seen[i].twcc;
    }
    for (int i = 0; i < SENDERS; i++)
        assert_int_equal(packets_of(&r, &r.t.senders[i]), 2);
    rig_close(&r);
}

// A frame far above its share waits for its own pacer; the next camera's frame leaves at once.
static void a_large_frame_of_one_does_not_hold_another_up(void **state)
{
    struct rig r;
    rig_connect_with(&r, 4, SENDERS, THREE);
    add_frame_of(&r, &r.t.senders[0], 100);
    pull(&r);
    assert_true(packets_of(&r, &r.t.senders[0]) < 30);
    add_frame_of(&r, &r.t.senders[1], 10);
    pull(&r);
    assert_int_equal(packets_of(&r, &r.t.senders[1]), 10);
    assert_true(lkcam_sender_backlog_age(&r.t.senders[0], r.now + 1) > 0);
    assert_int_equal(lkcam_sender_backlog_age(&r.t.senders[1], r.now + 1), 0);
    rig_close(&r);
}

static void who_has_waited_longest_goes_first(void **state)
{
    struct rig r;
    rig_connect_with(&r, 5, SENDERS, THREE);
    for (int i = 0; i < SENDERS; i++) {
        add_frame_of(&r, &r.t.senders[i], 1); // the reports leave with it
        pull(&r);
    }
    r.t.blocked = true;
    for (int i = SENDERS - 1; i >= 0; i--) {
        add_frame_of(&r, &r.t.senders[i], 2);
        assert_int_equal(pull(&r), 0);
        r.now += 10;
    }
    lkcam_transport_unblock(&r.t);
    r.count = 0;
    assert_int_equal(pull(&r), SENDERS * 2);
    for (int i = 0; i < r.count; i++)
        assert_int_equal(r.seen[i].rtp.ssrc, r.t.senders[SENDERS - 1 - i / 2].stream.ssrc);
    rig_close(&r);
}

static void requests_reach_the_one_they_name(void **state)
{
    struct rig r;
    rig_connect_with(&r, 6, SENDERS, THREE);
    peer_pli(&r, r.t.senders[1].stream.ssrc);
    r.now += LKCAM_KEYREQ_SETTLE_US;
    assert_false(rig_takes_key_frame(&r, 0));
    assert_true(rig_takes_key_frame(&r, 1));
    assert_false(rig_takes_key_frame(&r, 2));
    assert_int_equal(r.t.senders[1].counters.plis, 1);

    for (int i = 0; i < SENDERS; i++)
        add_frame_of(&r, &r.t.senders[i], 3);
    pull(&r);
    uint16_t missing = (uint16_t)(r.t.senders[2].stream.buf.sent - 1);
    const uint32_t words[] = {r.t.senders[0].stream.ssrc, r.t.senders[2].stream.ssrc,
                              (uint32_t)missing << 16};
    peer_send_words(&r, LKCAM_RTPFB_NACK, LKCAM_RTCP_RTPFB, words, 3);
    r.count = 0;
    assert_int_equal(pull(&r), 1);
    assert_int_equal(r.seen[0].rtp.ssrc, r.t.senders[2].stream.rtx_ssrc);
    assert_int_equal(r.t.senders[2].counters.rtx_packets, 1);
    assert_int_equal(r.t.senders[0].counters.nacks, 0);
    rig_close(&r);
}

static void acknowledged_frames_reach_the_sender_that_sent_them(void **state)
{
    struct rig r;
    uint64_t frame;
    rig_connect_with(&r, 7, SENDERS, THREE);
    for (int i = 0; i < SENDERS; i++)
        add_frame_of(&r, &r.t.senders[i], 1);
    pull(&r);
    // draft-holmer-rmcat-transport-wide-cc-extensions-01 s3.1: packets 1 to 3 received, no delay
    const uint32_t words[] = {
        r.t.senders[0].stream.ssrc, 0, 1u << 16 | 3, 0, 0x20030000, 0x00000000};
    peer_send_words(&r, LKCAM_RTPFB_TWCC, LKCAM_RTCP_RTPFB, words, 6);
    for (int i = 0; i < SENDERS; i++) {
        assert_int_equal(lkcam_sender_take_ack(&r.t.senders[i], &frame), 1);
        assert_int_equal(frame, i + 1);
        assert_int_equal(lkcam_sender_take_ack(&r.t.senders[i], &frame), 0);
    }
    rig_close(&r);
}

// What left the ring of one breaks its picture alone.
static void a_lost_backlog_asks_its_own_camera_for_a_key_frame(void **state)
{
    struct rig r;
    rig_connect_with(&r, 8, SENDERS, THREE);
    r.t.blocked = true;
    add_frame_of(&r, &r.t.senders[0], LKCAM_SENDBUF_LEN);
    assert_true(r.t.senders[0].counters.backlog_lost > 0);
    assert_true(rig_takes_key_frame(&r, 0));
    assert_false(rig_takes_key_frame(&r, 1));
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_a_section_and_streams_of_its_own),
        cmocka_unit_test(the_longest_offer_fits),
        cmocka_unit_test(an_answer_without_one_of_the_sections_is_refused),
        cmocka_unit_test(each_begins_with_its_report_and_shares_the_transport_wide_numbers),
        cmocka_unit_test(a_large_frame_of_one_does_not_hold_another_up),
        cmocka_unit_test(who_has_waited_longest_goes_first),
        cmocka_unit_test(requests_reach_the_one_they_name),
        cmocka_unit_test(acknowledged_frames_reach_the_sender_that_sent_them),
        cmocka_unit_test(a_lost_backlog_asks_its_own_camera_for_a_key_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
