// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/url.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"

static void accepted(void **state)
{
    static const struct {
        const char *text;
        bool tls;
        const char *host;
        uint16_t port;
        const char *prefix, *authority;
    } cases[] = {
        {"ws://localhost:7880", false, "localhost", 7880, "", "localhost:7880"},
        {"ws://localhost", false, "localhost", 80, "", "localhost"},
        {"wss://room.example.livekit.cloud", true, "room.example.livekit.cloud", 443, "",
         "room.example.livekit.cloud"},
        {"http://10.0.0.1:65535/", false, "10.0.0.1", 65535, "", "10.0.0.1:65535"},
        {"https://host_1:443", true, "host_1", 443, "", "host_1"},
        {"https://host:80", true, "host", 80, "", "host:80"},
        {"WSS://Host.Example", true, "Host.Example", 443, "", "Host.Example"},
        {"ws://[::1]:7880", false, "::1", 7880, "", "[::1]:7880"},
        {"wss://[2001:db8::1]", true, "2001:db8::1", 443, "", "[2001:db8::1]"},
        {"wss://host/some/where", true, "host", 443, "/some/where", "host"},
        {"wss://host:1/some/where//", true, "host", 1, "/some/where", "host:1"},
        {"wss://host//", true, "host", 443, "", "host"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam_url u;
        char why[160] = "", authority[300];
        assert_int_equal(lkcam_url_parse(&u, cases[i].text, why, sizeof why), 0);
        assert_int_equal(u.tls, cases[i].tls);
        assert_string_equal(u.host, cases[i].host);
        assert_int_equal(u.port, cases[i].port);
        assert_string_equal(u.prefix, cases[i].prefix);
        assert_int_equal(lkcam_url_authority(&u, authority, sizeof authority),
                         (int)strlen(cases[i].authority));
        assert_string_equal(authority, cases[i].authority);
    }
}

static void refused_by_part(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "must begin"},
        {"localhost:7880", "must begin"},
        {"ftp://host", "must begin"},
        {"ws:/host", "must begin"},
        {"://host", "must begin"},
        {"ws://", "names no host"},
        {"ws://:7880", "names no host"},
        {"ws:///path", "names no host"},
        {"ws://?x", "names no host"},
        {"ws://ho st", "host"},
        {"ws://h\xc3\xb6st", "host"},
        {"ws://host:", "port"},
        {"ws://host:0", "port"},
        {"ws://host:65536", "port"},
        {"ws://host:99999999999999999999", "port"},
        {"ws://host:-1", "port"},
        {"ws://host:80:80", "port"},
        {"ws://::1", "names no host"},
        {"ws://[::1", "bracket"},
        {"ws://[]", "IPv6"},
        {"ws://[10.0.0.1]", "IPv6"},
        {"ws://[fe80::1%25eth0]", "IPv6"},
        {"ws://[::1]7880", "between"},
        {"ws://host/a?b=c", "query"},
        {"ws://host/a#b", "query"},
        {"ws://host?b", "query"},
        {"ws://host/a b", "path"},
        {"ws://host/\x7f", "path"},
        {"ws://host/\xc3\xb6", "path"},
        {"ws://me@host", "user or password"},
        {"ws://me:pass@host:1", "user or password"},
        {"ws://host/\r\nX: y", "path"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam_url u;
        char why[160] = "";
        assert_int_equal(lkcam_url_parse(&u, cases[i].text, why, sizeof why), -EINVAL);
        if (!strstr(why, cases[i].part))
            fail_msg("%s: \"%s\" does not name \"%s\"", cases[i].text, why, cases[i].part);
    }
}

static void password_is_not_repeated(void **state)
{
    static const char *const texts[] = {"wss://user:hunter2@host", "wss://user:hunter2/@host",
                                        "hunter2@host"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct lkcam_url u;
        char why[160] = "";
        assert_int_equal(lkcam_url_parse(&u, texts[i], why, sizeof why), -EINVAL);
        assert_null(strstr(why, "hunter2"));
        assert_null(strstr(why, "user:"));
    }
}

static void fill_url(char out[600], const char *before, size_t n)
{
    size_t len = strlen(before);
    memcpy(out, before, len);
    memset(out + len, 'a', n);
    out[len + n] = '\0';
}

static void lengths(void **state)
{
    struct lkcam_url u;
    char text[600], why[160] = "", small[4];

    fill_url(text, "ws://", 255);
    assert_int_equal(lkcam_url_parse(&u, text, why, sizeof why), 0);
    fill_url(text, "ws://", 256);
    assert_int_equal(lkcam_url_parse(&u, text, why, sizeof why), -EINVAL);
    fill_url(text, "ws://h/", 254);
    assert_int_equal(lkcam_url_parse(&u, text, why, sizeof why), 0);
    fill_url(text, "ws://h/", 255);
    assert_int_equal(lkcam_url_parse(&u, text, why, sizeof why), -EINVAL);

    assert_int_equal(lkcam_url_parse(&u, "ws://abc", why, sizeof why), 0);
    assert_int_equal(lkcam_url_authority(&u, small, sizeof small), 3);
    assert_int_equal(lkcam_url_authority(&u, small, 3), -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),
        cmocka_unit_test(refused_by_part),
        cmocka_unit_test(password_is_not_repeated),
        cmocka_unit_test(lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
