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
    assert_int_equal(lkcam_target_new(&text, &cfg), 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_in_base64url),
        cmocka_unit_test(padding_and_alphabet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
