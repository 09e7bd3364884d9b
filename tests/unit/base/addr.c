// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/addr.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"

static struct lkcam_addr parsed(const char *ip, uint16_t port)
{
    struct lkcam_addr a;
    assert_int_equal(lkcam_addr_parse(&a, ip, port), 0);
    return a;
}

static void parse_keeps_ipv4_mapped(void **state)
{
    struct lkcam_addr a = parsed("10.0.0.1", 7882);
    static const uint8_t expected[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1};
    assert_memory_equal(a.ip, expected, 16);
    assert_int_equal(a.port, 7882);
    assert_true(lkcam_addr_is_v4(&a));
}

static void parse_takes_ipv6(void **state)
{
    struct lkcam_addr a = parsed("fe80::1", 1);
    assert_int_equal(a.ip[0], 0xfe);
    assert_int_equal(a.ip[15], 1);
    assert_false(lkcam_addr_is_v4(&a));
}

static void mapped_text_is_the_same_address(void **state)
{
    struct lkcam_addr a = parsed("::ffff:10.0.0.1", 5), b = parsed("10.0.0.1", 5);
    assert_true(lkcam_addr_equal(&a, &b));
}

static void parse_refuses_what_is_no_address(void **state)
{
    static const char *const bad[] = {"",      "localhost", "10.0.0", "10.0.0.256",
                                      "[::1]", "::1%eth0",  "1:2"};
    struct lkcam_addr a;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(lkcam_addr_parse(&a, bad[i], 0), -EINVAL);
}

static void equal_sees_port_and_address(void **state)
{
    struct lkcam_addr a = parsed("10.0.0.1", 1), b = parsed("10.0.0.1", 2),
                      c = parsed("10.0.0.2", 1);
    assert_true(lkcam_addr_equal(&a, &a));
    assert_false(lkcam_addr_equal(&a, &b));
    assert_false(lkcam_addr_equal(&a, &c));
}

static void loopback_of_both_families(void **state)
{
    struct lkcam_addr a = parsed("127.3.2.1", 0), b = parsed("::1", 0), c = parsed("128.0.0.1", 0),
                      d = parsed("::2", 0);
    assert_true(lkcam_addr_is_loopback(&a));
    assert_true(lkcam_addr_is_loopback(&b));
    assert_false(lkcam_addr_is_loopback(&c));
    assert_false(lkcam_addr_is_loopback(&d));
}

static void text_has_brackets_for_ipv6_alone(void **state)
{
    char text[LKCAM_ADDR_TEXT];
    struct lkcam_addr a = parsed("192.168.100.200", 65535), b = parsed("fe80::1", 7882);
    struct lkcam_addr longest = parsed("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535);

    lkcam_addr_text(&a, text);
    assert_string_equal(text, "192.168.100.200:65535");
    lkcam_addr_text(&b, text);
    assert_string_equal(text, "[fe80::1]:7882");
    lkcam_addr_ip_text(&b, text);
    assert_string_equal(text, "fe80::1");
    lkcam_addr_text(&longest, text);
    assert_string_equal(text, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_keeps_ipv4_mapped),
        cmocka_unit_test(parse_takes_ipv6),
        cmocka_unit_test(mapped_text_is_the_same_address),
        cmocka_unit_test(parse_refuses_what_is_no_address),
        cmocka_unit_test(equal_sees_port_and_address),
        cmocka_unit_test(loopback_of_both_families),
        cmocka_unit_test(text_has_brackets_for_ipv6_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
