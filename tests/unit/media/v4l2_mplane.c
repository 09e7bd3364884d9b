// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Cameras that have V4L2's multi-planar interface alone.
#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>

#include "cmocka_all.h"
#include "scripted_camera.h"

static void set_planes(uint32_t fourcc, uint32_t planes, const uint32_t *stride,
                       const uint32_t *size)
{
    cam.caps = V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_STREAMING;
    cam.fourcc = fourcc;
    cam.planes = planes;
    for (uint32_t i = 0; i < planes && i < PLANES; i++) {
        cam.plane_stride[i] = stride[i];
        cam.size[i] = size[i];
    }
}

static void formats_in_one_plane_are_read_alike(void **state)
{
    static const struct {
        uint32_t fourcc, stride, size;
        enum lkcam_pixel_format format;
        int chroma_at;
    } kinds[] = {
        {V4L2_PIX_FMT_YUYV, 160, 160 * 48, LKCAM_PIXEL_YUYV, 0},
        {V4L2_PIX_FMT_UYVY, 128, 128 * 48, LKCAM_PIXEL_UYVY, 0},
        {V4L2_PIX_FMT_RGB24, 192, 192 * 48, LKCAM_PIXEL_RGB24, 0},
        {V4L2_PIX_FMT_NV12, 96, 96 * 72, LKCAM_PIXEL_NV12, 96 * 48},
        {V4L2_PIX_FMT_YUV420, 64, 64 * 72, LKCAM_PIXEL_I420, 64 * 48},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        camera_setup(NULL);
        set_planes(kinds[i].fourcc, 1, &kinds[i].stride, &kinds[i].size);
        struct lkcam_source *s = open_camera();
        struct lkcam_frame f;
        frame(0, 0);
        event(EAGAIN);
        assert_int_equal(s->ops->take_latest(s, &f), 1);
        assert_int_equal(f.format, kinds[i].format);
        assert_ptr_equal(f.plane[0], cam.memory[0]);
        assert_int_equal(f.stride_bytes[0], kinds[i].stride);
        assert_ptr_equal(f.plane[1],
                         kinds[i].chroma_at ? cam.memory[0] + kinds[i].chroma_at : NULL);
        assert_int_equal(s->ops->give_back(s, &f), 0);
        assert_int_equal(cam.queued, 3);
        lkcam_source_close(&s);
        assert_int_equal(cam.mapped_now, 0);
    }
}

static void planes_apart_are_mapped_one_by_one(void **state)
{
    set_planes(V4L2_PIX_FMT_NV12M, 2, (const uint32_t[]){96, 128},
               (const uint32_t[]){96 * 48, 128 * 24});
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    assert_int_equal(cam.mapped_now, BUFFERS * 2);
    frame(0, 0);
    frame(1, 0);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    assert_int_equal(f.sequence, 1);
    assert_int_equal(f.format, LKCAM_PIXEL_NV12);
    assert_ptr_equal(f.plane[0], cam.memory_of[1][0]);
    assert_ptr_equal(f.plane[1], cam.memory_of[1][1]);
    assert_null(f.plane[2]);
    assert_int_equal(f.stride_bytes[0], 96);
    assert_int_equal(f.stride_bytes[1], 128);
    assert_int_equal(s->counters.stale, 1);
    s->ops->give_back(s, &f);
    lkcam_source_close(&s);

    camera_setup(NULL);
    set_planes(V4L2_PIX_FMT_YUV420M, 3,
               (const uint32_t[]){64, 0, 48}, // no stride told: none padded
               (const uint32_t[]){64 * 48, 32 * 24, 48 * 24});
    s = open_camera();
    frame(0, 0);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    assert_int_equal(f.format, LKCAM_PIXEL_I420);
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(f.plane[i], cam.memory_of[0][i]);
    assert_int_equal(f.stride_bytes[1], 32);
    assert_int_equal(f.stride_bytes[2], 48);
    s->ops->give_back(s, &f);
    lkcam_source_close(&s);
}

static void a_plane_may_begin_with_a_header(void **state)
{
    set_planes(V4L2_PIX_FMT_NV12M, 2, (const uint32_t[]){64, 64},
               (const uint32_t[]){64 * 48 + 64, 64 * 24 + 64}); // room for it
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    cam.size[0] = 64 * 48;
    cam.size[1] = 64 * 24;
    cam.step[cam.steps++] = (struct step){.flags = MONOTONIC, .header = 64};
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    assert_ptr_equal(f.plane[0], cam.memory_of[0][0] + 64);
    assert_ptr_equal(f.plane[1], cam.memory_of[0][1] + 64);
    s->ops->give_back(s, &f);

    // Beyond what was mapped, by its length or by its header.
    cam.step[cam.steps++] = (struct step){.sequence = 1, .flags = MONOTONIC, .header = 65};
    cam.step[cam.steps++] =
        (struct step){.sequence = 2, .flags = MONOTONIC, .header = UINT32_MAX - 1};
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 0);
    assert_int_equal(s->counters.damaged, 2);
    lkcam_source_close(&s);
}

static void a_frame_with_one_plane_cut_short_is_damaged(void **state)
{
    set_planes(V4L2_PIX_FMT_NV12M, 2, (const uint32_t[]){64, 64},
               (const uint32_t[]){64 * 48, 64 * 24});
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    cam.step[cam.steps++] = (struct step){.flags = MONOTONIC, .bytesused = 64 * 24 - 1};
    cam.step[cam.steps++] = (struct step){.sequence = 1, .flags = MONOTONIC, .empty = true};
    frame(2, V4L2_BUF_FLAG_ERROR);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 0);
    assert_int_equal(s->counters.damaged, 3);
    assert_int_equal(cam.queued, 3);
    lkcam_source_close(&s);
}

static void planes_that_do_not_fit_the_format_are_refused(void **state)
{
    static const uint32_t stride[] = {64, 64, 64, 64},
                          size[] = {64 * 48, 64 * 48, 64 * 48, 64 * 48}, wide[] = {64, 70000};
    struct lkcam_source *s;
    const struct {
        uint32_t fourcc, planes;
        const uint32_t *stride;
    } bad[] = {{V4L2_PIX_FMT_NV12M, 3, stride}, {V4L2_PIX_FMT_YUV420M, 2, stride},
               {V4L2_PIX_FMT_YUYV, 2, stride},  {V4L2_PIX_FMT_MJPEG, 2, stride},
               {V4L2_PIX_FMT_NV12M, 0, stride}, {V4L2_PIX_FMT_NV12M, 200, stride},
               {V4L2_PIX_FMT_NV12M, 2, wide}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        camera_setup(NULL);
        set_planes(bad[i].fourcc, bad[i].planes, bad[i].stride, size);
        assert_int_equal(open_named(&s, "/dev/video0"), -ENOTSUP);
        assert_non_null(strstr(why.text, "the driver refuses 64x48"));
        assert_int_equal(cam.open_now, 0);
    }
    camera_setup(NULL);
    set_planes(V4L2_PIX_FMT_NV12M, 2, stride, (const uint32_t[]){64 * 48, 64 * 24 - 1});
    assert_int_equal(open_named(&s, "/dev/video0"), -EPROTO); // the second plane is too small
}

static void a_multi_planar_camera_is_unplugged_like_any(void **state)
{
    set_planes(V4L2_PIX_FMT_NV12M, 2, (const uint32_t[]){64, 64},
               (const uint32_t[]){64 * 48, 64 * 24});
    struct lkcam_source *s = open_camera();
    struct lkcam_frame f;
    frame(0, 0);
    event(EAGAIN);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    cam.qbuf_errors = 1;
    assert_int_equal(s->ops->give_back(s, &f), 0); // a refused buffer is offered again
    event(EIO);
    assert_int_equal(s->ops->take_latest(s, &f), -EIO);
    cam.gone = true;
    assert_int_equal(s->ops->take_latest(s, &f), -ENODEV);
    cam.streaming = 0;
    lkcam_source_close(&s);

    char path[64];
    cam.gone = false;
    assert_int_equal(lkcam_v4l2_first(path, sizeof path), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, camera_setup, camera_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(formats_in_one_plane_are_read_alike),
        TEST(planes_apart_are_mapped_one_by_one),
        TEST(a_plane_may_begin_with_a_header),
        TEST(a_frame_with_one_plane_cut_short_is_damaged),
        TEST(planes_that_do_not_fit_the_format_are_refused),
        TEST(a_multi_planar_camera_is_unplugged_like_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
