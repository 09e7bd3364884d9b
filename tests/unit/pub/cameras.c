// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// When the room may be joined, and what is said of cameras that are late or have failed.
#include <stdio.h>

#include "base/log.h"

#include "bare.h"

static int ended;
static char said[512];

static void on_line(void *ctx, int level, const char *line)
{
    snprintf(said, sizeof said, "%s", line);
}

static void on_track_ended(void *ctx, struct lkcam_track *t, enum lkcam_reason reason,
                           const char *text)
{
    ended++;
}

// Two cameras that are opening since T = 1 s.
static struct lkcam *open_two(void)
{
    struct lkcam_camera cam;
    struct lkcam *c = bare_open();
    lkcam_camera_default(&cam);
    cam.device = "/dev/video7";
    assert_int_equal(lkcam_add_camera(c, &cam, NULL), 0);
    c->stage = LKCAM_STAGE_CAMERA;
    c->started = c->now = LKCAM_SECONDS(1);
    c->track_ended_cb = on_track_ended;
    lkcam_log_install(on_line, c);
    ended = 0;
    said[0] = '\0';
    return c;
}

static void close_two(struct lkcam *c)
{
    lkcam_log_remove(on_line, c);
    lkcam_close(&c);
}

static bool step_at(struct lkcam *c, lkcam_us now)
{
    c->now = now;
    return lkcam_cameras_step(c, now);
}

static void the_room_is_joined_when_all_are_open(void **state)
{
    struct lkcam *c = open_two();
    assert_false(step_at(c, LKCAM_SECONDS(1)));
    atomic_store(&c->cameras[0]->state, LKCAM_CAM_OPEN);
    assert_false(step_at(c, LKCAM_SECONDS(2)));
    atomic_store(&c->cameras[1]->state, LKCAM_CAM_OPEN);
    assert_true(step_at(c, LKCAM_SECONDS(2)));
    close_two(c);
}

static void a_late_one_is_named_and_keeps_nobody_out(void **state)
{
    struct lkcam *c = open_two();
    atomic_store(&c->cameras[0]->state, LKCAM_CAM_OPEN);
    assert_false(step_at(c, LKCAM_SECONDS(3)));
    assert_int_equal(lkcam_cameras_deadline(c), LKCAM_SECONDS(4));
    assert_null(strstr(said, "/dev/video7"));
    assert_true(step_at(c, LKCAM_SECONDS(4)));
    assert_non_null(strstr(said, "/dev/video7"));
    assert_false(c->cameras[1]->sender->left_out);
    said[0] = '\0';
    step_at(c, LKCAM_SECONDS(5)); // said once
    assert_string_equal(said, "");
    assert_int_equal(lkcam_cameras_deadline(c), LKCAM_NEVER);
    close_two(c);
}

static void without_any_that_is_open_nothing_is_joined(void **state)
{
    struct lkcam *c = open_two();
    assert_false(step_at(c, LKCAM_SECONDS(60)));
    assert_false(c->ended);
    close_two(c);
}

static void one_that_fails_is_left_out_and_the_last_one_ends_it(void **state)
{
    struct lkcam *c = open_two();
    atomic_store(&c->cameras[0]->state, LKCAM_CAM_OPEN);
    lkcam_end_set(&c->cameras[1]->end, LKCAM_REASON_CAMERA, "/dev/video7: unplugged");
    atomic_store(&c->cameras[1]->state, LKCAM_CAM_FAILED);
    assert_true(step_at(c, LKCAM_SECONDS(1)));
    assert_true(c->cameras[1]->sender->left_out);
    assert_int_equal(ended, 1);
    assert_non_null(strstr(said, "/dev/video7"));
    assert_false(c->ended);

    lkcam_end_set(&c->cameras[0]->end, LKCAM_REASON_ENCODER, "x264");
    atomic_store(&c->cameras[0]->state, LKCAM_CAM_FAILED);
    step_at(c, LKCAM_SECONDS(2));
    assert_true(c->ended);
    assert_int_equal(c->end.reason, LKCAM_REASON_ENCODER);
    close_two(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_room_is_joined_when_all_are_open),
        cmocka_unit_test(a_late_one_is_named_and_keeps_nobody_out),
        cmocka_unit_test(without_any_that_is_open_nothing_is_joined),
        cmocka_unit_test(one_that_fails_is_left_out_and_the_last_one_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
