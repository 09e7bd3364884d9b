// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/token_answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

#define JWT "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl"

static struct lkcam_token_answer answer; // too large for a stack
static char what[LKCAM_TOKEN_ANSWER_WORDS];

static int read_text(const char *body)
{
    return lkcam_token_answer_read(&answer, (struct lkcam_text){body, strlen(body)}, what);
}

static void every_form_of_a_token(void **state)
{
    static const struct {
        const char *body, *url;
    } cases[] = {
        {"{\"token\":\"" JWT "\"}", ""},
        {"{\"participant_token\":\"" JWT "\",\"server_url\":\"wss://h\"}", "wss://h"},
        {"{\"participantToken\":\"" JWT "\",\"serverUrl\":\"wss://h\"}", "wss://h"},
        {"{\"accessToken\":\"" JWT "\",\"url\":\"wss://h\",\"other\":[1,{}]}", "wss://h"},
        {"{\"token\":null,\"accessToken\":\" " JWT "\\n\",\"url\":null}", ""},
        {"{\"token\":\"\",\"participantToken\":\"" JWT "\",\"url\":\"\"}", ""},
        {"\r\n {\"token\":\"" JWT "\"}\n", ""},
        {"\xef\xbb\xbf{\"token\":\"" JWT "\"}", ""},
        {JWT, ""},
        {" \t" JWT "\r\n", ""},
        {"\"" JWT "\"", ""},
        {" \"" JWT "\\n\"\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_text(cases[i].body), 0);
        assert_string_equal(answer.token, JWT);
        assert_string_equal(answer.server_url, cases[i].url);
    }
}

static void no_token_is_told_as_what_it_is(void **state)
{
    static const char none[] =
        "JSON that has no token, participant_token, participantToken or accessToken";
    static const struct {
        const char *body, *what;
    } cases[] = {
        {"", "an empty body"},
        {" \r\n", "an empty body"},
        {"<!DOCTYPE html><html>" JWT "</html>", "an HTML or XML page"},
        {"\n<html>", "an HTML or XML page"},
        {"\x89PNG\r\n\x1a\n", "8 bytes that are no text"},
        {"caf\xe9", "4 bytes that are no text"},
        {"sign in first", "the text: sign in first"},
        {"forbidden", "the text: forbidden"},
        {"a.b", "the text: a.b"},
        {"[\"" JWT "\"]", "the text: [\"(token)\"]"},
        {"token: " JWT, "the text: token: (token)"},
        {"\xe4\xbb\xa4\xe7\x89\x8c", "text that is not ASCII"},
        {"{}", none},
        {"{\"jwt\":\"" JWT "\"}", none},
        {"{\"token\":\"\"}", none},
        {"{\"token\":7}", "JSON whose token is no text of at most 64 kB"},
        {"{\"token\":{\"token\":\"" JWT "\"}}", "JSON whose token is no text of at most 64 kB"},
        {"{\"token\":\"a b\"}", "JSON whose token is no JWT"},
        {"{\"token\":\"a.b.c\\r\\nX: y\"}", "JSON whose token is no JWT"},
        {"{\"token\":\"a.b.c.d\"}", "JSON whose token is no JWT"},
        {"{\"token\":\"" JWT "\",\"url\":1}",
         "JSON whose server URL is no text of at most 600 characters"},
        {"{\"token\":\"" JWT, "what begins like JSON and is none"},
        {"{\"token\":\"" JWT "\"} trailing", "what begins like JSON and is none"},
        {"\"" JWT, "what begins like JSON and is none"},
        {"\"\"", "an empty text"},
        {"\"sorry\"", "JSON whose token is no JWT"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_text(cases[i].body), -EBADMSG);
        assert_string_equal(what, cases[i].what);
    }
}

static void lengths(void **state)
{
    enum { CAP = 70000 };
    char *body = malloc(CAP);
    struct lkcam_text text = {body, LKCAM_TOKEN_MAX - 1};

    memset(body, 'a', CAP);
    body[10] = body[20] = '.';
    assert_int_equal(lkcam_token_answer_read(&answer, text, what), 0);
    assert_int_equal(strlen(answer.token), LKCAM_TOKEN_MAX - 1);
    text.len++;
    assert_int_equal(lkcam_token_answer_read(&answer, text, what), -EBADMSG);
    body[0] = body[CAP - 1] = '"';
    text.len = CAP;
    assert_int_equal(lkcam_token_answer_read(&answer, text, what), -EBADMSG);
    assert_string_equal(what, "a text longer than 64 kB");
    free(body);
}

static void deep_json_ends_with_an_error(void **state)
{
    enum { CAP = 65536 };
    char *body = malloc(CAP);
    for (size_t i = 0; i + 5 <= CAP; i += 5)
        memcpy(body + i, "{\"a\":", 5);
    assert_int_equal(lkcam_token_answer_read(&answer, (struct lkcam_text){body, CAP - 1}, what),
                     -EBADMSG);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_a_token),
        cmocka_unit_test(no_token_is_told_as_what_it_is),
        cmocka_unit_test(lengths),
        cmocka_unit_test(deep_json_ends_with_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
