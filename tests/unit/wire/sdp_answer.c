// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/sdp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "vector.h"

#define HEAD "v=0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n"
#define VIDEO "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"

static struct lkcam_sdp_answer answer;

static int read_text(const char *text)
{
    return lkcam_sdp_read_answer(text, strlen(text), &answer);
}

static void answer_of_the_server(void **state)
{
    static const uint8_t fingerprint[] = {0x1a, 0x9f, 0xbb, 0x72};
    char text[4096];
    size_t len = vector_read("answer", text, sizeof text);

    assert_int_equal(lkcam_sdp_read_answer(text, len, &answer), 0);
    assert_string_equal(answer.ufrag, "HKnJNtcDVoxBbBIl");
    assert_string_equal(answer.pwd, "SHTbgIBGjZDEPaZoSbSUIHVeugdipyjq");
    assert_true(answer.has_fingerprint);
    assert_memory_equal(answer.fingerprint, fingerprint, 4);
    assert_int_equal(answer.fingerprint[31], 0xa9);
    assert_int_equal(answer.setup, LKCAM_SETUP_ACTIVE);
    assert_false(answer.ice_lite);
    assert_int_equal(answer.candidate_count, 0);
    assert_int_equal(answer.section_count, 1);
    const struct lkcam_sdp_section *s = &answer.sections[0];
    assert_string_equal(s->mid, "0");
    assert_false(s->rejected);
    assert_int_equal(s->payload_type, 96);
    assert_true(s->h264 && s->rtx && s->nack && s->twcc);
    assert_int_equal(s->rtx_payload_type, 97);
    assert_int_equal(s->ext.mid, 1);
    assert_int_equal(s->ext.twcc, 4);
    assert_int_equal(s->ext.abs_capture_time, 0);
}

static void facts_are_each_section_s_own(void **state)
{
    assert_int_equal(
        read_text(
            "v=0\na=ice-lite\na=setup:passive\na=ice-ufrag:u\na=ice-pwd:p\n" VIDEO
            "a=mid:a\na=rtpmap:96 VP8/90000\na=rtpmap:97 H264/90000\na=rtcp-fb:97 nack\n"
            "a=fmtp:97 apt=95\n" VIDEO
            "a=mid:b\na=rtpmap:96 h264/90000\na=rtcp-fb:* nack\na=fmtp:99 apt=96;x=1\n"
            "a=extmap:5/sendonly http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time\n"
            "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid\na=extmap:3 urn:something\n"
            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\na=mid:c\n"),
        0);
    assert_true(answer.ice_lite);
    assert_int_equal(answer.setup, LKCAM_SETUP_PASSIVE);
    assert_false(answer.has_fingerprint);
    assert_int_equal(answer.section_count, 3);
    const struct lkcam_sdp_section *s = answer.sections;
    assert_string_equal(s[0].mid, "a");
    assert_false(s[0].h264 || s[0].rtx || s[0].nack || s[0].twcc);
    assert_string_equal(s[1].mid, "b");
    assert_true(s[1].h264 && s[1].rtx && s[1].nack);
    assert_false(s[1].twcc);
    assert_int_equal(s[1].rtx_payload_type, 99);
    assert_int_equal(s[1].ext.abs_capture_time, 5);
    assert_int_equal(s[1].ext.mid, 0); // 15 has no one-byte form
    assert_true(s[2].rejected);
    assert_int_equal(s[2].payload_type, 0);
}

// "nack pli" and "ccm fir" alone are no wish for repeats.
static void nack_pli_is_not_nack(void **state)
{
    assert_int_equal(read_text(HEAD VIDEO "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 ccm fir\r\n"), 0);
    assert_false(answer.sections[0].nack);
}

static void first_credentials_and_first_sha256_count(void **state)
{
    assert_int_equal(read_text(HEAD "a=fingerprint:sha-1 00:11\r\na=fingerprint:SHA-256 "
                                    "00:01:02:03:04:05:06:07:08:09:0A:0b:0C:0D:0E:0F:10:11:12:13:"
                                    "14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n" VIDEO
                                    "a=ice-ufrag:v\r\na=ice-pwd:q\r\na=fingerprint:sha-256 FF\r\n"),
                     0);
    assert_string_equal(answer.ufrag, "u");
    assert_string_equal(answer.pwd, "p");
    for (int i = 0; i < 32; i++)
        assert_int_equal(answer.fingerprint[i], i);
}

static void candidates_that_can_be_used(void **state)
{
    char text[4096] = HEAD VIDEO "a=candidate:1 1 udp 1 name.local 1 typ host\r\n";
    for (int i = 0; i < LKCAM_SDP_CANDIDATES + 3; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "a=candidate:1 1 udp 1 10.0.0.%d 7 typ host\r\n", i);
    assert_int_equal(read_text(text), 0);
    assert_int_equal(answer.candidate_count, LKCAM_SDP_CANDIDATES);
    assert_int_equal(answer.candidates[0].addr.ip[15], 0);
    assert_int_equal(answer.candidates[15].addr.ip[15], 15);
}

static void refusals(void **state)
{
    static const char *const texts[] = {
        "",
        HEAD,
        VIDEO "a=ice-ufrag:u\r\n",
        VIDEO "a=ice-pwd:p\r\n",
        HEAD "m=video nine UDP/TLS/RTP/SAVPF 96\r\n",
        HEAD "m=video 65536 UDP/TLS/RTP/SAVPF 96\r\n",
        HEAD "m=\r\n",
        HEAD VIDEO "a=mid:a-name-of-17-chars\r\n",
        HEAD VIDEO "a=fingerprint:sha-256 00:11\r\n",
        HEAD VIDEO "a=fingerprint:sha-256 "
                   "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0G:10:11:12:13:14:15:16:17:18:19:"
                   "1A:1B:1C:1D:1E:1F\r\n",
        HEAD VIDEO "a=fingerprint:sha-256 "
                   "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:"
                   "1A:1B:1C:1D:1E:1F:20\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(read_text(texts[i]), -EBADMSG);
}

static void limits(void **state)
{
    static char text[LKCAM_SDP_MAX + 2];
    size_t head = strlen(HEAD VIDEO);

    memset(text, '\n', sizeof text);
    memcpy(text, HEAD VIDEO, head);
    assert_int_equal(lkcam_sdp_read_answer(text, LKCAM_SDP_MAX, &answer), 0);
    assert_int_equal(lkcam_sdp_read_answer(text, LKCAM_SDP_MAX + 1, &answer), -EBADMSG);
    for (int sections = 16; sections <= 17; sections++) {
        size_t n = (size_t)snprintf(text, sizeof text, HEAD);
        for (int i = 0; i < sections; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, VIDEO);
        assert_int_equal(lkcam_sdp_read_answer(text, n, &answer), sections == 16 ? 0 : -EBADMSG);
    }
}

static void credential_of_256_characters(void **state)
{
    char text[1024];
    for (int len = 256; len <= 257; len++) {
        snprintf(text, sizeof text, "a=ice-ufrag:%0*d\na=ice-pwd:%0*d\n" VIDEO, len, 1, len, 1);
        assert_int_equal(read_text(text), len == 256 ? 0 : -EBADMSG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_of_the_server),
        cmocka_unit_test(facts_are_each_section_s_own),
        cmocka_unit_test(nack_pli_is_not_nack),
        cmocka_unit_test(first_credentials_and_first_sha256_count),
        cmocka_unit_test(candidates_that_can_be_used),
        cmocka_unit_test(refusals),
        cmocka_unit_test(limits),
        cmocka_unit_test(credential_of_256_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
