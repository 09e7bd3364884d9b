// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// When frames may flow, as a table of all states.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "room/camstate.h"

static void frames_flow_only_when_all_say_so_and_each_beginning_is_told_once(void **state)
{
    for (int bits = 0; bits < 16; bits++) {
        struct lkcam_camstate s = lkcam_camstate_initial();
        bool ready = bits & 1;
        s.published = bits & 2;
        s.muted = bits & 4;
        s.wanted = bits & 8;
        bool flow = ready && s.published && !s.muted && s.wanted;
        assert_int_equal(lkcam_camstate_update(&s, ready), flow);
        assert_int_equal(s.flowing, flow);
        assert_false(lkcam_camstate_update(&s, ready));
    }
}

static void after_a_pause_the_beginning_is_told_again(void **state)
{
    struct lkcam_camstate s = lkcam_camstate_initial();
    s.published = true;
    assert_true(lkcam_camstate_update(&s, true));
    s.wanted = false;
    assert_false(lkcam_camstate_update(&s, true));
    assert_false(s.flowing);
    s.wanted = true;
    assert_true(lkcam_camstate_update(&s, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_flow_only_when_all_say_so_and_each_beginning_is_told_once),
        cmocka_unit_test(after_a_pause_the_beginning_is_told_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
