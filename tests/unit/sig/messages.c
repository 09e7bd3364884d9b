// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Every vector was written by LiveKit's own generated code (tests/vectors/sig/README.txt).
#include "sig/messages.h"

#include <errno.h>

#include "cmocka_all.h"
#include "vector.h"

static uint8_t bytes[200000];

static size_t load(const char *name)
{
    char path[80];
    snprintf(path, sizeof path, "sig/%s", name);
    return vector_read(path, bytes, sizeof bytes);
}

static struct lkcam_message read_vector(const char *name, enum lkcam_message_type type)
{
    struct lkcam_message m;
    assert_int_equal(lkcam_message_read(&m, bytes, load(name)), 0);
    assert_int_equal(m.type, type);
    return m;
}

static void assert_text(struct lkcam_text t, const char *expected)
{
    assert_int_equal(t.len, strlen(expected));
    assert_memory_equal(t.p, expected, t.len);
}

static void join(void **state)
{
    struct lkcam_message m = read_vector("join", LKCAM_MESSAGE_JOIN);
    assert_text(m.join.server_version, "1.13.5");
    assert_int_equal(m.join.ping_timeout_s, 20);
    assert_int_equal(m.join.ping_interval_s, 7);
    m = read_vector("join_old", LKCAM_MESSAGE_JOIN);
    assert_text(m.join.server_version, "1.8.4");
    assert_int_equal(m.join.ping_timeout_s, 0);
    m = read_vector("join_long", LKCAM_MESSAGE_JOIN);
    assert_text(m.join.server_version, "1.13.5");
    assert_int_equal(m.join.ping_timeout_s, 15);
    assert_int_equal(m.join.ping_interval_s, 5);
}

static void answer(void **state)
{
    struct lkcam_message m = read_vector("answer", LKCAM_MESSAGE_ANSWER);
    assert_text(m.answer.type, "answer");
    assert_text(m.answer.sdp, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n");
    assert_int_equal(m.answer.id, 1);
    m = read_vector("answer_40k", LKCAM_MESSAGE_ANSWER);
    assert_int_equal(m.answer.sdp.len, 40000);
    assert_memory_equal(m.answer.sdp.p, "v=0\r\n", 5);
    assert_int_equal(m.answer.sdp.p[39999], 'z');
    assert_int_equal(m.answer.id, 1);
}

static void published(void **state)
{
    static const struct {
        const char *name, *cid, *sid, *mime_type;
    } cases[] = {
        {"published", "cid-1", "TR_VCabcdef123456", "video/H264"},
        {"published_lower_case", "cid-1", "TR_VCabcdef123456", "video/h264"},
        {"published_vp8", "cid-1", "TR_VCabcdef123456", "video/VP8"},
        {"published_no_codecs", "cid-1", "TR_VCabcdef123456", "video/VP8"},
        {"published_other_cid", "cid-9", "TR_VCother", "video/H264"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam_message m = read_vector(cases[i].name, LKCAM_MESSAGE_TRACK_PUBLISHED);
        assert_text(m.published.cid, cases[i].cid);
        assert_text(m.published.sid, cases[i].sid);
        assert_text(m.published.mime_type, cases[i].mime_type);
    }
}

// 32 67: track_published, 103 bytes; 0a 05 "cid-1"; 12 5e: the TrackInfo is the last 94 bytes.
static void track_info_is_kept_whole(void **state)
{
    struct lkcam_message m = read_vector("published", LKCAM_MESSAGE_TRACK_PUBLISHED);
    assert_int_equal(m.published.track_info.len, 94);
    assert_ptr_equal(m.published.track_info.p, (const char *)bytes + 105 - 94);
}

static void quality(void **state)
{
    static const struct {
        const char *name;
        bool named, wanted;
    } cases[] = {
        {"quality_off", true, false},
        {"quality_low", true, true},
        {"quality_legacy", true, true},
        {"quality_other_codec", false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam_message m = read_vector(cases[i].name, LKCAM_MESSAGE_QUALITY);
        assert_text(m.quality.sid, "TR_VCabcdef123456");
        assert_int_equal(m.quality.h264_named, cases[i].named);
        assert_int_equal(m.quality.wanted, cases[i].wanted);
    }
}

static void leave(void **state)
{
    static const struct {
        const char *name;
        int32_t reason, action;
    } cases[] = {{"leave_duplicate", 2, 0},
                 {"leave_resume", 8, 1},
                 {"leave_reconnect", 6, 2},
                 {"leave_old", 6, LKCAM_LEAVE_RECONNECT},
                 {"leave_unknown", 99, 9}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam_message m = read_vector(cases[i].name, LKCAM_MESSAGE_LEAVE);
        assert_int_equal(m.leave.reason, cases[i].reason);
        assert_int_equal(m.leave.action, cases[i].action);
    }
}

static void short_ones(void **state)
{
    struct lkcam_message m = read_vector("mute", LKCAM_MESSAGE_MUTE);
    assert_text(m.mute.sid, "TR_VCabcdef123456");
    assert_true(m.mute.muted);
    assert_false(read_vector("unmute", LKCAM_MESSAGE_MUTE).mute.muted);
    assert_text(read_vector("refresh_token", LKCAM_MESSAGE_REFRESH_TOKEN).token,
                "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln");
    assert_int_equal(read_vector("pong_resp", LKCAM_MESSAGE_PONG_RESP).last_ping_ms, 5005);
    m = read_vector("response_not_allowed", LKCAM_MESSAGE_REQUEST_RESPONSE);
    assert_int_equal(m.response.reason, LKCAM_REQUEST_NOT_ALLOWED);
    assert_text(m.response.message, "does not have permission to publish");
    assert_text(m.response.cid, "cid-1");
    assert_int_equal(read_vector("response_other", LKCAM_MESSAGE_REQUEST_RESPONSE).response.cid.len,
                     0);
    m = read_vector("trickle", LKCAM_MESSAGE_TRICKLE);
    assert_int_equal(m.trickle.candidate_init.len, 131);
    assert_memory_equal(m.trickle.candidate_init.p, "{\"candidate\":\"candidate:2878742611", 34);
    assert_false(m.trickle.final);
    assert_true(read_vector("trickle_tcp", LKCAM_MESSAGE_TRICKLE).trickle.final);
}

static void unknown_ones_are_no_error(void **state)
{
    struct lkcam_message m;
    read_vector("pong", LKCAM_MESSAGE_OTHER);
    read_vector("update", LKCAM_MESSAGE_OTHER);
    read_vector("newer", LKCAM_MESSAGE_OTHER);
    assert_int_equal(lkcam_message_read(&m, bytes, 0), 0);
    assert_int_equal(m.type, LKCAM_MESSAGE_OTHER);
}

// protobuf: of a oneof that is there twice the last counts.
static void last_of_two_counts(void **state)
{
    static const uint8_t both[] = {0x42, 0x02, 0x10, 0x02, 0x82, 0x01, 0x01, 't'};
    struct lkcam_message m;
    assert_int_equal(lkcam_message_read(&m, both, sizeof both), 0);
    assert_int_equal(m.type, LKCAM_MESSAGE_REFRESH_TOKEN);
    assert_text(m.token, "t");
}

// From a block of just this size, so that a sanitizer sees every read past the end.
static int read_cut(const uint8_t *message, size_t len)
{
    struct lkcam_message m;
    uint8_t *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, message, len);
    int err = lkcam_message_read(&m, exact, len);
    free(exact);
    return err;
}

// The outer length no longer holds, so every cut is seen.
static void cut_off_anywhere(void **state)
{
    static const char *const names[] = {"join",    "published",    "answer",
                                        "trickle", "leave_resume", "quality_low",
                                        "mute",    "pong_resp",    "response_not_allowed"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = load(names[i]);
        for (size_t cut = 1; cut < len; cut++)
            assert_int_equal(read_cut(bytes, cut), -EBADMSG);
    }
}

static void malformed(void **state)
{
    static const uint8_t number_for_text[] = {0x12, 0x02, 0x08, 0x01}; // answer.type
    static const uint8_t number_for_list[] = {0x72, 0x02, 0x18, 0x01}; // subscribed_codecs
    static const uint8_t inner_too_long[] = {0x12, 0x02, 0x12, 0x05};
    static const uint8_t group[] = {0x0b};
    static const uint8_t endless[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                      0x80, 0x80, 0x80, 0x80, 0x80};
    assert_int_equal(read_cut(inner_too_long, sizeof inner_too_long), -EBADMSG);
    assert_int_equal(read_cut(number_for_text, sizeof number_for_text), -EBADMSG);
    assert_int_equal(read_cut(number_for_list, sizeof number_for_list), -EBADMSG);
    assert_int_equal(read_cut(group, sizeof group), -EBADMSG);
    assert_int_equal(read_cut(endless, sizeof endless), -EBADMSG);
}

static const struct lkcam_session_track one_track = {
    .cid = "cid-1", .name = "cam", .width_px = 1280, .height_px = 720, .bitrate_bps = 3000000};
static const struct lkcam_session_config one = {
    .tracks = &one_track, .track_count = 1, .offer = "v=0\r\n", .version = "0.1.0"};

static void join_request(void **state)
{
    uint8_t out[200];
    size_t len = load("join_request");
    assert_int_equal(lkcam_message_write_join(NULL, 0, &one, true), (int)len);
    assert_int_equal(lkcam_message_write_join(out, sizeof out, &one, true), (int)len);
    assert_memory_equal(out, bytes, len);
    assert_int_equal(lkcam_message_write_join(out, len, &one, true), (int)len);
    assert_int_equal(lkcam_message_write_join(out, len - 1, &one, true), -ENOSPC);
    len = load("join_alone");
    assert_int_equal(lkcam_message_write_join(out, sizeof out, &one, false), (int)len);
    assert_memory_equal(out, bytes, len);
}

static void what_follows_a_join_alone(void **state)
{
    uint8_t out[200];
    size_t len = load("request_add_track");
    assert_int_equal(lkcam_message_write_add_track(NULL, 0, &one_track), (int)len);
    assert_int_equal(lkcam_message_write_add_track(out, len, &one_track), (int)len);
    assert_memory_equal(out, bytes, len);
    assert_int_equal(lkcam_message_write_add_track(out, len - 1, &one_track), -ENOSPC);
    len = load("request_offer");
    assert_int_equal(lkcam_message_write_offer(NULL, 0, one.offer), (int)len);
    assert_int_equal(lkcam_message_write_offer(out, len, one.offer), (int)len);
    assert_memory_equal(out, bytes, len);
}

static void requests(void **state)
{
    uint8_t out[LKCAM_MESSAGE_WRITTEN_MAX];
    size_t len = load("request_ping");
    assert_int_equal(lkcam_message_write_ping(out, sizeof out, 5005), (int)len);
    assert_memory_equal(out, bytes, len);
    len = load("request_ping_req");
    assert_int_equal(lkcam_message_write_ping_req(out, sizeof out, 10010, 12), (int)len);
    assert_memory_equal(out, bytes, len);
    len = load("request_mute");
    assert_int_equal(lkcam_message_write_mute(out, sizeof out, "TR_VCabcdef123456", true),
                     (int)len);
    assert_memory_equal(out, bytes, len);
    len = load("request_leave");
    assert_int_equal(lkcam_message_write_leave(out, sizeof out), (int)len);
    assert_memory_equal(out, bytes, len);
    assert_int_equal(lkcam_message_write_leave(out, len - 1), -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join),
        cmocka_unit_test(answer),
        cmocka_unit_test(published),
        cmocka_unit_test(track_info_is_kept_whole),
        cmocka_unit_test(quality),
        cmocka_unit_test(leave),
        cmocka_unit_test(short_ones),
        cmocka_unit_test(unknown_ones_are_no_error),
        cmocka_unit_test(last_of_two_counts),
        cmocka_unit_test(cut_off_anywhere),
        cmocka_unit_test(malformed),
        cmocka_unit_test(join_request),
        cmocka_unit_test(what_follows_a_join_alone),
        cmocka_unit_test(requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
