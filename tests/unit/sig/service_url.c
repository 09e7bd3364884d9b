// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/service_url.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

static void accepted_and_printed_without_secrets(void **state)
{
    static const struct {
        const char *url, *label;
    } cases[] = {
        {"http://host:3000/api/token", "http://host:3000/api/token"},
        {"https://host", "https://host"},
        {"HTTPS://Host/", "HTTPS://Host/"},
        {"http://[::1]:3000/t", "http://[::1]:3000/t"},
        {"http://user:pass@host/t", "http://host/t"},
        {"http://user:p@ss@host/t", "http://host/t"},
        {"http://host/t?key=secret", "http://host/t"},
        {"http://host?key=secret", "http://host"},
        {"http://host/t#secret", "http://host/t"},
        {"http://u@host/a@b?c=@", "http://host/a@b"},
        {"http://host/eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln", "http:(token)"},
    };
    char label[LKCAM_SERVICE_LABEL_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(lkcam_service_url_check(cases[i].url, label));
        assert_string_equal(label, cases[i].label);
    }
}

static void refused_by_part(void **state)
{
    static const struct {
        const char *url, *why;
    } cases[] = {
        {"", "must begin with http:// or https://"},
        {"ws://host", "must begin with http:// or https://"},
        {"file:///etc/passwd", "must begin with http:// or https://"},
        {"http:/host", "must begin with http:// or https://"},
        {"http://", "names no host"},
        {"http://user@/t", "names no host"},
        {"http://host:0/t", "has a port that is no number from 1 to 65535"},
        {"http://ho st/t", "has a character that must be percent-encoded"},
        {"http://host/t?q=\n", "has a character that must be percent-encoded"},
        {"http://host/\xc3\xa9", "has a character that must be percent-encoded"},
        {"http://ho%41st/", "has a character in its host that no host name has"},
    };
    char label[LKCAM_SERVICE_LABEL_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = lkcam_service_url_check(cases[i].url, label);
        assert_non_null(why);
        assert_string_equal(why, cases[i].why);
        assert_string_equal(label, "");
    }
}

static void lengths(void **state)
{
    char url[5000] = "http://host/t?", label[LKCAM_SERVICE_LABEL_MAX];
    size_t len = strlen(url);

    memset(url + len, 'a', LKCAM_SERVICE_URL_MAX - len);
    url[LKCAM_SERVICE_URL_MAX] = '\0';
    assert_null(lkcam_service_url_check(url, label));
    url[LKCAM_SERVICE_URL_MAX] = 'a';
    url[LKCAM_SERVICE_URL_MAX + 1] = '\0';
    assert_string_equal(lkcam_service_url_check(url, label), "is longer than 4096 characters");
    strcpy(url, "http://host/");
    memset(url + 12, 'b', 200);
    url[212] = '\0';
    assert_null(lkcam_service_url_check(url, label));
    assert_int_equal(strlen(label), LKCAM_SERVICE_LABEL_MAX - 1);
    assert_string_equal(label + LKCAM_SERVICE_LABEL_MAX - 6, "bb...");
}

static void https_is_known(void **state)
{
    assert_true(lkcam_service_url_is_https("https://h"));
    assert_true(lkcam_service_url_is_https("HTTPS://h"));
    assert_false(lkcam_service_url_is_https("http://h"));
    assert_false(lkcam_service_url_is_https("http://https://h"));
}

static void the_fragment_is_cut(void **state)
{
    char *plain = lkcam_service_url_plain("http://h/t?a=1#b?c");
    assert_string_equal(plain, "http://h/t?a=1");
    free(plain);
}

static void the_query(void **state)
{
    static const struct {
        const char *url, *room, *identity, *out;
    } cases[] = {
        {"http://h/t", "r", "i",
         "http://h/t?room=r&roomName=r&identity=i&username=i&participantName=i"},
        {"http://h/t?key=1", "r", NULL, "http://h/t?key=1&room=r&roomName=r"},
        {"http://h?key=1", NULL, "i", "http://h?key=1&identity=i&username=i&participantName=i"},
        {"http://h/t", NULL, NULL, "http://h/t"},
        {"http://h/t", "a b&c=d/?#%", NULL,
         "http://h/t?room=a%20b%26c%3Dd%2F%3F%23%25&roomName=a%20b%26c%3Dd%2F%3F%23%25"},
        {"http://h/t", "\xc3\xa9-._~", NULL, "http://h/t?room=%C3%A9-._~&roomName=%C3%A9-._~"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *url = lkcam_service_url_query(cases[i].url, cases[i].room, cases[i].identity);
        assert_string_equal(url, cases[i].out);
        free(url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_and_printed_without_secrets),
        cmocka_unit_test(refused_by_part),
        cmocka_unit_test(lengths),
        cmocka_unit_test(https_is_known),
        cmocka_unit_test(the_fragment_is_cut),
        cmocka_unit_test(the_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
