// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include <errno.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cmocka_all.h"
#include "media/source.h"
#include "media/v4l2_find.h"
#include "media/v4l2_sys.h"
#include "scripted_camera.h"

static char logged[512];

static void sink(void *ctx, int level, const char *line)
{
    snprintf(logged, sizeof logged, "%s", line);
}

static int setup(void **state)
{
    camera_setup(state);
    logged[0] = '\0';
    lkcam_log_install(sink, NULL);
    return 0;
}

// ---- Streaming ----------------------------------------------------------------------------------

static void drains_to_the_newest(void **state)
{
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    frame(0, 0);
    frame(1, 0);
    frame(2, 0);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    assert_int_equal(f.sequence, 2);
    assert_int_equal(f.captured, 100 * 1000000 + 20);
    assert_int_equal(f.format, LKCAM_PIXEL_YUYV);
    assert_ptr_equal(f.plane[0], cam.memory[2]);
    assert_int_equal(cam.queued, 2); // the two older ones are back with the driver
    assert_int_equal(s->counters.stale, 2);
    assert_int_equal(s->counters.taken, 1);
    assert_int_equal(s->counters.lost, 0);
    assert_int_equal(s->ops->give_back(s, &f), 0);
    assert_int_equal(cam.queued, 3);
    assert_int_equal(s->ops->take_latest(s, &f), 0);
    assert_int_equal(s->ops->fd(s), FD);
    lkcam_source_close(&s);
}

static void drops_are_counted_across_the_wrap(void **state)
{
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    const uint32_t numbers[] = {UINT32_MAX - 3, UINT32_MAX - 1, UINT32_MAX, 0, 4};
    for (int i = 0; i < 5; i++) {
        frame(numbers[i], 0);
        event(EAGAIN);
        assert_int_equal(s->ops->take_latest(s, &f), 1);
        assert_int_equal(s->ops->give_back(s, &f), 0);
    }
    assert_int_equal(s->counters.lost, 1 + 3);
    assert_true(f.sequence == (uint64_t)UINT32_MAX + 5);
    lkcam_source_close(&s);
}

static void damaged_frames_are_skipped(void **state)
{
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    frame(0, V4L2_BUF_FLAG_ERROR);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 0);
    frame(1, 0);
    frame(2, V4L2_BUF_FLAG_ERROR);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    assert_int_equal(f.sequence, 1);
    s->ops->give_back(s, &f);
    cam.step[cam.steps++] =
        (struct step){.sequence = 3, .flags = MONOTONIC, .bytesused = 100}; // cut short
    cam.step[cam.steps++] = (struct step){.sequence = 4, .flags = MONOTONIC, .empty = true};
    cam.step[cam.steps++] = (struct step){.sequence = 5, .flags = MONOTONIC, .bytesused = 1u << 30};
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 0);
    assert_int_equal(s->counters.damaged, 5);
    assert_int_equal(s->counters.lost, 0);
    assert_int_equal(s->counters.stale, 0);
    assert_int_equal(cam.queued, 3);
    lkcam_source_close(&s);
}

static void unplugged_while_it_streams(void **state)
{
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    frame(0, 0);
    event(ENODEV);
    assert_int_equal(s->ops->take_latest(s, &f), -ENODEV);
    cam.gone = true;
    assert_int_equal(s->ops->take_latest(s, &f), -ENODEV);
    cam.streaming = 0; // the driver's own doing: STREAMOFF says ENODEV
    lkcam_source_close(&s);
}

static void unplugged_while_a_frame_is_with_us(void **state)
{
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    frame(0, 0);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    cam.gone = true;
    assert_int_equal(s->ops->give_back(s, &f), -ENODEV);
    cam.streaming = 0;
    lkcam_source_close(&s);
}

static void a_fatal_error_is_passed_up_and_a_refused_buffer_is_not(void **state)
{
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    frame(0, 0);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    cam.qbuf_errors = 1;
    assert_int_equal(s->ops->give_back(s, &f), 0);
    assert_int_equal(cam.queued, 3);
    event(EIO);
    assert_int_equal(s->ops->take_latest(s, &f), -EIO);
    lkcam_source_close(&s);
}

static void an_interrupted_call_is_made_again(void **state)
{
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    event(EINTR);
    frame(0, 0);
    event(EINTR);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    s->ops->give_back(s, &f);
    lkcam_source_close(&s);
}

static lkcam_us monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return LKCAM_SECONDS(t.tv_sec) + t.tv_nsec / 1000;
}

static void stamps_are_trusted_only_when_monotonic(void **state)
{
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    frame(0, V4L2_BUF_FLAG_TSTAMP_SRC_SOE);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    assert_true(f.start_of_exposure);
    assert_int_equal(f.captured, 100 * 1000000);
    s->ops->give_back(s, &f);

    // The monotonic ones lie in the future, which nobody has seen yet, or are nonsense.
    const uint32_t others[] = {V4L2_BUF_FLAG_TIMESTAMP_UNKNOWN, V4L2_BUF_FLAG_TIMESTAMP_COPY,
                               MONOTONIC, MONOTONIC, MONOTONIC};
    const struct timeval at[] = {
        {1700000000, 0}, {1700000000, 0}, {1700000000, 0}, {INT64_MAX / 8, 0}, {-1, 0}};
    for (uint32_t i = 0; i < 5; i++) {
        cam.step[cam.steps++] = (struct step){
            .sequence = 1 + i, .flags = others[i] | V4L2_BUF_FLAG_TSTAMP_SRC_SOE, .at = at[i]};
        event(EAGAIN);
        lkcam_us before = monotonic();
        assert_int_equal(s->ops->take_latest(s, &f), 1);
        assert_true(f.captured >= before && f.captured <= monotonic());
        assert_false(f.start_of_exposure);
        s->ops->give_back(s, &f);
    }
    lkcam_source_close(&s);
}

static void padded_rows_are_respected(void **state)
{
    cam.stride = 64 * 2 + 32;
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    frame(0, 0);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    assert_int_equal(f.stride_bytes[0], 160);
    s->ops->give_back(s, &f);
    lkcam_source_close(&s);
}

static void a_stride_too_small_is_mended(void **state)
{
    cam.stride = 64; // half a row of YUYV
    cam.length = 64 * 2 * 48;
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    cam.step[cam.steps++] = (struct step){.flags = MONOTONIC, .bytesused = 64 * 2 * 48};
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    assert_int_equal(f.stride_bytes[0], 128);
    s->ops->give_back(s, &f);
    lkcam_source_close(&s);
}

static void a_buffer_smaller_than_its_picture_is_refused(void **state)
{
    struct lkcam_source *s;
    cam.stride = 4096;
    cam.length = 64 * 2 * 48;
    assert_int_equal(open_named(&s, "/dev/video0"), -EPROTO);
    assert_non_null(strstr(why.text, "Fake Camera 9"));
}

static void mjpeg_frames_carry_their_length(void **state)
{
    cam.fourcc = V4L2_PIX_FMT_MJPEG;
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    cam.step[cam.steps++] = (struct step){.flags = MONOTONIC, .bytesused = 777};
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    assert_int_equal(f.format, LKCAM_PIXEL_MJPEG);
    assert_int_equal(f.bytes, 777);
    assert_int_equal(f.width_px, 64);
    s->ops->give_back(s, &f);
    lkcam_source_close(&s);
}

static void the_color_is_what_the_driver_says_of_ycbcr(void **state)
{
    static const struct {
        uint32_t fourcc, colorspace, encoding, quantization;
        struct lkcam_color color;
    } tried[] = {
        {V4L2_PIX_FMT_YUYV, V4L2_COLORSPACE_DEFAULT, 0, 0, {LKCAM_MATRIX_UNKNOWN, false}},
        {V4L2_PIX_FMT_YUYV, V4L2_COLORSPACE_SRGB, 0, 0, {LKCAM_MATRIX_BT601, false}},
        {V4L2_PIX_FMT_YUYV, V4L2_COLORSPACE_JPEG, 0, 0, {LKCAM_MATRIX_BT601, true}},
        {V4L2_PIX_FMT_YUYV, V4L2_COLORSPACE_REC709, 0, 0, {LKCAM_MATRIX_BT709, false}},
        {V4L2_PIX_FMT_YUYV, V4L2_COLORSPACE_BT2020, 0, 0, {LKCAM_MATRIX_UNKNOWN, false}},
        {V4L2_PIX_FMT_YUYV,
         V4L2_COLORSPACE_SRGB,
         V4L2_YCBCR_ENC_709,
         V4L2_QUANTIZATION_FULL_RANGE,
         {LKCAM_MATRIX_BT709, true}},
        {V4L2_PIX_FMT_YUYV,
         V4L2_COLORSPACE_JPEG,
         0,
         V4L2_QUANTIZATION_LIM_RANGE,
         {LKCAM_MATRIX_BT601, false}},
        {V4L2_PIX_FMT_YUYV, 4000000000, 4000000000, 4000000000, {LKCAM_MATRIX_UNKNOWN, false}},
        {V4L2_PIX_FMT_MJPEG, V4L2_COLORSPACE_SRGB, 0, 0, {LKCAM_MATRIX_BT601, true}},
        {V4L2_PIX_FMT_RGB24,
         V4L2_COLORSPACE_SRGB,
         0,
         V4L2_QUANTIZATION_FULL_RANGE,
         {LKCAM_MATRIX_BT601, false}},
    };
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        setup(NULL);
        cam.fourcc = tried[i].fourcc;
        cam.stride = cam.fourcc == V4L2_PIX_FMT_RGB24 ? 64 * 3 : 0;
        cam.colorspace = tried[i].colorspace;
        cam.encoding = tried[i].encoding;
        cam.quantization = tried[i].quantization;
        struct lkcam_source *s = open_camera();
        assert_int_equal(s->color.matrix, tried[i].color.matrix);
        assert_int_equal(s->color.full_range, tried[i].color.full_range);
        lkcam_source_close(&s);
    }
}

// ---- Opening ------------------------------------------------------------------------------------

static void a_camera_is_found_by_path_name_or_part_of_its_own(void **state)
{
    struct lkcam_source *s;
    const char *names[] = {"/dev/video0", "video0", "fake cam", "CAMERA 9", NULL};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(open_named(&s, names[i]), 0);
        assert_string_equal(s->label, "Fake Camera 9 (/dev/video0)");
        lkcam_source_close(&s);
    }
    cam.path = "/dev/v4l/by-id/usb-Fake-video-index0";
    assert_int_equal(open_named(&s, "usb-Fake-video-index0"), 0);
    lkcam_source_close(&s);

    char path[64];
    cam.path = "/dev/video11";
    assert_int_equal(lkcam_v4l2_first(path, sizeof path), 0);
    assert_string_equal(path, "/dev/video11");
    cam.caps = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING; // a UVC camera's second node
    assert_int_equal(lkcam_v4l2_first(path, sizeof path), -ENODEV);
}

static void what_is_missing_is_said(void **state)
{
    struct lkcam_source *s;
    assert_int_equal(open_named(&s, "/dev/video7"), -ENODEV);
    assert_string_equal(why.text,
                        "/dev/video7: there is no such camera; plug it in, or see /dev/v4l/by-id");
    assert_int_equal(open_named(&s, "Logitech"), -ENODEV);
    assert_string_equal(why.text, "Logitech: no camera of this name; /dev/v4l/by-id lists names");
    assert_int_equal(open_named(&s, ""), -ENODEV);
    cam.path = "/dev/nothing";
    assert_int_equal(open_named(&s, NULL), -ENODEV);
    assert_string_equal(why.text, "no camera found; plug one in");
}

static void forbidden_names_the_group(void **state)
{
    struct lkcam_source *s;
    cam.open_error = EACCES;
    assert_int_equal(open_named(&s, "/dev/video0"), -EACCES);
    assert_non_null(strstr(why.text, "permission denied; add the user to group video"));

    // Whoever names none, or a part of a name, has one all the same.
    char path[64];
    assert_int_equal(lkcam_v4l2_first(path, sizeof path), -EACCES);
    assert_string_equal(path, "/dev/video0");
    const char *names[] = {NULL, "fake cam"};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(open_named(&s, names[i]), -EACCES);
        assert_non_null(strstr(why.text, "/dev/video0: permission denied"));
    }
}

static void what_is_no_camera_is_refused(void **state)
{
    struct lkcam_source *s;
    cam.caps = 0;
    assert_int_equal(open_named(&s, "/dev/video0"), -ENOTTY);
    assert_non_null(strstr(why.text, "not a capture device"));
    cam.caps = V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING;
    assert_int_equal(open_named(&s, "/dev/video0"), -ENOTTY);
}

static void formats_that_are_not_read_are_said(void **state)
{
    struct lkcam_source *s;
    cam.fourcc = V4L2_PIX_FMT_SBGGR8;
    assert_int_equal(open_named(&s, "/dev/video0"), -ENOTSUP);
    assert_non_null(strstr(why.text, "no format that is read"));
    cam.fourcc = V4L2_PIX_FMT_YUYV;
    struct lkcam_v4l2_config cfg = {.device = "/dev/video0",
                                    .want = {LKCAM_PIXEL_MJPEG, 64, 48, 30, 1}};
    assert_int_equal(lkcam_v4l2_open(&s, &cfg, &why), -ENOTSUP);
    assert_non_null(strstr(why.text, "has no MJPEG"));
}

static void impossible_sizes_are_refused_before_the_camera_is_touched(void **state)
{
    struct lkcam_source *s;
    struct lkcam_v4l2_config cfg = {.device = "/dev/video0",
                                    .want = {LKCAM_PIXEL_NONE, 0, 48, 30, 1}};
    assert_int_equal(lkcam_v4l2_open(&s, &cfg, &why), -EINVAL);
    cfg.want = (struct lkcam_source_mode){LKCAM_PIXEL_NONE, 64, 10000, 30, 1};
    assert_int_equal(lkcam_v4l2_open(&s, &cfg, &why), -EINVAL);
    cfg.want = (struct lkcam_source_mode){LKCAM_PIXEL_NONE, 64, 48, 30, 0};
    assert_int_equal(lkcam_v4l2_open(&s, &cfg, &why), -EINVAL);
    assert_int_equal(cam.opened, 0);
}

static void a_busy_camera_is_explained(void **state)
{
    struct lkcam_source *s;
    int *where[] = {&cam.open_error, &cam.fmt_error, &cam.reqbufs_error, &cam.streamon_error};
    for (int i = 0; i < 4; i++) {
        *where[i] = EBUSY;
        assert_int_equal(open_named(&s, "/dev/video0"), -EBUSY);
        assert_non_null(strstr(why.text, "/dev/video0: in use by"));
        *where[i] = 0;
    }
}

// One device for two cameras of a connection, under two names.
static void a_camera_that_we_have_already_is_said(void **state)
{
    char file[] = "/tmp/lkcam_busy_XXXXXX";
    struct lkcam_source *s;
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    cam.path = file;
    cam.fmt_error = EBUSY;
    assert_int_equal(open_named(&s, file), -EBUSY);
    assert_non_null(strstr(why.text, "in use by another camera of this program"));
    close(fd);
    assert_int_equal(open_named(&s, file), -EBUSY);
    assert_non_null(strstr(why.text, "in use by a program of another user"));
    assert_int_equal(cam.open_now, 0);
    unlink(file);
}

static void a_camera_let_go_while_its_holder_was_looked_for_is_opened(void **state)
{
    struct lkcam_source *s;
    cam.busy_opens = 1;
    assert_int_equal(open_named(&s, "/dev/video0"), 0);
    assert_string_equal(why.text, "");
    lkcam_source_close(&s);
}

static void no_bandwidth_is_explained(void **state)
{
    struct lkcam_source *s;
    cam.streamon_error = ENOSPC;
    assert_int_equal(open_named(&s, "/dev/video0"), -ENOSPC);
    assert_non_null(strstr(why.text, "bandwidth"));
}

static void what_differs_from_the_wish_is_said(void **state)
{
    cam.width = 32;
    cam.height = 24;
    cam.interval = (struct v4l2_fract){1, 15};
    struct lkcam_source *s = open_camera();
    assert_int_equal(s->mode.width_px, 32);
    assert_int_equal(s->mode.fps_num, 15);
    assert_string_equal(
        logged,
        "Fake Camera 9 (/dev/video0): asked for 64x48 at 30 frames a second, the nearest it has "
        "is 32x24 at 15 (YUYV)");
    lkcam_source_close(&s);

    setup(NULL);
    s = open_camera();
    assert_string_equal(logged, "");
    lkcam_source_close(&s);
}

static void a_rate_of_nonsense_is_not_believed(void **state)
{
    static const struct v4l2_fract told[] = {{2000, 1}, {1, 2000}, {INT32_MAX, 1}, {1, INT32_MAX}};
    for (int i = 0; i < 4; i++) {
        setup(NULL);
        cam.interval = told[i];
        struct lkcam_source *s = open_camera();
        assert_int_equal(s->mode.fps_num, 30);
        assert_int_equal(s->mode.fps_den, 1);
        lkcam_source_close(&s);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, camera_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(drains_to_the_newest),
        TEST(drops_are_counted_across_the_wrap),
        TEST(damaged_frames_are_skipped),
        TEST(unplugged_while_it_streams),
        TEST(unplugged_while_a_frame_is_with_us),
        TEST(a_fatal_error_is_passed_up_and_a_refused_buffer_is_not),
        TEST(an_interrupted_call_is_made_again),
        TEST(stamps_are_trusted_only_when_monotonic),
        TEST(padded_rows_are_respected),
        TEST(a_stride_too_small_is_mended),
        TEST(a_buffer_smaller_than_its_picture_is_refused),
        TEST(mjpeg_frames_carry_their_length),
        TEST(the_color_is_what_the_driver_says_of_ycbcr),
        TEST(a_camera_is_found_by_path_name_or_part_of_its_own),
        TEST(what_is_missing_is_said),
        TEST(forbidden_names_the_group),
        TEST(what_is_no_camera_is_refused),
        TEST(formats_that_are_not_read_are_said),
        TEST(impossible_sizes_are_refused_before_the_camera_is_touched),
        TEST(a_busy_camera_is_explained),
        TEST(a_camera_that_we_have_already_is_said),
        TEST(a_camera_let_go_while_its_holder_was_looked_for_is_opened),
        TEST(no_bandwidth_is_explained),
        TEST(what_differs_from_the_wish_is_said),
        TEST(a_rate_of_nonsense_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
