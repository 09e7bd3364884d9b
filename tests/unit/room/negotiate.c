// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What the offer says of the transport, and which answers can be lived with.
#include "room/negotiate.h"

#include "peer.h"

#define PLAIN "UDP/TLS/RTP/SAVPF"

static void the_offer_tells_all_that_the_server_needs(void **state)
{
    struct rig r;
    struct lkcam_addr hosts[2];
    char sdp[4096], want[256];
    rig_open(&r, 1);
    assert_int_equal(lkcam_addr_parse(&hosts[0], "192.0.2.7", 4000), 0);
    assert_int_equal(lkcam_addr_parse(&hosts[1], "2001:db8::7", 4000), 0);
    int len = lkcam_negotiate_offer(&r.t, 77, hosts, 2, sdp, sizeof sdp);
    assert_int_equal(len, strlen(sdp));

    const char *lines[] = {
        "a=setup:actpass\r\n",
        "m=video 9 " PLAIN " 96 97\r\n",
        "a=mid:0\r\n",
        "a=rtpmap:96 H264/90000\r\n",
        "profile-level-id=42e01f\r\n",
        "a=rtcp-fb:96 nack\r\n",
        "a=rtcp-fb:96 nack pli\r\n",
        "a=rtcp-fb:96 transport-cc\r\n",
        "a=fmtp:97 apt=96\r\n",
        "a=extmap:1 " LKCAM_RTP_EXT_MID "\r\n",
        "a=extmap:4 " LKCAM_RTP_EXT_TWCC "\r\n",
        "a=extmap:5 " LKCAM_RTP_EXT_ABS_CAPTURE_TIME "\r\n",
        // RFC 8445 s5.1.2.1: hosts in the order given
        "1 udp 2130706431 192.0.2.7 4000 typ host\r\n",
        "1 udp 2130706175 2001:db8::7 4000 typ host\r\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(sdp, lines[i]))
            fail_msg("no %s in %s", lines[i], sdp);
    snprintf(want, sizeof want, "a=ssrc-group:FID %u %u\r\n", r.t.senders[0].stream.ssrc,
             r.t.senders[0].stream.rtx_ssrc);
    assert_non_null(strstr(sdp, want));
    snprintf(want, sizeof want, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", r.t.ice.ufrag, r.t.ice.pwd);
    assert_non_null(strstr(sdp, want));
    snprintf(want, sizeof want, "a=fingerprint:sha-256 %02X:%02X:", r.t.fingerprint[0],
             r.t.fingerprint[1]);
    assert_non_null(strstr(sdp, want));
    snprintf(want, sizeof want, "cname:%s\r\n", r.t.cname);
    assert_non_null(strstr(sdp, want));
    rig_close(&r);
}

static void an_offer_that_does_not_fit_is_refused_at_every_length(void **state)
{
    struct rig r;
    struct lkcam_addr hosts[40]; // more than are offered
    char sdp[4096];
    rig_open(&r, 2);
    for (int i = 0; i < 40; i++)
        assert_int_equal(lkcam_addr_parse(&hosts[i], "192.0.2.7", (uint16_t)(4000 + i)), 0);
    int len = lkcam_negotiate_offer(&r.t, 77, hosts, 40, sdp, sizeof sdp);
    assert_non_null(strstr(sdp, " 4007 typ host"));
    assert_null(strstr(sdp, " 4008 typ host"));
    for (size_t cap = 0; cap <= (size_t)len; cap++)
        assert_int_equal(lkcam_negotiate_offer(&r.t, 77, hosts, 40, sdp, cap), -ENOSPC);
    rig_close(&r);
}

static void the_answer_s_terms_are_taken(void **state)
{
    struct rig r;
    rig_open(&r, 3);
    // other extension numbers than ours, without capture time
    assert_int_equal(rig_answer(&r, "active",
                                "m=video 9 " PLAIN " 96 99\r\na=mid:0\r\n" CODEC_LINES
                                "a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=96\r\n"
                                "a=extmap:7 " LKCAM_RTP_EXT_TWCC "\r\n"),
                     0);
    assert_int_equal(r.t.senders[0].stream.payload_type, 96);
    assert_int_equal(r.t.senders[0].stream.rtx_payload_type, 99);
    assert_int_equal(r.t.senders[0].stream.ext.twcc, 7);
    assert_int_equal(r.t.senders[0].stream.ext.mid, 0);
    assert_int_equal(r.t.senders[0].stream.ext.abs_capture_time, 0);
    assert_false(r.t.failed);
    assert_int_equal(r.t.ice.state, LKCAM_ICE_CHECKING); // its candidate is tried at once
    rig_close(&r);
}

static void rtx_is_not_used_where_it_cannot_be_asked_for(void **state)
{
    const char *media[] = {
        "m=video 9 " PLAIN " 96\r\na=mid:0\r\n" CODEC_LINES,
        // RTX of another codec
        "m=video 9 " PLAIN " 96\r\na=mid:0\r\n" CODEC_LINES "a=fmtp:97 apt=98\r\n",
        // no NACK
        "m=video 9 " PLAIN " 96\r\na=mid:0\r\na=rtpmap:96 H264/90000\r\n" RTX_LINES,
    };
    for (int i = 0; i < 3; i++) {
        struct rig r;
        rig_open(&r, 4);
        assert_int_equal(rig_answer(&r, "active", media[i]), 0);
        assert_int_equal(r.t.senders[0].stream.rtx_payload_type, 0);
        assert_false(r.t.failed);
        rig_close(&r);
    }
}

static void with_setup_passive_we_are_the_client(void **state)
{
    struct rig r;
    rig_open(&r, 5);
    assert_int_equal(rig_answer(&r, "passive", MEDIA_LINES), 0);
    pump(&r); // the peer only answers
    assert_true(r.t.ready && r.srtp);
    lkcam_pacer_set(&r.t.senders[0].pacer, 3000000, 30000, r.now);
    r.count = 0;
    add_frame(&r, 1);
    assert_int_equal(pull(&r), 2);
    assert_int_equal(r.seen[1].kind, LKCAM_DEMUX_RTP); // opened with the peer's keys
    rig_close(&r);
}

static void answers_under_which_nothing_can_flow_end_the_transport(void **state)
{
    static const struct {
        const char *media;
        enum lkcam_reason reason;
        const char *why;
    } bad[] = {
        {"m=video 0 " PLAIN " 96\r\na=mid:0\r\n" CODEC_LINES, LKCAM_REASON_SERVER_REFUSED,
         "refuses our video"},
        {"m=video 9 " PLAIN " 96\r\na=mid:1\r\n" CODEC_LINES, LKCAM_REASON_SERVER_REFUSED,
         "refuses our video"},
        {"m=video 9 " PLAIN " 98 96\r\na=mid:0\r\na=rtpmap:98 VP8/90000\r\n" CODEC_LINES,
         LKCAM_REASON_CODEC, "H.264"},
        {"m=video 9 " PLAIN " 96\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\n", LKCAM_REASON_CODEC,
         "H.264"},
        {"", LKCAM_REASON_SERVER_REFUSED, "cannot be read"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct rig r;
        rig_open(&r, 6);
        assert_int_equal(rig_answer(&r, "active", bad[i].media), -EPROTO);
        assert_true(r.t.failed);
        assert_int_equal(r.t.end.reason, bad[i].reason);
        assert_non_null(strstr(r.t.end.text, bad[i].why));
        assert_int_equal(lkcam_transport_deadline(&r.t, r.now), r.now); // to be looked at now
        pump(&r);
        assert_int_equal(r.checks, 0);
        rig_close(&r);
    }
}

static void an_answer_without_fingerprint_ends_the_transport(void **state)
{
    static const char sdp[] =
        "v=0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=setup:active\r\n" MEDIA_LINES;
    struct rig r;
    rig_open(&r, 7);
    assert_int_equal(lkcam_negotiate_answer(&r.t, sdp, sizeof sdp - 1, r.now), -EPROTO);
    assert_true(r.t.failed);
    assert_non_null(strstr(r.t.end.text, "fingerprint"));
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_offer_tells_all_that_the_server_needs),
        cmocka_unit_test(an_offer_that_does_not_fit_is_refused_at_every_length),
        cmocka_unit_test(the_answer_s_terms_are_taken),
        cmocka_unit_test(rtx_is_not_used_where_it_cannot_be_asked_for),
        cmocka_unit_test(with_setup_passive_we_are_the_client),
        cmocka_unit_test(answers_under_which_nothing_can_flow_end_the_transport),
        cmocka_unit_test(an_answer_without_fingerprint_ends_the_transport),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
