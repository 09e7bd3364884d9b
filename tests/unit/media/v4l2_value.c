// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include "cmocka_all.h"
#include "media/v4l2_setting.h"

static struct lkcam_v4l2_value v;

static int read(const struct lkcam_device_control *c, const char *text)
{
    return lkcam_v4l2_value_read(c, text, &v);
}

static const char *range(const struct lkcam_device_control *c)
{
    static char out[160];
    lkcam_v4l2_value_range(c, out, sizeof out);
    return out;
}

static void integers(void **state)
{
    struct lkcam_device_control c = {.type = LKCAM_CONTROL_INTEGER, .min = -100, .max = 255};
    assert_int_equal(read(&c, "128"), 0);
    assert_int_equal(v.number, 128);
    assert_int_equal(read(&c, "-100"), 0);
    assert_int_equal(v.number, -100);
    assert_int_equal(read(&c, "0xfF"), 0);
    assert_int_equal(v.number, 255);
    assert_int_equal(read(&c, "-0x10"), 0);
    assert_int_equal(v.number, -16);
    assert_int_equal(read(&c, "010"), 0); // not octal
    assert_int_equal(v.number, 10);
    assert_int_equal(read(&c, "256"), -ERANGE);
    assert_int_equal(read(&c, "-101"), -ERANGE);
    assert_int_equal(read(&c, "99999999999999999999"), -ERANGE);
    const char *bad[] = {"", " 1", "+1", "1 ", "1.5", "0x", "--1", "-", "bright"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read(&c, bad[i]), -EINVAL);
    assert_int_equal(read(&c, NULL), -EINVAL);
    assert_string_equal(range(&c), "a whole number from -100 to 255");
}

static void wide_integers(void **state)
{
    struct lkcam_device_control c = {
        .type = LKCAM_CONTROL_INTEGER64, .min = INT64_MIN, .max = INT64_MAX};
    assert_int_equal(read(&c, "-9223372036854775808"), 0);
    assert_true(v.number == INT64_MIN);
    assert_int_equal(read(&c, "0x7fffffffffffffff"), 0);
    assert_true(v.number == INT64_MAX);
    assert_int_equal(read(&c, "9223372036854775808"), -ERANGE);
}

static void booleans(void **state)
{
    struct lkcam_device_control c = {.type = LKCAM_CONTROL_BOOLEAN, .max = 1};
    assert_int_equal(read(&c, "true"), 0);
    assert_int_equal(v.number, 1);
    assert_int_equal(read(&c, "False"), 0);
    assert_int_equal(v.number, 0);
    assert_int_equal(read(&c, "1"), 0);
    assert_int_equal(v.number, 1);
    assert_int_equal(read(&c, "2"), -EINVAL);
    assert_int_equal(read(&c, "on"), -EINVAL);
    assert_string_equal(range(&c), "0 or 1 (false or true)");
}

static const struct lkcam_menu_item hum[] = {{0, "Disabled", 0}, {2, "60 Hz", 0}, {3, "Auto", 0}};

static void menus(void **state)
{
    struct lkcam_device_control c = {
        .type = LKCAM_CONTROL_MENU, .max = 3, .items = hum, .item_count = 3};
    assert_int_equal(read(&c, "2"), 0);
    assert_int_equal(v.number, 2);
    assert_int_equal(read(&c, "60 hz"), 0);
    assert_int_equal(v.number, 2);
    assert_int_equal(read(&c, "1"), -ERANGE); // a hole
    assert_int_equal(read(&c, "4"), -ERANGE);
    assert_int_equal(read(&c, "50 Hz"), -EINVAL);
    assert_string_equal(range(&c), "one of 0 Disabled, 2 60 Hz, 3 Auto");
}

static void integer_menus(void **state)
{
    static const struct lkcam_menu_item items[] = {{0, "", 1000}, {1, "", 2000}};
    struct lkcam_device_control c = {
        .type = LKCAM_CONTROL_INTEGER_MENU, .max = 1, .items = items, .item_count = 2};
    assert_int_equal(read(&c, "1"), 0);
    assert_int_equal(v.number, 1);
    assert_int_equal(read(&c, "2000"), -ERANGE);
    assert_int_equal(read(&c, ""), -EINVAL);
    assert_string_equal(range(&c), "one of 0 (1000), 1 (2000)");
}

static void a_long_menu_is_cut_short(void **state)
{
    static struct lkcam_menu_item items[40];
    for (int i = 0; i < 40; i++)
        items[i] = (struct lkcam_menu_item){i, "a name of thirty-one characters", 0};
    struct lkcam_device_control c = {
        .type = LKCAM_CONTROL_MENU, .max = 39, .items = items, .item_count = 40};
    const char *text = range(&c);
    assert_non_null(strstr(text, "0 a name"));
    assert_string_equal(text + strlen(text) - 5, ", ...");
}

static void masks(void **state)
{
    struct lkcam_device_control c = {.type = LKCAM_CONTROL_BITMASK, .max = 0x80002000};
    assert_int_equal(read(&c, "0x80000000"), 0);
    assert_true(v.number == 0x80000000);
    assert_int_equal(read(&c, "1"), -ERANGE);
    assert_int_equal(read(&c, "-1"), -ERANGE);
    assert_int_equal(read(&c, "0x180000000"), -ERANGE);
    assert_string_equal(range(&c), "a number with no bits but those of 0x80002000");
}

static void texts_and_buttons(void **state)
{
    struct lkcam_device_control c = {.type = LKCAM_CONTROL_STRING, .min = 2, .max = 4};
    assert_int_equal(read(&c, "abc"), 0);
    assert_string_equal(v.text, "abc");
    assert_int_equal(read(&c, "a"), -ERANGE);
    assert_int_equal(read(&c, "abcde"), -ERANGE);
    assert_int_equal(read(&c, NULL), -EINVAL);
    assert_string_equal(range(&c), "a text of 2 to 4 bytes");
    c.type = LKCAM_CONTROL_BUTTON;
    assert_int_equal(read(&c, NULL), 0);
    assert_int_equal(read(&c, "whatever"), 0);
    assert_string_equal(range(&c), "no value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),      cmocka_unit_test(wide_integers),
        cmocka_unit_test(booleans),      cmocka_unit_test(menus),
        cmocka_unit_test(integer_menus), cmocka_unit_test(a_long_menu_is_cut_short),
        cmocka_unit_test(masks),         cmocka_unit_test(texts_and_buttons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
