// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What several cameras' figures become together.
#include "bare.h"

#include "io/clock.h"

static struct lkcam *open_cameras(int count)
{
    struct lkcam *c = bare_open();
    struct lkcam_camera cam;
    lkcam_camera_default(&cam);
    for (int i = 1; i < count; i++)
        assert_int_equal(lkcam_add_camera(c, &cam, NULL), 0);
    return c;
}

static struct lkcam_stats together(struct lkcam *c)
{
    struct lkcam_stats stats = {.size = sizeof stats};
    assert_int_equal(lkcam_stats(c, &stats), 0);
    return stats;
}

// Each step of its way takes so many ms.
static void add_frame(struct lkcam_track *cam, int ms)
{
    lkcam_us step = LKCAM_MS(ms), taken = lkcam_clock_now() - LKCAM_MS(500);
    uint64_t n = lkcam_ledger_begin(&cam->ledger, taken - step, taken);
    struct lkcam_frame_times *row = lkcam_ledger_row(&cam->ledger, n);
    row->converted_us = taken + step;
    row->encode_us = (int)step;
    row->last_nal_us = row->first_packet_us = taken + 2 * step;
    row->last_packet_us = taken + 3 * step;
}

static void of_latencies_the_worst_counts(void **state)
{
    for (int worst = 0; worst < 3; worst++) {
        struct lkcam *c = open_cameras(3);
        for (int i = 0; i < 3; i++)
            add_frame(c->cameras[i], i == worst ? 20 : 10);
        struct lkcam_stats s = together(c);
        assert_int_equal(s.fps_milli, 3000);
        assert_int_equal(s.age_p50_us, 80000);
        assert_int_equal(s.age_p99_us, 80000);
        assert_int_equal(s.first_packet_p50_us, 60000);
        assert_int_equal(s.own_p50_us, 40000);
        assert_int_equal(s.convert_p50_us, 20000);
        assert_int_equal(s.encode_p50_us, 20000);
        lkcam_close(&c);
    }
}

static void set_state(struct lkcam_track *cam, const char *flags)
{
    cam->camstate.published = strchr(flags, 'p') != NULL;
    cam->camstate.muted = strchr(flags, 'm') != NULL;
    cam->camstate.wanted = strchr(flags, 'w') != NULL;
    atomic_store(&cam->state, strchr(flags, 'f') ? LKCAM_CAM_FAILED : LKCAM_CAM_OPENING);
}

// p: published, m: muted, w: wanted, f: failed.
static void one_that_has_failed_does_not_speak_for_the_others(void **state)
{
    static const char *const cases[][3] = {
        // one, the other, both
        {"p", "pw", "pw"}, {"", "pw", "w"},   {"pm", "p", "p"},    {"pm", "pm", "pm"},
        {"f", "pw", "pw"}, {"pw", "f", "pw"}, {"f", "pmw", "pmw"}, {"pmw", "pf", "pmw"},
        {"pfw", "p", "p"}, {"f", "pf", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lkcam *c = open_cameras(2);
        set_state(c->cameras[0], cases[i][0]);
        set_state(c->cameras[1], cases[i][1]);
        struct lkcam_stats s = together(c);
        assert_int_equal(s.published, strchr(cases[i][2], 'p') != NULL);
        assert_int_equal(s.muted, strchr(cases[i][2], 'm') != NULL);
        assert_int_equal(s.wanted, strchr(cases[i][2], 'w') != NULL);
        lkcam_close(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_latencies_the_worst_counts),
        cmocka_unit_test(one_that_has_failed_does_not_speak_for_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
