// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/v4l2_mode.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>

#include "cmocka_all.h"
#include "media/v4l2_sys.h"

#define ANY LKCAM_PIXEL_NONE

#define MODE(code, width, height, num, den)                                                        \
    {                                                                                              \
        {LKCAM_PIXEL_##code, width, height, num, den}, V4L2_PIX_FMT_##code                         \
    }

// What an ordinary USB 2 camera lists.
static const struct lkcam_v4l2_mode webcam[] = {
    MODE(YUYV, 640, 480, 30, 1),   MODE(YUYV, 640, 480, 15, 1),   MODE(YUYV, 1280, 720, 10, 1),
    MODE(YUYV, 1280, 720, 5, 1),   MODE(YUYV, 1920, 1080, 5, 1),  MODE(MJPEG, 640, 480, 30, 1),
    MODE(MJPEG, 1280, 720, 30, 1), MODE(MJPEG, 1280, 720, 60, 1), MODE(MJPEG, 1920, 1080, 30, 1),
};

static const struct lkcam_v4l2_mode *choose(enum lkcam_pixel_format f, int width, int height,
                                            int num, int den)
{
    struct lkcam_source_mode want = {f, width, height, num, den};
    int i = lkcam_v4l2_choose(webcam, sizeof webcam / sizeof *webcam, &want);
    return i < 0 ? NULL : &webcam[i];
}

static void raw_wins_where_it_reaches_the_rate(void **state)
{
    assert_ptr_equal(choose(ANY, 640, 480, 30, 1), &webcam[0]);
    assert_ptr_equal(choose(ANY, 640, 480, 30000, 1001), &webcam[0]);
    assert_ptr_equal(choose(ANY, 640, 480, 15, 1), &webcam[1]); // not faster than asked for
    assert_ptr_equal(choose(ANY, 1280, 720, 5, 1), &webcam[3]);
    assert_ptr_equal(choose(ANY, 1280, 720, 10, 1), &webcam[2]);
}

static void mjpeg_wins_where_raw_is_too_slow(void **state)
{
    assert_ptr_equal(choose(ANY, 1280, 720, 30, 1), &webcam[6]);
    assert_ptr_equal(choose(ANY, 1280, 720, 60, 1), &webcam[7]);
    assert_ptr_equal(choose(ANY, 1920, 1080, 60, 1), &webcam[8]); // nobody reaches it: the quickest
}

static void the_nearest_size_comes_first(void **state)
{
    assert_ptr_equal(choose(ANY, 800, 600, 30, 1), &webcam[0]);
    assert_ptr_equal(choose(ANY, 3840, 2160, 30, 1), &webcam[8]);
    assert_ptr_equal(choose(ANY, 1270, 710, 30, 1), &webcam[6]);
}

static void a_named_format_is_kept_to(void **state)
{
    assert_ptr_equal(choose(LKCAM_PIXEL_YUYV, 1280, 720, 30, 1), &webcam[2]);
    assert_ptr_equal(choose(LKCAM_PIXEL_MJPEG, 640, 480, 30, 1), &webcam[5]);
    assert_null(choose(LKCAM_PIXEL_NV12, 640, 480, 30, 1));
}

static void raw_that_is_too_quick_still_beats_mjpeg(void **state)
{
    static const struct lkcam_v4l2_mode m[] = {MODE(MJPEG, 640, 480, 30, 1),
                                               MODE(YUYV, 640, 480, 60, 1)};
    struct lkcam_source_mode want = {ANY, 640, 480, 30, 1};
    assert_int_equal(lkcam_v4l2_choose(m, 2, &want), 1);
}

static void of_equals_the_cheapest_to_convert(void **state)
{
    static const struct lkcam_v4l2_mode m[] = {
        MODE(UYVY, 640, 480, 30, 1),
        MODE(YUYV, 640, 480, 30, 1),
        MODE(NV12, 640, 480, 30, 1),
    };
    struct lkcam_source_mode want = {ANY, 640, 480, 30, 1};
    assert_int_equal(lkcam_v4l2_choose(m, 3, &want), 2);
    assert_int_equal(lkcam_v4l2_choose(m, 2, &want), 1);
    assert_int_equal(lkcam_v4l2_choose(m, 0, &want), -1);

    // From the most costly on; each beats those before it.
    static const struct lkcam_v4l2_mode all[] = {
        MODE(MJPEG, 640, 480, 30, 1), MODE(BGR24, 640, 480, 30, 1),
        MODE(RGB24, 640, 480, 30, 1), MODE(UYVY, 640, 480, 30, 1),
        MODE(YUYV, 640, 480, 30, 1),  {{LKCAM_PIXEL_I420, 640, 480, 30, 1}, V4L2_PIX_FMT_YUV420},
        MODE(NV12, 640, 480, 30, 1),  {{LKCAM_PIXEL_NV12, 640, 480, 30, 1}, V4L2_PIX_FMT_NV12M},
    };
    for (int i = 1; i <= 8; i++)
        assert_int_equal(lkcam_v4l2_choose(all, (size_t)i, &want), i - 1);
}

static void steps(void **state)
{
    assert_int_equal(lkcam_v4l2_nearest_step(1280, 16, 1920, 16), 1280);
    assert_int_equal(lkcam_v4l2_nearest_step(1283, 16, 1920, 16), 1280);
    assert_int_equal(lkcam_v4l2_nearest_step(1290, 16, 1920, 16), 1296);
    assert_int_equal(lkcam_v4l2_nearest_step(4000, 16, 1925, 16), 1920);
    assert_int_equal(lkcam_v4l2_nearest_step(8, 16, 1920, 16), 16);
    assert_int_equal(lkcam_v4l2_nearest_step(700, 640, 640, 0), 640);
    assert_int_equal(lkcam_v4l2_nearest_step(701, 16, 1920, 0), 701);
}

// ---- Enumeration, from a driver in a table ------------------------------------------------------

static struct {
    uint32_t fourcc[3];
    uint32_t size_type, interval_type; // 0: does not enumerate
    struct v4l2_frmsize_stepwise size;
    struct v4l2_frmival_stepwise interval;
    struct v4l2_fract discrete[4];
    bool endless;
    int calls;
} driver;

static int refuse(void)
{
    errno = EINVAL;
    return -1;
}

static int enum_size(struct v4l2_frmsizeenum *e)
{
    if (!driver.size_type || (e->index && !driver.endless))
        return refuse();
    e->type = driver.size_type;
    e->stepwise = driver.size;
    if (e->type == V4L2_FRMSIZE_TYPE_DISCRETE)
        e->discrete = (struct v4l2_frmsize_discrete){driver.size.min_width, driver.size.min_height};
    return 0;
}

static int enum_interval(struct v4l2_frmivalenum *e)
{
    if (!driver.interval_type)
        return refuse();
    e->type = driver.interval_type;
    if (e->type != V4L2_FRMIVAL_TYPE_DISCRETE) {
        e->stepwise = driver.interval;
        return e->index ? refuse() : 0;
    }
    if (!driver.endless && (e->index >= 4 || !driver.discrete[e->index].denominator))
        return refuse();
    e->discrete = driver.discrete[driver.endless ? 0 : e->index];
    return 0;
}

static int fake_ioctl(int fd, unsigned long request, void *arg)
{
    driver.calls++;
    if (request == VIDIOC_ENUM_FRAMESIZES)
        return enum_size(arg);
    if (request == VIDIOC_ENUM_FRAMEINTERVALS)
        return enum_interval(arg);
    struct v4l2_fmtdesc *e = arg;
    if (request != VIDIOC_ENUM_FMT || e->type != V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE)
        return refuse();
    uint32_t fourcc = driver.endless ? driver.fourcc[0]
                      : e->index < 3 ? driver.fourcc[e->index]
                                     : 0;
    e->pixelformat = fourcc;
    return fourcc ? 0 : refuse();
}

static const struct lkcam_v4l2_sys fake = {.ioctl = fake_ioctl};

static size_t list(struct lkcam_source_mode want, struct lkcam_v4l2_mode *out, size_t cap)
{
    lkcam_v4l2_sys = &fake;
    return lkcam_v4l2_modes(3, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, &want, out, cap);
}

static const struct lkcam_source_mode hd = {ANY, 1280, 720, 30, 1};

static void set_driver(uint32_t fourcc, uint32_t size_type, uint32_t interval_type)
{
    memset(&driver, 0, sizeof driver);
    driver.fourcc[0] = fourcc;
    driver.size_type = size_type;
    driver.interval_type = interval_type;
    driver.size = (struct v4l2_frmsize_stepwise){32, 1920, 1, 32, 1080, 1};
}

static void discrete_modes_are_listed(void **state)
{
    struct lkcam_v4l2_mode m[8];
    set_driver(V4L2_PIX_FMT_YUYV, V4L2_FRMSIZE_TYPE_DISCRETE, V4L2_FRMIVAL_TYPE_DISCRETE);
    driver.size.min_width = 640;
    driver.size.min_height = 480;
    driver.discrete[0] = (struct v4l2_fract){1, 30};
    driver.discrete[1] = (struct v4l2_fract){1001, 15000};
    assert_int_equal(list(hd, m, 8), 2);
    assert_int_equal(m[0].mode.format, LKCAM_PIXEL_YUYV);
    assert_int_equal(m[0].fourcc, V4L2_PIX_FMT_YUYV);
    assert_int_equal(m[0].mode.width_px, 640);
    assert_int_equal(m[1].mode.fps_num, 15000);
    assert_int_equal(m[1].mode.fps_den, 1001);
}

static void ranges_give_the_nearest(void **state)
{
    struct lkcam_v4l2_mode m[8];
    set_driver(V4L2_PIX_FMT_NV12, V4L2_FRMSIZE_TYPE_STEPWISE, V4L2_FRMIVAL_TYPE_STEPWISE);
    driver.interval = (struct v4l2_frmival_stepwise){{1, 60}, {1, 2}, {1, 60}};
    assert_int_equal(list(hd, m, 8), 1);
    assert_int_equal(m[0].mode.width_px, 1280);
    assert_int_equal(m[0].mode.fps_num, 30);

    struct lkcam_source_mode odd = {ANY, 1281, 721, 240, 1};
    driver.size_type = V4L2_FRMSIZE_TYPE_CONTINUOUS;
    driver.interval_type = V4L2_FRMIVAL_TYPE_CONTINUOUS;
    assert_int_equal(list(odd, m, 8), 1);
    assert_int_equal(m[0].mode.width_px % 2, 0);
    assert_in_range(m[0].mode.width_px, 1280, 1282);
    assert_int_equal(m[0].mode.fps_num, 60); // the quickest that the range has

    struct lkcam_source_mode slow = {ANY, 10000, 10000, 1, 1};
    assert_int_equal(list(slow, m, 8), 1);
    assert_int_equal(m[0].mode.width_px, 1920);
    assert_int_equal(m[0].mode.height_px, 1080);
    assert_int_equal(m[0].mode.fps_num, 2);
}

static void a_silent_driver_is_taken_at_our_word(void **state)
{
    struct lkcam_v4l2_mode m[8];
    set_driver(V4L2_PIX_FMT_UYVY, 0, 0);
    assert_int_equal(list(hd, m, 8), 1);
    assert_int_equal(m[0].mode.width_px, 1280);
    assert_int_equal(m[0].mode.fps_num, 30);
}

static void nonsense_is_left_out(void **state)
{
    struct lkcam_v4l2_mode m[8];
    set_driver(V4L2_PIX_FMT_YUYV, V4L2_FRMSIZE_TYPE_DISCRETE, V4L2_FRMIVAL_TYPE_DISCRETE);
    driver.size.min_width = 641; // odd
    driver.size.min_height = 480;
    driver.discrete[0] = (struct v4l2_fract){1, 30};
    assert_int_equal(list(hd, m, 8), 0);
    driver.size.min_width = UINT32_MAX;
    assert_int_equal(list(hd, m, 8), 0);
    driver.size.min_width = 640;
    driver.discrete[0] = (struct v4l2_fract){0, 30};
    assert_int_equal(list(hd, m, 8), 0);
    driver.discrete[0] = (struct v4l2_fract){1, UINT32_MAX};
    assert_int_equal(list(hd, m, 8), 0);
    set_driver(V4L2_PIX_FMT_RGB565, 0, 0); // not read
    assert_int_equal(list(hd, m, 8), 0);
    set_driver(V4L2_PIX_FMT_YUYV, V4L2_FRMSIZE_TYPE_STEPWISE, 0);
    driver.size = (struct v4l2_frmsize_stepwise){UINT32_MAX, UINT32_MAX, UINT32_MAX,
                                                 1,          UINT32_MAX, UINT32_MAX};
    assert_int_equal(list(hd, m, 8), 0);
}

static void a_driver_that_lists_for_ever_is_cut_off(void **state)
{
    static struct lkcam_v4l2_mode m[LKCAM_V4L2_MODES_MAX];
    set_driver(V4L2_PIX_FMT_YUYV, V4L2_FRMSIZE_TYPE_DISCRETE, V4L2_FRMIVAL_TYPE_DISCRETE);
    driver.endless = true;
    driver.discrete[0] = (struct v4l2_fract){1, 30};
    assert_int_equal(list(hd, m, LKCAM_V4L2_MODES_MAX), LKCAM_V4L2_MODES_MAX);
    assert_in_range(driver.calls, LKCAM_V4L2_MODES_MAX, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_wins_where_it_reaches_the_rate),
        cmocka_unit_test(mjpeg_wins_where_raw_is_too_slow),
        cmocka_unit_test(the_nearest_size_comes_first),
        cmocka_unit_test(a_named_format_is_kept_to),
        cmocka_unit_test(raw_that_is_too_quick_still_beats_mjpeg),
        cmocka_unit_test(of_equals_the_cheapest_to_convert),
        cmocka_unit_test(steps),
        cmocka_unit_test(discrete_modes_are_listed),
        cmocka_unit_test(ranges_give_the_nearest),
        cmocka_unit_test(a_silent_driver_is_taken_at_our_word),
        cmocka_unit_test(nonsense_is_left_out),
        cmocka_unit_test(a_driver_that_lists_for_ever_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
