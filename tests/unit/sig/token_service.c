// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Conversations with a token service, on clocks that stand where the test puts them.
#include "sig/token_service.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"

#define URL "http://user:secret@service:3000/api/token?key=secret#here"
#define SERVICE "the token service http://service:3000/api/token "
#define AT "http://user:secret@service:3000/api/token?key=secret"
#define QUERY "&room=yard%201&roomName=yard%201&identity=arm&username=arm&participantName=arm"
#define T0 LKCAM_SECONDS(100)
#define NOW 1700000000

static char token[2000];

static const char *minted(int64_t valid_seconds, int can_publish)
{
    struct lkcam_grant g;
    lkcam_grant_default(&g);
    g.api_key = "key";
    g.api_secret = "secretsecretsecretsecretsecretse";
    g.room = "yard 1";
    g.identity = "arm";
    g.can_publish = can_publish;
    g.now_unix = NOW;
    g.valid_seconds = valid_seconds;
    assert_true(lkcam_token_mint(&g, token, sizeof token) > 0);
    return token;
}

static struct lkcam_token_service *new_service(const char *url)
{
    struct lkcam_token_service *s;
    char why[200];
    assert_int_equal(lkcam_token_service_new(&s, url, "yard 1", "arm", why, sizeof why), 0);
    assert_int_equal(lkcam_token_service_state(s), LKCAM_TOKEN_SERVICE_IDLE);
    return s;
}

static void expect_request(struct lkcam_token_service *s, const char *url, bool post)
{
    struct lkcam_token_service_request r;
    assert_int_equal(lkcam_token_service_output(s, &r), 1);
    assert_string_equal(r.url, url);
    assert_int_equal(r.json != NULL, post);
    assert_int_equal(lkcam_token_service_output(s, &r), 0);
}

static struct lkcam_token_service *asked(const char *url)
{
    struct lkcam_token_service *s = new_service(url);
    lkcam_token_service_want(s, NOW, T0);
    assert_int_equal(lkcam_token_service_state(s), LKCAM_TOKEN_SERVICE_ASKING);
    assert_int_equal(lkcam_token_service_deadline(s), T0 + LKCAM_SECONDS(5));
    return s;
}

static void reply(struct lkcam_token_service *s, int status, const char *body)
{
    struct lkcam_token_service_reply r = {.status = status, .body = {body, strlen(body)}};
    lkcam_token_service_input(s, &r, NOW);
}

static void redirect(struct lkcam_token_service *s, int status, const char *location)
{
    struct lkcam_token_service_reply r = {
        .status = status, .location = location, .body = {"moved", 5}};
    lkcam_token_service_input(s, &r, NOW);
}

static void expect_ready(struct lkcam_token_service *s)
{
    assert_int_equal(lkcam_token_service_state(s), LKCAM_TOKEN_SERVICE_READY);
    assert_string_equal(lkcam_token_service_token(s), token);
    assert_string_equal(lkcam_token_service_claims(s)->identity, "arm");
    assert_int_equal(lkcam_token_service_deadline(s), LKCAM_NEVER);
}

static void expect_failed(struct lkcam_token_service **s, const char *text)
{
    struct lkcam_token_service_request r;
    assert_int_equal(lkcam_token_service_state(*s), LKCAM_TOKEN_SERVICE_FAILED);
    assert_int_equal(lkcam_token_service_end(*s)->reason, LKCAM_REASON_TOKEN);
    assert_string_equal(lkcam_token_service_end(*s)->text, text);
    assert_int_equal(lkcam_token_service_output(*s, &r), 0);
    assert_int_equal(lkcam_token_service_deadline(*s), LKCAM_NEVER);
    // What comes late changes nothing.
    reply(*s, 200, minted(3600, 1));
    lkcam_token_service_broken(*s, "late");
    lkcam_token_service_tick(*s, T0 + LKCAM_SECONDS(60));
    assert_string_equal(lkcam_token_service_end(*s)->text, text);
    lkcam_token_service_free(s);
    assert_null(*s);
}

static void the_standard_request_first(void **state)
{
    struct lkcam_token_service *s = asked(URL);
    struct lkcam_token_service_request r;

    assert_string_equal(lkcam_token_service_label(s), "http://service:3000/api/token");
    assert_int_equal(lkcam_token_service_output(s, &r), 1);
    assert_string_equal(r.url, AT);
    assert_string_equal(r.json, "{\"room_name\":\"yard 1\",\"participant_identity\":\"arm\","
                                "\"participant_name\":\"arm\"}");
    reply(s, 201, minted(3600, 1));
    expect_ready(s);
    assert_string_equal(lkcam_token_service_server_url(s), "");
    lkcam_token_service_free(&s);
}

static void the_server_that_it_names(void **state)
{
    struct lkcam_token_service *s = asked(URL);
    char body[2100];
    snprintf(body, sizeof body, "{\"server_url\":\"wss://h\",\"participant_token\":\"%s\"}",
             minted(3600, 1));
    reply(s, 200, body);
    expect_ready(s);
    assert_string_equal(lkcam_token_service_server_url(s), "wss://h");
    lkcam_token_service_free(&s);
}

static void what_is_not_asked_for_is_left_out(void **state)
{
    struct lkcam_token_service *s;
    struct lkcam_token_service_request r;
    char why[200];

    assert_int_equal(lkcam_token_service_new(&s, "http://h/t", NULL, NULL, why, sizeof why), 0);
    lkcam_token_service_want(s, NOW, T0);
    assert_int_equal(lkcam_token_service_output(s, &r), 1);
    assert_string_equal(r.json, "{}");
    reply(s, 405, "");
    expect_request(s, "http://h/t", false);
    lkcam_token_service_free(&s);
}

static void get_where_post_is_not_known(void **state)
{
    static const int statuses[] = {404, 405, 415, 501, 301, 302, 303};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct lkcam_token_service *s = asked(URL);
        expect_request(s, AT, true);
        redirect(s, statuses[i], "http://elsewhere/");
        expect_request(s, AT QUERY, false);
        assert_int_equal(lkcam_token_service_deadline(s), T0 + LKCAM_SECONDS(5));
        reply(s, 200, minted(3600, 1));
        expect_ready(s);
        lkcam_token_service_free(&s);
    }
}

static void refusals(void **state)
{
    static const struct {
        int status;
        const char *body, *text;
    } cases[] = {
        {500, "", SERVICE "answered HTTP 500 with an empty body"},
        {401, "{\"error\":\"who are you\"}",
         SERVICE "answered HTTP 401 with the text: {\"error\":\"who are you\"}"},
        {400, "<html>", SERVICE "answered HTTP 400 with an HTML or XML page"},
        {304, "", SERVICE "answered HTTP 304 with an empty body"},
        {200, "<html>", SERVICE "answered HTTP 200 with an HTML or XML page, not with a token"},
        {204, "", SERVICE "answered HTTP 204 with an empty body, not with a token"},
        {200, "{\"token\":\"e30.e30.c2ln\"}",
         SERVICE "gave a token that does not work: token never expires, which LiveKit does not "
                 "accept (claim exp is missing)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam_token_service *s = asked(URL);
        expect_request(s, AT, true);
        reply(s, cases[i].status, cases[i].body);
        expect_failed(&s, cases[i].text);
    }
}

static void neither_post_nor_get(void **state)
{
    struct lkcam_token_service *s = asked(URL);
    expect_request(s, AT, true);
    reply(s, 405, "no");
    expect_request(s, AT QUERY, false);
    reply(s, 404, "not here");
    expect_failed(&s, SERVICE "answered HTTP 404 (and 405 to a POST) with the text: not here");
}

static void tokens_that_do_not_work(void **state)
{
    struct lkcam_token_service *s = asked(URL);
    struct lkcam_token_service_reply r = {.status = 200};

    r.body = (struct lkcam_text){minted(3600, 1), strlen(token)};
    lkcam_token_service_input(s, &r, NOW + 2 * 3600);
    expect_failed(&s, SERVICE
                  "gave a token that does not work: token has expired 60 min ago (claim exp)");
    s = asked(URL);
    r.body = (struct lkcam_text){minted(3600, 1), strlen(token)};
    lkcam_token_service_input(s, &r, NOW - 3610);
    expect_failed(&s, SERVICE "gave a token that does not work: token is not valid yet, but in 60 "
                              "min (claim nbf); is the clock right?");
    s = asked(URL);
    reply(s, 200, minted(3600, 0));
    expect_failed(&s, SERVICE "gave a token that does not work: token does not allow publishing "
                              "(claim video.canPublish)");
}

static void a_long_body(void **state)
{
    struct lkcam_token_service *s = asked(URL);
    struct lkcam_token_service_reply r = {.status = 200, .body = {"x", 1}, .cut = true};
    lkcam_token_service_input(s, &r, NOW);
    expect_failed(&s, SERVICE "answered HTTP 200 with more than 64 kB, not with a token");
}

static void no_answer(void **state)
{
    struct lkcam_token_service *s = asked(URL);
    lkcam_token_service_tick(s, T0 + LKCAM_SECONDS(5) - 1);
    assert_int_equal(lkcam_token_service_state(s), LKCAM_TOKEN_SERVICE_ASKING);
    // The second request has what the first one has left.
    reply(s, 404, "");
    lkcam_token_service_tick(s, T0 + LKCAM_SECONDS(5));
    expect_failed(&s, SERVICE "gave no answer within 5 s");
    s = asked(URL);
    lkcam_token_service_broken(s, "connection refused");
    expect_failed(&s, SERVICE "cannot be reached: connection refused");
}

static void redirects_keep_the_method(void **state)
{
    static const int statuses[] = {307, 308};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct lkcam_token_service *s = asked(URL);
        expect_request(s, AT, true);
        redirect(s, statuses[i], "https://b/t#x");
        expect_request(s, "https://b/t", true);
        reply(s, 405, "");
        expect_request(s,
                       "https://b/t?room=yard%201&roomName=yard%201&identity=arm&username=arm&"
                       "participantName=arm",
                       false);
        redirect(s, statuses[i], "https://b/u?v");
        expect_request(s, "https://b/u?v", false);
        redirect(s, 301, "https://c/");
        expect_request(s, "https://c/", false);
        reply(s, 200, minted(3600, 1));
        expect_ready(s);
        lkcam_token_service_free(&s);
    }
}

static void redirects_refused(void **state)
{
    static const struct {
        const char *from, *to, *text;
    } cases[] = {
        {"https://a/t", "http://b/t",
         "the token service https://a/t redirects from https to http://b/t, which is refused"},
        {"http://a/t", "ftp://b/t",
         "the token service http://a/t redirects (HTTP 307) to what is no http or https URL"},
        {"http://a/t", NULL,
         "the token service http://a/t redirects (HTTP 307) without saying where to"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam_token_service *s = asked(cases[i].from);
        redirect(s, 307, cases[i].to);
        expect_failed(&s, cases[i].text);
    }
}

static void redirects_in_a_circle(void **state)
{
    struct lkcam_token_service *s = asked("http://a/t");
    for (int i = 0; i < LKCAM_TOKEN_SERVICE_REDIRECTS; i++) {
        redirect(s, 307, "http://a/t");
        expect_request(s, "http://a/t", true);
    }
    redirect(s, 307, "http://a/t");
    expect_failed(&s, "the token service http://a/t redirects more than 3 times");
}

static void a_token_is_kept_while_it_is_good_for_a_minute(void **state)
{
    struct lkcam_token_service *s = asked(URL);

    expect_request(s, AT, true);
    lkcam_token_service_want(s, NOW, T0 + LKCAM_SECONDS(4)); // under way: its deadline stands
    assert_int_equal(lkcam_token_service_deadline(s), T0 + LKCAM_SECONDS(5));
    reply(s, 200, minted(3600, 1));
    lkcam_token_service_want(s, NOW + 3600 - 61, T0);
    expect_ready(s);
    lkcam_token_service_want(s, NOW + 3600 - 60, T0 + LKCAM_SECONDS(900));
    assert_int_equal(lkcam_token_service_state(s), LKCAM_TOKEN_SERVICE_ASKING);
    assert_int_equal(lkcam_token_service_deadline(s), T0 + LKCAM_SECONDS(905));
    expect_request(s, AT, true);
    reply(s, 200, minted(7200, 1));
    expect_ready(s);
    lkcam_token_service_free(&s);
}

// Whoever wants one again after a failure gets a conversation from the start.
static void a_failure_is_not_for_ever(void **state)
{
    struct lkcam_token_service *s = asked(URL);
    redirect(s, 307, "http://b/t");
    reply(s, 500, "");
    assert_int_equal(lkcam_token_service_state(s), LKCAM_TOKEN_SERVICE_FAILED);
    assert_non_null(strstr(lkcam_token_service_end(s)->text, "http://b/t"));
    lkcam_token_service_want(s, NOW, T0 + LKCAM_SECONDS(10));
    expect_request(s, AT, true);
    reply(s, 200, minted(3600, 1));
    expect_ready(s);
    lkcam_token_service_free(&s);
}

// A token that lives for less than a minute is used once, not asked for without end.
static void a_short_lived_token_is_taken(void **state)
{
    struct lkcam_token_service *s = asked(URL);
    reply(s, 200, minted(30, 1));
    expect_ready(s);
    lkcam_token_service_free(&s);
}

static void not_even_begun(void **state)
{
    struct lkcam_token_service *s;
    char why[200];

    assert_int_equal(lkcam_token_service_new(&s, "ws://u:secret@h", "r", "i", why, sizeof why),
                     -EINVAL);
    assert_null(s);
    assert_string_equal(why, "the token service's URL must begin with http:// or https://");
    assert_int_equal(lkcam_token_service_new(&s, "http://h", "\xff", "i", why, sizeof why),
                     -EINVAL);
    assert_null(s);
    assert_string_equal(why, "room and identity must be UTF-8");
    lkcam_token_service_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_request_first),
        cmocka_unit_test(the_server_that_it_names),
        cmocka_unit_test(what_is_not_asked_for_is_left_out),
        cmocka_unit_test(get_where_post_is_not_known),
        cmocka_unit_test(refusals),
        cmocka_unit_test(neither_post_nor_get),
        cmocka_unit_test(tokens_that_do_not_work),
        cmocka_unit_test(a_long_body),
        cmocka_unit_test(no_answer),
        cmocka_unit_test(redirects_keep_the_method),
        cmocka_unit_test(redirects_refused),
        cmocka_unit_test(redirects_in_a_circle),
        cmocka_unit_test(a_token_is_kept_while_it_is_good_for_a_minute),
        cmocka_unit_test(a_failure_is_not_for_ever),
        cmocka_unit_test(a_short_lived_token_is_taken),
        cmocka_unit_test(not_even_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
