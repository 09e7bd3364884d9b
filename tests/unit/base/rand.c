// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/rand.h"

#include <string.h>

#include "cmocka_all.h"

// Counts up, so that every draw is known.
static void fill_counting(void *ctx, uint8_t *out, size_t len)
{
    uint8_t *next = ctx;
    for (size_t i = 0; i < len; i++)
        out[i] = (*next)++;
}

static void numbers_come_from_the_source(void **state)
{
    uint8_t next = 1;
    struct lkcam_rand r = {fill_counting, &next};
    assert_true(lkcam_rand_u64(&r) == 0x0102030405060708ull);
    assert_int_equal(lkcam_rand_u32(&r), 0x0d0e0f10);
}

static void text_is_of_the_alphabet_and_ended(void **state)
{
    uint8_t next = 0;
    struct lkcam_rand r = {fill_counting, &next};
    char text[26];

    memset(text, '#', sizeof text);
    lkcam_rand_text(&r, text, 24);
    assert_int_equal(strlen(text), 24);
    assert_int_equal(text[25], '#');
    assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
                     24);
    assert_int_not_equal(strspn(text, (char[]){text[0], '\0'}), 24); // not one letter only
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_from_the_source),
        cmocka_unit_test(text_is_of_the_alphabet_and_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
