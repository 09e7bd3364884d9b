// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/target.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

// sig/join_request.raw in base64url (Python's base64.urlsafe_b64encode), '=' as %3D.
#define JOIN_REQUEST_TEXT                                                                          \
    "EnEKEggKEgUwLjEuMBgRIgVsaW51eBICCAAqRQoFY2lkLTESA2NhbRgBIIAKKNAFQAFKDQgCEIAKGNAFIMCNtwFSHgoE" \
    "aDI"                                                                                          \
    "2NBIFY2lkLTEiDQgCEIAKGNAFIMCNtwEoATIQCgVvZmZlchIFdj0wDQoYAQ%3D%3D"
static char *new_target(const char *offer)
{
    static const struct lkcam_session_track track = {
        .cid = "cid-1", .name = "cam", .width_px = 1280, .height_px = 720, .bitrate_bps = 3000000};
    struct lkcam_session_config cfg = {
        .tracks = &track, .track_count = 1, .offer = offer, .version = "0.1.0"};
    char *text;
    assert_int_equal(lkcam_target_v1(&text, &cfg), 1);
    return text;
}

static void vector_in_base64url(void **state)
{
    char *text = new_target("v=0\r\n");
    assert_string_equal(text, "/rtc/v1?join_request=" JOIN_REQUEST_TEXT);
    free(text);
}

// As many '=' as the length asks for, each percent-encoded; base64 text is a multiple of 4 long.
// The offers are such that base64 needs its last two characters, of which a URL takes only the
// second form.
static void padding_and_alphabet(void **state)
{
    static const char *const offers[] = {"v?>?>?>?", "v?>?>?>?>", "v?>?>?>?>?"};
    static const char prefix[] = "/rtc/v1?join_request=";
    int seen = 0;
    for (int i = 0; i < 3; i++) {
        char *target = new_target(offers[i]);
        const char *text = target + strlen(prefix), *pad = text + strcspn(text, "%");
        size_t digits = (size_t)(pad - text), pads = strlen(pad) / 3;
        assert_memory_equal(target, prefix, strlen(prefix));
        assert_int_equal((digits + pads) % 4, 0);
        assert_true(strcspn(text, "-_") < digits);
        assert_true(strcspn(text, "+/") >= digits);
        assert_string_equal(text + digits, pads == 0 ? "" : pads == 1 ? "%3D" : "%3D%3D");
        seen |= 1 << pads;
        free(target);
    }
    assert_int_equal(seen, 7);
}

// sig/join_alone.raw.
#define JOIN_ALONE_TEXT "EhgKEggKEgUwLjEuMBgRIgVsaW51eBICCAA%3D"

// One more byte of the offer makes four more digits and two %3D of the longest that still fits.
static void without_tracks_where_too_long(void **state)
{
    static char offer[LKCAM_TARGET_MAX];
    struct lkcam_session_config cfg = {.offer = offer, .version = "0.1.0"};
    size_t n = 0, longest = 0;
    char *text;

    for (int whole = 1; whole == 1; n++) {
        offer[n] = 'v';
        whole = lkcam_target_v1(&text, &cfg);
        assert_true(strlen(text) <= LKCAM_TARGET_MAX);
        if (whole)
            longest = strlen(text);
        else
            assert_string_equal(text, "/rtc/v1?join_request=" JOIN_ALONE_TEXT);
        free(text);
    }
    assert_in_range(longest, LKCAM_TARGET_MAX - 7, LKCAM_TARGET_MAX);
    assert_true(n < sizeof offer);
}

static void prefix_of_the_url(void **state)
{
    struct lkcam_session_config cfg = {
        .offer = "v=0\r\n", .version = "0.1.0", .prefix = "/some/where"};
    char *text;
    assert_int_equal(lkcam_target_v1(&text, &cfg), 1);
    assert_memory_equal(text, "/some/where/rtc/v1?join_request=Eio", 35);
    free(text);
    assert_int_equal(lkcam_target_v0(&text, &cfg), 0);
    assert_memory_equal(text, "/some/where/rtc?protocol=17&", 28);
    free(text);
}

static void v0(void **state)
{
    struct lkcam_session_config cfg = {.offer = "v=0\r\n", .version = "0.1.0"};
    char *text;
    assert_int_equal(lkcam_target_v0(&text, &cfg), 0);
    assert_string_equal(text, "/rtc?protocol=17&sdk=cpp&version=0.1.0&os=linux&auto_subscribe=0");
    free(text);
    cfg.can_subscribe = true;
    assert_int_equal(lkcam_target_v0(&text, &cfg), 0);
    assert_string_equal(text, "/rtc?protocol=2&sdk=cpp&version=0.1.0&os=linux&auto_subscribe=0");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_in_base64url),
        cmocka_unit_test(padding_and_alphabet),
        cmocka_unit_test(without_tracks_where_too_long),
        cmocka_unit_test(prefix_of_the_url),
        cmocka_unit_test(v0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
