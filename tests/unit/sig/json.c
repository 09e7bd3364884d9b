// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Claims are tested through token.c's tests; here is what else is read.
#include "sig/json.h"

#include <errno.h>

#include "cmocka_all.h"

static int read_candidate(const char *json, char *out, size_t cap)
{
    return lkcam_json_read_candidate((struct lkcam_text){json, strlen(json)}, out, cap);
}

static void candidate(void **state)
{
    char line[32];
    assert_int_equal(
        read_candidate("{\"candidate\":\"candidate:1\",\"sdpMid\":\"\",\"sdpMLineIndex\":0,"
                       "\"usernameFragment\":null}",
                       line, sizeof line),
        0);
    assert_string_equal(line, "candidate:1");
    assert_int_equal(read_candidate("{\"candidate\":\"\"}", line, sizeof line), 0);
    assert_string_equal(line, "");
    assert_int_equal(read_candidate("{}", line, sizeof line), 0);
    assert_string_equal(line, "");
}

static void no_candidate(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "7",
        "candidate:1",
        "{\"candidate\":7}",
        "{\"candidate\":\"a\\u0000b\"}",
        "{\"candidate\":\"12345678901234567890123456789012\"}",
    };
    char line[32];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(read_candidate(texts[i], line, sizeof line), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidate),
        cmocka_unit_test(no_candidate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
