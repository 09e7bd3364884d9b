// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/fps.h"

#include "cmocka_all.h"

static void a_steady_source_keeps_its_rate(void **state)
{
    struct lkcam_fps f;
    lkcam_fps_init(&f, 30000);
    for (int i = 0; i < 300; i++)
        assert_int_equal(lkcam_fps_input(&f, i * 33333), 30000);
}

static void night_mode_is_followed_after_eight_frames(void **state)
{
    struct lkcam_fps f;
    lkcam_us t = 0;
    lkcam_fps_init(&f, 30000);
    for (int i = 0; i < 30; i++, t += 33333)
        lkcam_fps_input(&f, t);
    t += 33334;
    for (int i = 0; i < 7; i++, t += 66667)
        assert_int_equal(lkcam_fps_input(&f, t), 30000);
    assert_int_equal(lkcam_fps_input(&f, t), 14999);
    for (int i = 0; i < 7; i++)
        assert_int_equal(lkcam_fps_input(&f, t += 33333), 14999);
    assert_int_equal(lkcam_fps_input(&f, t += 33333), 30000); // and back by day
}

static void jitter_is_no_rate(void **state)
{
    struct lkcam_fps f;
    lkcam_fps_init(&f, 30000);
    for (int i = 0; i < 600; i++) {
        lkcam_us jitter = i % 2 ? 8000 : -8000; // 24 % to either side
        assert_int_equal(lkcam_fps_input(&f, i * 33333 + jitter), 30000);
    }
}

static void less_than_ten_percent_is_left_alone(void **state)
{
    struct lkcam_fps f;
    lkcam_fps_init(&f, 30000);
    for (int i = 0; i < 60; i++)
        assert_int_equal(lkcam_fps_input(&f, i * 36000), 30000); // 27.8
    int now = 0;
    lkcam_fps_init(&f, 30000);
    for (int i = 0; i < 60; i++)
        now = lkcam_fps_input(&f, i * 40000); // 25
    assert_int_equal(now, 25000);
}

static void seven_in_a_row_are_not_enough(void **state)
{
    struct lkcam_fps f;
    lkcam_us t = 0;
    lkcam_fps_init(&f, 30000);
    for (int i = 0; i < 160; i++) {
        t += i % 8 == 7 ? 33333 : 66667;
        assert_int_equal(lkcam_fps_input(&f, t), 30000);
    }
}

static void pauses_and_repeats_are_no_rate(void **state)
{
    struct lkcam_fps f;
    lkcam_us t = 1000000;
    lkcam_fps_init(&f, 30000);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(lkcam_fps_input(&f, t), 30000);
        assert_int_equal(lkcam_fps_input(&f, t), 30000);        // the same stamp twice
        assert_int_equal(lkcam_fps_input(&f, t - 5000), 30000); // and one that goes back
        t += LKCAM_SECONDS(3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_source_keeps_its_rate),
        cmocka_unit_test(night_mode_is_followed_after_eight_frames),
        cmocka_unit_test(jitter_is_no_rate),
        cmocka_unit_test(less_than_ten_percent_is_left_alone),
        cmocka_unit_test(seven_in_a_row_are_not_enough),
        cmocka_unit_test(pauses_and_repeats_are_no_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
