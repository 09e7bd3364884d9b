// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"

static void assert_hex(const uint8_t *bytes, size_t len, const char *expected)
{
    char text[65];
    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(text, expected);
}

// FIPS 180-4 example.
static void sha1_of_abc(void **state)
{
    uint8_t out[20];
    lkcam_sha1("abc", 3, out);
    assert_hex(out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
}

// RFC 2202 s3, case 2.
static void hmac_sha1_vector(void **state)
{
    uint8_t out[20];
    lkcam_hmac_sha1("Jefe", 4, "what do ya want for nothing?", 28, out);
    assert_hex(out, 20, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

// RFC 4231 s4.3.
static void hmac_sha256_vector(void **state)
{
    uint8_t out[32];
    lkcam_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out);
    assert_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// The check value that every catalogue of CRCs gives for this one.
static void crc32_check_value(void **state)
{
    assert_int_equal(lkcam_crc32("123456789", 9), 0xcbf43926);
    assert_int_equal(lkcam_crc32("", 0), 0);
}

static void constant_time_compare(void **state)
{
    assert_int_equal(lkcam_memcmp_constant_time("abc", "abc", 3), 0);
    assert_int_not_equal(lkcam_memcmp_constant_time("abc", "abd", 3), 0);
}

// RFC 4648 s10.
static void base64_vectors(void **state)
{
    static const char *const coded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t n = 0; n <= 6; n++) {
        char text[9];
        uint8_t back[6];
        assert_int_equal(lkcam_base64_write(LKCAM_BASE64, "foobar", n, text, sizeof text),
                         strlen(coded[n]));
        assert_string_equal(text, coded[n]);
        assert_int_equal(lkcam_base64_read(text, strlen(text), back, sizeof back), n);
        assert_memory_equal(back, "foobar", n);
    }
}

static void base64_url_form(void **state)
{
    static const uint8_t bytes[] = {0xfb, 0xff, 0xfe, 0xff};
    uint8_t back[4];
    char text[9];

    assert_int_equal(lkcam_base64_write(LKCAM_BASE64, bytes, 4, text, sizeof text), 8);
    assert_string_equal(text, "+//+/w==");
    assert_int_equal(lkcam_base64_write(LKCAM_BASE64URL, bytes, 4, text, sizeof text), 8);
    assert_string_equal(text, "-__-_w==");
    assert_int_equal(lkcam_base64_write(LKCAM_BASE64URL_UNPADDED, bytes, 4, text, sizeof text), 6);
    assert_string_equal(text, "-__-_w");
    assert_int_equal(lkcam_base64_read("-__-_w", 6, back, 4), 4);
    assert_memory_equal(back, bytes, 4);
}

static void base64_refusals(void **state)
{
    uint8_t out[3];
    char text[4];
    assert_int_equal(lkcam_base64_write(LKCAM_BASE64, "abc", 3, text, sizeof text), -ENOSPC);
    assert_int_equal(lkcam_base64_read("Zm9vYg==", 8, out, 3), -ENOSPC);
    assert_int_equal(lkcam_base64_read("Zm9vY", 5, out, 3), -EBADMSG);
    assert_int_equal(lkcam_base64_read("Zm 9", 4, out, 3), -EBADMSG);
    assert_int_equal(lkcam_base64_read("Z=9v", 4, out, 3), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha1_of_abc),           cmocka_unit_test(hmac_sha1_vector),
        cmocka_unit_test(hmac_sha256_vector),    cmocka_unit_test(crc32_check_value),
        cmocka_unit_test(constant_time_compare), cmocka_unit_test(base64_vectors),
        cmocka_unit_test(base64_url_form),       cmocka_unit_test(base64_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
