// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/seq.h"

#include "cmocka_all.h"

static void extend_goes_to_the_nearest(void **state)
{
    assert_true(lkcam_seq_extend(5, 0x10003) == 0x10005);
    assert_true(lkcam_seq_extend(2, 0x1ffff) == 0x20002);
    assert_true(lkcam_seq_extend(0xffff, 0x20002) == 0x1ffff);
    assert_true(lkcam_seq_extend(7, 0x50007) == 0x50007);
    assert_true(lkcam_seq_extend(0x7fff, 0x30000) == 0x37fff);
    assert_true(lkcam_seq_extend(0x8001, 0x30000) == 0x28001);
}

static void extend_never_goes_below_zero(void **state)
{
    assert_true(lkcam_seq_extend(0xfff0, 3) == 0xfff0);
    assert_true(lkcam_seq_extend(2, 3) == 2);
    assert_true(lkcam_seq_extend(0, 3) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extend_goes_to_the_nearest),
        cmocka_unit_test(extend_never_goes_below_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
