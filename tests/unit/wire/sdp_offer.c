// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/sdp.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"

static const struct lkcam_sdp_track track = {.mid = "0",
                                             .stream = "S",
                                             .cid = "TRACKCID",
                                             .ssrc = 111,
                                             .rtx_ssrc = 222,
                                             .payload_type = 96,
                                             .rtx_payload_type = 97};

static struct lkcam_sdp_offer offer(void)
{
    struct lkcam_sdp_offer o = {.session_id = 1,
                                .session_version = 1,
                                .ufrag = "abcd1234",
                                .pwd = "pppppppppppppppppppppppp",
                                .cname = "x",
                                .ext = {.mid = 1, .twcc = 4},
                                .tracks = &track,
                                .track_count = 1};
    for (int i = 0; i < 32; i++)
        o.fingerprint[i] = (uint8_t)(i * 8);
    return o;
}

static struct lkcam_candidate candidate(const char *ip, uint16_t port)
{
    struct lkcam_candidate c = {.priority = 2130706431};
    assert_int_equal(lkcam_addr_parse(&c.addr, ip, port), 0);
    return c;
}

static char text[8192];

static void write_offer(const struct lkcam_sdp_offer *o)
{
    int n = lkcam_sdp_write_offer(text, sizeof text, o);
    assert_true(n > 0);
    assert_int_equal(n, strlen(text));
}

// Word for word what livekit-server 1.13.5 accepted.
static void offer_for_one_camera(void **state)
{
    static const char expected[] =
        "v=0\r\n"
        "o=- 1 1 IN IP4 127.0.0.1\r\n"
        "s=-\r\n"
        "t=0 0\r\n"
        "a=group:BUNDLE 0\r\n"
        "a=msid-semantic: WMS *\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
        "c=IN IP4 0.0.0.0\r\n"
        "a=rtcp:9 IN IP4 0.0.0.0\r\n"
        "a=ice-ufrag:abcd1234\r\n"
        "a=ice-pwd:pppppppppppppppppppppppp\r\n"
        "a=ice-options:trickle\r\n"
        "a=fingerprint:sha-256 00:08:10:18:20:28:30:38:40:48:50:58:60:68:70:78:"
        "80:88:90:98:A0:A8:B0:B8:C0:C8:D0:D8:E0:E8:F0:F8\r\n"
        "a=setup:actpass\r\n"
        "a=mid:0\r\n"
        "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
        "a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
        "a=sendonly\r\n"
        "a=msid:S TRACKCID\r\n"
        "a=rtcp-mux\r\n"
        "a=rtcp-rsize\r\n"
        "a=rtpmap:96 H264/90000\r\n"
        "a=rtcp-fb:96 transport-cc\r\n"
        "a=rtcp-fb:96 ccm fir\r\n"
        "a=rtcp-fb:96 nack\r\n"
        "a=rtcp-fb:96 nack pli\r\n"
        "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
        "a=rtpmap:97 rtx/90000\r\n"
        "a=fmtp:97 apt=96\r\n"
        "a=ssrc-group:FID 111 222\r\n"
        "a=ssrc:111 cname:x\r\n"
        "a=ssrc:111 msid:S TRACKCID\r\n"
        "a=ssrc:222 cname:x\r\n"
        "a=ssrc:222 msid:S TRACKCID\r\n"
        "a=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host\r\n";
    struct lkcam_candidate c = candidate("127.0.0.1", 40000);
    struct lkcam_sdp_offer o = offer();

    o.candidates = &c, o.candidate_count = 1;
    write_offer(&o);
    assert_string_equal(text, expected);
    for (size_t cap = 0; cap < sizeof expected; cap++)
        assert_int_equal(lkcam_sdp_write_offer(text, cap, &o), -ENOSPC);
    assert_int_equal(lkcam_sdp_write_offer(text, sizeof expected, &o), sizeof expected - 1);
}

static void offer_without_rtx_and_with_capture_time(void **state)
{
    struct lkcam_sdp_track plain = track;
    struct lkcam_sdp_offer o = offer();

    plain.rtx_ssrc = 0;
    o.tracks = &plain, o.setup = LKCAM_SETUP_ACTIVE, o.ext.abs_capture_time = 5, o.ext.mid = 0;
    write_offer(&o);
    assert_non_null(strstr(text, "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"));
    assert_non_null(strstr(text, "a=setup:active\r\n"));
    assert_non_null(strstr(
        text, "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time\r\n"));
    assert_null(strstr(text, "sdes:mid"));
    assert_null(strstr(text, "rtx"));
    assert_null(strstr(text, "apt="));
    assert_null(strstr(text, "FID"));
    assert_null(strstr(text, "222"));
}

static void two_cameras_share_one_transport(void **state)
{
    struct lkcam_sdp_track tracks[2] = {track, track};
    struct lkcam_candidate c = candidate("10.0.0.1", 40000);
    struct lkcam_sdp_offer o = offer();

    tracks[1].mid = "1", tracks[1].cid = "OTHER", tracks[1].ssrc = 333, tracks[1].rtx_ssrc = 444;
    o.tracks = tracks, o.track_count = 2, o.candidates = &c, o.candidate_count = 1;
    write_offer(&o);
    assert_non_null(strstr(text, "a=group:BUNDLE 0 1\r\n"));
    char *second = strstr(strstr(text, "m=video") + 1, "m=video");
    assert_non_null(second);
    assert_non_null(strstr(second, "a=mid:1\r\n"));
    assert_non_null(strstr(second, "a=ice-ufrag:abcd1234\r\n"));
    assert_non_null(strstr(second, "a=ssrc-group:FID 333 444\r\n"));
    assert_non_null(strstr(second, "a=msid:S OTHER\r\n"));
    assert_null(strstr(second, "a=candidate"));
}

static void every_form_of_candidate(void **state)
{
    struct lkcam_candidate c[] = {candidate("10.0.0.1", 40000), candidate("203.0.113.7", 1),
                                  candidate("2001:db8::1", 2), candidate("10.0.0.1", 3)};
    struct lkcam_sdp_offer o = offer();

    c[0].addr.tcp = true;
    c[1].type = LKCAM_CANDIDATE_SRFLX;
    c[2].type = LKCAM_CANDIDATE_RELAY;
    c[3].addr.tcp = c[3].tcp_passive = true;
    o.candidates = c, o.candidate_count = 4;
    write_offer(&o);
    assert_string_equal(
        strstr(text, "a=candidate"),
        "a=candidate:1 1 tcp 2130706431 10.0.0.1 9 typ host tcptype active\r\n"
        "a=candidate:2 1 udp 2130706431 203.0.113.7 1 typ srflx raddr 0.0.0.0 rport 9\r\n"
        "a=candidate:3 1 udp 2130706431 2001:db8::1 2 typ relay raddr :: rport 9\r\n"
        "a=candidate:4 1 tcp 2130706431 10.0.0.1 3 typ host tcptype passive\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offer_for_one_camera),
        cmocka_unit_test(offer_without_rtx_and_with_capture_time),
        cmocka_unit_test(two_cameras_share_one_transport),
        cmocka_unit_test(every_form_of_candidate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
