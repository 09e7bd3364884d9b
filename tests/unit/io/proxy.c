// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/proxy.h"

#include <stdlib.h>

#include "cmocka_all.h"

static const char *const variables[] = {"http_proxy",  "HTTP_PROXY", "https_proxy",
                                        "HTTPS_PROXY", "all_proxy",  "ALL_PROXY"};

static int clear(void **state)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    return 0;
}

static void none_is_named(void **state)
{
    struct lkcam_proxy p;

    setenv("HTTP_PROXY", "http://a:1", 1);
    assert_false(lkcam_proxy_find(&p, false));
    assert_false(lkcam_proxy_find(&p, true));
    setenv("http_proxy", "", 1);
    assert_false(lkcam_proxy_find(&p, false));
}

static void the_first_of_its_scheme_counts(void **state)
{
    struct lkcam_proxy p;

    setenv("ALL_PROXY", "http://a:1", 1);
    assert_true(lkcam_proxy_find(&p, false));
    assert_string_equal(p.variable, "ALL_PROXY");
    setenv("all_proxy", "http://b:2", 1);
    assert_true(lkcam_proxy_find(&p, true));
    assert_string_equal(p.variable, "all_proxy");
    setenv("HTTPS_PROXY", "http://c:3", 1);
    assert_true(lkcam_proxy_find(&p, true));
    assert_string_equal(p.variable, "HTTPS_PROXY");
    assert_true(lkcam_proxy_find(&p, false));
    assert_string_equal(p.variable, "all_proxy");
    setenv("https_proxy", "http://d:4", 1);
    setenv("http_proxy", "http://e:5", 1);
    assert_true(lkcam_proxy_find(&p, true));
    assert_string_equal(p.host, "d");
    assert_true(lkcam_proxy_find(&p, false));
    assert_string_equal(p.host, "e");
}

static void its_address_is_read(void **state)
{
    static const struct {
        const char *text, *host;
        uint16_t port;
    } cases[] = {
        {"http://proxy.example:3128", "proxy.example", 3128},
        {"http://me:pa%40ss@proxy.example:3128/", "proxy.example", 3128},
        {"proxy.example:8080", "proxy.example", 8080},
        {"proxy.example", "proxy.example", 1080},
        {"http://proxy.example", "proxy.example", 1080},
        {"https://proxy.example", "proxy.example", 443},
        {"socks5h://10.0.0.1", "10.0.0.1", 1080},
        {"socks5://me:pass@[::1]:9050", "::1", 9050},
        {"http://proxy.example:port", "", 0},
        {"http://", "", 0},
    };
    struct lkcam_proxy p;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("http_proxy", cases[i].text, 1);
        assert_true(lkcam_proxy_find(&p, false));
        assert_string_equal(p.host, cases[i].host);
        assert_int_equal(p.port, cases[i].port);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(none_is_named, clear),
        cmocka_unit_test_setup(the_first_of_its_scheme_counts, clear),
        cmocka_unit_test_setup(its_address_is_read, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
