// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/text.h"

#include "cmocka_all.h"

static struct lkcam_text over(const char *s)
{
    return (struct lkcam_text){s, strlen(s)};
}

static void assert_text(struct lkcam_text t, const char *expected)
{
    assert_int_equal(t.len, strlen(expected));
    assert_memory_equal(t.p, expected, t.len);
}

static void lines_end_in_crlf_or_lf(void **state)
{
    struct lkcam_text t = over("one\r\ntwo\n\r\n\nlast");
    assert_text(lkcam_text_line(&t), "one");
    assert_text(lkcam_text_line(&t), "two");
    assert_text(lkcam_text_line(&t), "");
    assert_text(lkcam_text_line(&t), "");
    assert_text(lkcam_text_line(&t), "last");
    assert_int_equal(t.len, 0);
}

static void words_are_apart_by_spaces(void **state)
{
    struct lkcam_text t = over("  one two   three ");
    assert_text(lkcam_text_word(&t), "one");
    assert_text(lkcam_text_word(&t), "two");
    assert_text(lkcam_text_word(&t), "three");
    assert_text(lkcam_text_word(&t), "");
    assert_text(lkcam_text_word(&t), "");
}

static void numbers_are_digits_only(void **state)
{
    uint32_t n = 0;
    assert_true(lkcam_text_uint(over("4294967295"), UINT32_MAX, &n));
    assert_int_equal(n, UINT32_MAX);
    assert_true(lkcam_text_uint(over("007"), 7, &n));
    assert_int_equal(n, 7);
    assert_false(lkcam_text_uint(over("4294967296"), UINT32_MAX, &n));
    assert_false(lkcam_text_uint(over("99999999999999999999999999"), UINT32_MAX, &n));
    assert_false(lkcam_text_uint(over("8"), 7, &n));
    assert_false(lkcam_text_uint(over(""), 7, &n));
    assert_false(lkcam_text_uint(over("-1"), 7, &n));
    assert_false(lkcam_text_uint(over("1 "), 7, &n));
}

static void comparing_and_copying(void **state)
{
    struct lkcam_text t = over("a=mid:0");
    char out[3];

    assert_true(lkcam_text_is(over("UDP"), "udp"));
    assert_false(lkcam_text_is(over("udpx"), "udp"));
    assert_false(lkcam_text_skip(&t, "A="));
    assert_false(lkcam_text_skip(&t, "a=mid:0 "));
    assert_true(lkcam_text_skip(&t, "a=mid:"));
    assert_text(t, "0");
    assert_true(lkcam_text_copy(over("ab"), out, sizeof out));
    assert_string_equal(out, "ab");
    assert_false(lkcam_text_copy(over("abc"), out, sizeof out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_in_crlf_or_lf),
        cmocka_unit_test(words_are_apart_by_spaces),
        cmocka_unit_test(numbers_are_digits_only),
        cmocka_unit_test(comparing_and_copying),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
