// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "cmocka_all.h"

#define NOW 1700000000

// Written with Python's json, base64 and hmac: the claims in this order, without spaces.
static const char minted[] = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
                             "eyJpc3MiOiJkZXZrZXkiLCJzdWIiOiJjYW0xIiwibmJmIjoxNjk5OTk5OTkwLCJleHAiO"
                             "jE3MDAwMjE2MDAsInZpZGVvIjp7InJvb21Kb2luI"
                             "jp0cnVlLCJyb29tIjoibGtjYW0iLCJjYW5QdWJsaXNoIjp0cnVlLCJjYW5TdWJzY3JpYm"
                             "UiOmZhbHNlfSwicm9vbUNvbmZpZyI6eyJtaW5QbG"
                             "F5b3V0RGVsYXkiOjAsIm1heFBsYXlvdXREZWxheSI6MX0sIm5hbWUiOiJGcm9udCJ9."
                             "J90isaYVNe5noAaa-Buq1DWN9vNCPM0xPYYdRvvhh24";

// RFC 7515 A.1: header with CRLF, claims iss, exp 1300819380 and one of its own.
static const char rfc7515_a1[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                                 "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtc"
                                 "GxlLmNvbS9pc19yb290Ijp0cnVlfQ."
                                 "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

static struct lkcam_grant grant(void)
{
    struct lkcam_grant g;
    lkcam_grant_default(&g);
    g.api_key = "devkey";
    g.api_secret = "secretsecretsecretsecretsecretsecret";
    g.room = "lkcam";
    g.identity = "cam1";
    g.name = "Front";
    g.now_unix = NOW;
    return g;
}

// A token with these claims; nobody looks at its signature.
static const char *token_of(const char *claims)
{
    static char token[4000];
    char payload[3000];
    lkcam_base64_write(LKCAM_BASE64URL_UNPADDED, claims, strlen(claims), payload, sizeof payload);
    snprintf(token, sizeof token, "e30.%s.c2ln", payload);
    return token;
}

static void minted_as_elsewhere(void **state)
{
    struct lkcam_grant g = grant();
    char token[2000];
    assert_int_equal(lkcam_token_mint(&g, token, sizeof token), (int)strlen(minted));
    assert_string_equal(token, minted);
}

static void minting_wants_room(void **state)
{
    struct lkcam_grant g = grant();
    char token[2000];
    for (size_t cap = 0; cap < sizeof minted; cap++)
        assert_int_equal(lkcam_token_mint(&g, token, cap), -ENOSPC);
    assert_int_equal(lkcam_token_mint(&g, token, sizeof minted), (int)strlen(minted));
}

static int mint(struct lkcam_grant g)
{
    char token[4000];
    return lkcam_token_mint(&g, token, sizeof token);
}

static void something_missing(void **state)
{
    char too_long[258] = "";
    struct lkcam_grant bad[10];
    for (int i = 0; i < 10; i++)
        bad[i] = grant();
    memset(too_long, 'x', 257);
    bad[0].api_key = NULL;
    bad[1].api_secret = "";
    bad[2].room = "";
    bad[3].identity = NULL;
    bad[4].identity = "\xff"; // not UTF-8
    bad[5].name = "\xff";
    bad[6].now_unix = 0;
    bad[7].valid_seconds = 0;
    bad[8].room = too_long;
    bad[9].name = too_long;
    for (int i = 0; i < 10; i++)
        assert_int_equal(mint(bad[i]), -EINVAL);
    bad[0] = grant();
    bad[0].size--;
    assert_int_equal(mint(bad[0]), -EINVAL);
}

static void name_is_optional_and_may_be_long(void **state)
{
    char longest[257] = "";
    struct lkcam_grant g = grant();
    g.name = NULL;
    assert_true(mint(g) > 0);
    memset(longest, '"', 256); // each becomes two characters of JSON
    g.room = g.identity = g.name = longest;
    assert_true(mint(g) > 0);
}

static void own_token_is_read(void **state)
{
    struct lkcam_token t;
    char why[160] = "x";
    assert_int_equal(lkcam_token_read(minted, &t), 0);
    assert_string_equal(t.identity, "cam1");
    assert_string_equal(t.room, "lkcam");
    assert_int_equal(t.exp, NOW + 21600);
    assert_int_equal(t.nbf, NOW - 10);
    assert_true(t.room_join && t.can_publish && !t.can_subscribe && t.can_publish_camera);
    assert_int_equal(lkcam_token_check(minted, NOW, why, sizeof why), 0);
    assert_string_equal(why, "");
}

static void foreign_token_is_read(void **state)
{
    struct lkcam_token t;
    assert_int_equal(lkcam_token_read(rfc7515_a1, &t), 0);
    assert_int_equal(t.exp, 1300819380);
    assert_string_equal(t.identity, "");
    assert_false(t.room_join);
    assert_true(t.can_publish && t.can_subscribe);
}

static void identity_may_be_jti(void **state)
{
    struct lkcam_token t;
    assert_int_equal(lkcam_token_read(token_of("{\"jti\":\"old\",\"exp\":1.9}"), &t), 0);
    assert_string_equal(t.identity, "old");
    assert_int_equal(t.exp, 1);
}

#define VIDEO(more) "\"video\":{\"roomJoin\":true,\"room\":\"r\"" more "}"
#define CLAIMS(times, more) "{\"sub\":\"me\"," times "," VIDEO(more) "}"
#define LASTING "\"exp\":1700003600"

static void checks(void **state)
{
    static const struct {
        const char *claims;
        int err;
        const char *why;
    } cases[] = {
        {CLAIMS(LASTING, ""), 0, ""},
        {CLAIMS(LASTING, ",\"canPublish\":true,\"canPublishSources\":[]"), 0, ""},
        {CLAIMS(LASTING, ",\"canPublishSources\":[\"microphone\",\"camera\"]"), 0, ""},
        {CLAIMS(LASTING, ",\"canPublishSources\":[\"microphone\"]"), -EACCES,
         "token does not allow publishing a camera (claim video.canPublishSources)"},
        {CLAIMS(LASTING, ",\"canPublish\":false"), -EACCES,
         "token does not allow publishing (claim video.canPublish)"},
        {"{\"sub\":\"me\"," LASTING ",\"video\":{\"roomJoin\":true}}", -EACCES,
         "token names no room (claim video.room)"},
        {"{\"sub\":\"me\"," LASTING ",\"video\":{\"room\":\"r\"}}", -EACCES,
         "token does not allow joining a room (claim video.roomJoin)"},
        {"{\"sub\":\"me\"," LASTING "}", -EACCES,
         "token does not allow joining a room (claim video.roomJoin)"},
        {"{" LASTING "," VIDEO("") "}", -EACCES, "token names no identity (claim sub)"},
        {CLAIMS("\"nbf\":1", ""), -EBADMSG,
         "token never expires, which LiveKit does not accept (claim exp is missing)"},
        {CLAIMS("\"exp\":1699999940", ""), 0, ""},
        {CLAIMS("\"exp\":1699999939", ""), -EKEYEXPIRED, "token has expired 61 s ago (claim exp)"},
        {CLAIMS("\"exp\":1699999820", ""), -EKEYEXPIRED, "token has expired 3 min ago (claim exp)"},
        {CLAIMS("\"exp\":1699990000", ""), -EKEYEXPIRED, "token has expired 2 h ago (claim exp)"},
        {CLAIMS("\"exp\":1699000000", ""), -EKEYEXPIRED,
         "token has expired 11 days ago (claim exp)"},
        {CLAIMS(LASTING ",\"nbf\":1700000060", ""), 0, ""},
        {CLAIMS(LASTING ",\"nbf\":1700000061", ""), -EACCES,
         "token is not valid yet, but in 61 s (claim nbf); is the clock right?"},
        {CLAIMS("\"exp\":\"soon\"", ""), -EBADMSG,
         "token is no JWT: claim exp is no number of seconds"},
        {CLAIMS("\"exp\":-1", ""), -EBADMSG, "token is no JWT: claim exp is no number of seconds"},
        {CLAIMS("\"exp\":1e300", ""), -EBADMSG,
         "token is no JWT: claim exp is no number of seconds"},
        {CLAIMS(LASTING ",\"nbf\":[]", ""), -EBADMSG,
         "token is no JWT: claim nbf is no number of seconds"},
        {"{\"sub\":7}", -EBADMSG, "token is no JWT: claim sub is no text of at most 256 bytes"},
        {"{\"video\":{\"room\":7}}", -EBADMSG,
         "token is no JWT: claim video.room is no text of at most 256 bytes"},
        {"[]", -EBADMSG, "token is no JWT: its claims are no JSON object"},
        {"{", -EBADMSG, "token is no JWT: its claims are no JSON object"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char why[160] = "untouched";
        assert_int_equal(lkcam_token_check(token_of(cases[i].claims), NOW, why, sizeof why),
                         cases[i].err);
        assert_string_equal(why, cases[i].why);
    }
}

static void no_token_at_all(void **state)
{
    static const char *const texts[] = {"",          "abc",      "a.b",   "a.b.",
                                        ".e30.c",    "e30..c",   "a.e30", "a.e30.",
                                        "a.e30.b.c", "a.%%%%.c", "a.e.c"};
    struct lkcam_token t;
    char why[160];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(lkcam_token_read(texts[i], &t), -EBADMSG);
        assert_int_equal(lkcam_token_check(texts[i], NOW, why, sizeof why), -EBADMSG);
        assert_memory_equal(why, "token is no JWT: ", 17);
    }
}

static void endless_token(void **state)
{
    static char text[LKCAM_TOKEN_MAX + 1];
    struct lkcam_token t;
    char why[160];
    memset(text, 'A', LKCAM_TOKEN_MAX);
    memcpy(text, "e30.", 4);
    assert_int_equal(lkcam_token_check(text, NOW, why, sizeof why), -EBADMSG);
    assert_string_equal(why, "token is no JWT: it is longer than 64 kB");
    memcpy(text + LKCAM_TOKEN_MAX - 6, ".c2ln\0",
           6); // all but 64 kB of "A", which is zeros, not JSON
    assert_int_equal(lkcam_token_read(text, &t), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minted_as_elsewhere), cmocka_unit_test(minting_wants_room),
        cmocka_unit_test(something_missing),   cmocka_unit_test(name_is_optional_and_may_be_long),
        cmocka_unit_test(own_token_is_read),   cmocka_unit_test(foreign_token_is_read),
        cmocka_unit_test(identity_may_be_jti), cmocka_unit_test(checks),
        cmocka_unit_test(no_token_at_all),     cmocka_unit_test(endless_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
