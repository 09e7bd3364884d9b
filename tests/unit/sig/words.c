// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/words.h"

#include "cmocka_all.h"

static struct lkcam_text text(const char *s)
{
    return (struct lkcam_text){s, strlen(s)};
}

static void texts_are_made_harmless(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"", ""},
        {"invalid authorization token\n", "invalid authorization token"},
        {"  two \t\r\n lines\x1b[31m ", "two lines [31m"},
        {"caf\xc3\xa9", "caf"},
        {"bad token eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln here", "bad token (token) here"},
        {"access_token=eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln&x", "access_token=(token)&x"},
        {"{\"t\":\"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln\"}", "{\"t\":\"(token)\"}"},
        {"[\"id\",eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln]", "[\"id\",(token)"},
        {"<b>eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln</b>", "(token)"},
        {"eyJoke", "eyJoke"},
    };
    char out[LKCAM_WORDS_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lkcam_words_clean(text(cases[i].from), out);
        assert_string_equal(out, cases[i].to);
    }
}

static void long_texts_are_cut(void **state)
{
    char page[5000], out[LKCAM_WORDS_MAX];
    memset(page, 'x', sizeof page);
    lkcam_words_clean((struct lkcam_text){page, sizeof page}, out);
    assert_int_equal(strlen(out), 160);
    memcpy(page, "eyJ", 3);
    lkcam_words_clean((struct lkcam_text){page, sizeof page}, out);
    assert_string_equal(out, "(token)");
}

static void refusals(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum lkcam_reason reason;
        const char *text;
    } cases[] = {
        {401, "invalid token", LKCAM_REASON_TOKEN,
         "the server refused the token (HTTP 401): invalid token"},
        {403, "", LKCAM_REASON_TOKEN, "the server refused the token (HTTP 403)"},
        {404, "404 page not found\n", LKCAM_REASON_SERVER_REFUSED,
         "no LiveKit signalling here: wrong URL? (HTTP 404 for /rtc/v1 and /rtc)"},
        {404, "requested room does not exist", LKCAM_REASON_SERVER_REFUSED,
         "requested room does not exist, and this server does not create rooms on joining (HTTP "
         "404)"},
        {400, "join_request is required", LKCAM_REASON_SERVER_REFUSED,
         "the server refused the connection (HTTP 400): join_request is required"},
        {503, "", LKCAM_REASON_SERVER_REFUSED, "the server refused the connection (HTTP 503)"},
        {301, "moved", LKCAM_REASON_SERVER_REFUSED,
         "the server refused the connection (HTTP 301): moved"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam_end end;
        lkcam_words_refused(&end, cases[i].status, text(cases[i].body));
        assert_int_equal(end.reason, cases[i].reason);
        assert_string_equal(end.text, cases[i].text);
    }
}

// Both bodies are livekit-server's own.
static void unknown_paths(void **state)
{
    assert_true(lkcam_words_is_unknown_path(404, text("404 page not found\n")));
    assert_true(lkcam_words_is_unknown_path(404, text("")));
    assert_false(lkcam_words_is_unknown_path(404, text("requested room does not exist")));
    assert_false(lkcam_words_is_unknown_path(400, text("404 page not found\n")));
}

static void numbers_beyond_the_tables(void **state)
{
    static const int32_t reasons[] = {-1, 0, 17, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        struct lkcam_end end;
        lkcam_words_leave(&end, reasons[i], reasons[i]);
        assert_int_equal(end.reason, LKCAM_REASON_LEFT);
        assert_non_null(strstr(end.text, "for a reason it does not name"));
        lkcam_words_track_refused(&end, reasons[i], text(""));
        assert_int_equal(end.reason, LKCAM_REASON_SERVER_REFUSED);
        assert_non_null(strstr(end.text, "its reason is unknown"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_made_harmless),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(refusals),
        cmocka_unit_test(unknown_paths),
        cmocka_unit_test(numbers_beyond_the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
