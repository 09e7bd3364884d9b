// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The list of cameras, from scripted drivers; names, holders and drivers of a kernel: tests/vm.
#include "media/v4l2_device.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "media/v4l2_sys.h"

static struct {
    int open_error[256]; // ENOENT: there is no such node
    uint32_t caps;
    uint32_t fourcc[3], format_flags;
    uint32_t size_type, rate_type;
    uint32_t buffer_type; // as it was asked for
    bool endless;
    int open_now;
    unsigned calls;
} driver;

static int no(int error)
{
    errno = error;
    return -1;
}

static int fake_open(const char *path, int flags)
{
    int number = -1;
    if (sscanf(path, "/dev/video%d", &number) != 1 || driver.open_error[number])
        return no(driver.open_error[number]);
    driver.open_now++;
    return 40;
}

static int fake_close(int fd)
{
    driver.open_now--;
    return 0;
}

static int querycap(struct v4l2_capability *c)
{
    memcpy(c->card, "A name of thirty-two characters.", 32); // without an end
    snprintf((char *)c->driver, sizeof c->driver, "fake");
    snprintf((char *)c->bus_info, sizeof c->bus_info, "\x1b[2Jbus");
    c->capabilities = V4L2_CAP_DEVICE_CAPS;
    c->device_caps = driver.caps;
    return 0;
}

static int enum_fmt(struct v4l2_fmtdesc *e)
{
    driver.buffer_type = e->type;
    if (!driver.endless && (e->index > 2 || !driver.fourcc[e->index]))
        return no(EINVAL);
    e->pixelformat = driver.fourcc[driver.endless ? 0 : e->index];
    e->flags = driver.format_flags;
    snprintf((char *)e->description, sizeof e->description, "Format %u", e->index);
    return 0;
}

static int enum_size(struct v4l2_frmsizeenum *e)
{
    if (!driver.size_type || (e->index > 1 && !driver.endless))
        return no(EINVAL);
    e->type = driver.size_type;
    if (e->type == V4L2_FRMSIZE_TYPE_DISCRETE)
        e->discrete = (struct v4l2_frmsize_discrete){e->index ? 0 : 640, 480};
    else
        e->stepwise = (struct v4l2_frmsize_stepwise){32, 1920, 2, 16, 1080, 0};
    if (driver.endless)
        e->discrete.width = 640;
    return 0;
}

static int enum_rate(struct v4l2_frmivalenum *e)
{
    if (!driver.rate_type || (e->index > 2 && !driver.endless))
        return no(EINVAL);
    e->type = driver.rate_type;
    if (e->type != V4L2_FRMIVAL_TYPE_DISCRETE)
        e->stepwise = (struct v4l2_frmival_stepwise){{1, 60}, {1, 5}, {1, 60}};
    else if (e->index == 1 && !driver.endless)
        e->discrete = (struct v4l2_fract){0, 0};
    else
        e->discrete = e->index ? (struct v4l2_fract){2, 15} : (struct v4l2_fract){1001, 30000};
    return 0;
}

static int fake_ioctl(int fd, unsigned long request, void *arg)
{
    driver.calls++;
    switch (request) {
    case VIDIOC_QUERYCAP:
        return querycap(arg);
    case VIDIOC_ENUM_FMT:
        return enum_fmt(arg);
    case VIDIOC_ENUM_FRAMESIZES:
        return enum_size(arg);
    case VIDIOC_ENUM_FRAMEINTERVALS:
        return enum_rate(arg);
    case VIDIOC_QUERY_EXT_CTRL: {
        struct v4l2_query_ext_ctrl *q = arg;
        uint32_t id = (q->id & ~(uint32_t)V4L2_CTRL_FLAG_NEXT_CTRL) + 1;
        *q = (struct v4l2_query_ext_ctrl){
            .id = id, .type = V4L2_CTRL_TYPE_MENU, .maximum = INT64_MAX, .name = "Endless"};
        return driver.endless ? 0 : no(EINVAL);
    }
    case VIDIOC_QUERYMENU:
        return 0;
    default:
        return no(ENOTTY);
    }
}

static const struct lkcam_v4l2_sys fake = {
    .open = fake_open, .close = fake_close, .ioctl = fake_ioctl};

// What the last one looked like; sizes and rates of its first format.
static struct {
    int count;
    struct lkcam_device device;
    char path[32], problem[160];
    struct lkcam_device_format formats[3];
    struct lkcam_device_size size;
    struct lkcam_rate rates[3];
} seen;

static void keep(void *ctx, const struct lkcam_device *d)
{
    seen.count++;
    seen.device = *d;
    snprintf(seen.path, sizeof seen.path, "%s", d->path);
    snprintf(seen.problem, sizeof seen.problem, "%s", d->problem ? d->problem : "");
    for (size_t i = 0; i < d->format_count && i < 3; i++)
        seen.formats[i] = d->formats[i];
    if (!d->format_count || !d->formats[0].size_count)
        return;
    seen.size = d->formats[0].sizes[0];
    for (size_t i = 0; i < seen.size.rate_count && i < 3; i++)
        seen.rates[i] = seen.size.rates[i];
}

static int setup(void **state)
{
    memset(&driver, 0, sizeof driver);
    memset(&seen, 0, sizeof seen);
    for (int i = 0; i < 256; i++)
        driver.open_error[i] = ENOENT;
    driver.open_error[7] = 0;
    driver.caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    driver.fourcc[0] = V4L2_PIX_FMT_YUYV;
    driver.fourcc[1] = V4L2_PIX_FMT_GREY;
    driver.size_type = V4L2_FRMSIZE_TYPE_DISCRETE;
    driver.rate_type = V4L2_FRMIVAL_TYPE_DISCRETE;
    lkcam_v4l2_sys = &fake;
    return 0;
}

static int teardown(void **state)
{
    assert_int_equal(driver.open_now, 0);
    return 0;
}

static int look(void)
{
    return lkcam_v4l2_devices(keep, NULL);
}

static void a_camera_is_described(void **state)
{
    assert_int_equal(look(), 1);
    assert_string_equal(seen.path, "/dev/video7");
    assert_string_equal(seen.device.card, "A name of thirty-two characters.");
    assert_string_equal(seen.device.driver, "fake");
    assert_string_equal(seen.device.bus, "?[2Jbus");
    assert_null(seen.device.problem);
    assert_int_equal(seen.device.format_count, 2);
    assert_string_equal(seen.formats[0].fourcc, "YUYV");
    assert_string_equal(seen.formats[0].name, "YUYV");
    assert_string_equal(seen.formats[0].description, "Format 0");
    assert_string_equal(seen.formats[1].fourcc, "GREY");
    assert_null(seen.formats[1].name);
}

static void sizes_and_rates_are_listed_without_nonsense(void **state)
{
    look();
    assert_int_equal(seen.formats[0].size_count, 1);
    assert_int_equal(seen.size.width, 640);
    assert_int_equal(seen.size.max_height, 480);
    assert_int_equal(seen.size.step_width, 0);
    assert_int_equal(seen.size.rate_count, 2);
    assert_int_equal(seen.rates[0].num, 30000);
    assert_int_equal(seen.rates[0].den, 1001);
    assert_int_equal(seen.rates[1].num, 15);
}

static void ranges_are_listed_as_such(void **state)
{
    driver.size_type = V4L2_FRMSIZE_TYPE_STEPWISE;
    driver.rate_type = V4L2_FRMIVAL_TYPE_CONTINUOUS;
    look();
    assert_int_equal(seen.formats[0].size_count, 1);
    assert_int_equal(seen.size.width, 32);
    assert_int_equal(seen.size.max_width, 1920);
    assert_int_equal(seen.size.step_width, 2);
    assert_int_equal(seen.size.step_height, 1);
    assert_true(seen.size.rate_range);
    assert_int_equal(seen.rates[0].num, 5);
    assert_int_equal(seen.rates[1].num, 60);
}

static void what_is_not_listed_is_none(void **state)
{
    driver.size_type = 0;
    look();
    assert_int_equal(seen.formats[0].size_count, 0);
    driver.size_type = V4L2_FRMSIZE_TYPE_DISCRETE;
    driver.rate_type = 0;
    look();
    assert_int_equal(seen.size.rate_count, 0);
}

static void a_format_made_in_software_is_not_read(void **state)
{
    driver.format_flags = V4L2_FMT_FLAG_EMULATED;
    look();
    assert_null(seen.formats[0].name);
}

static void what_is_no_camera_is_left_out(void **state)
{
    driver.caps = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
    assert_int_equal(look(), 0);
    driver.caps = V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING;
    assert_int_equal(look(), 0);
    driver.open_error[7] = ENODEV;
    assert_int_equal(look(), 0);
    assert_int_equal(seen.count, 0);
}

static void what_cannot_be_opened_says_why(void **state)
{
    driver.open_error[7] = EACCES;
    assert_int_equal(look(), 1);
    assert_string_equal(seen.path, "/dev/video7");
    assert_non_null(strstr(seen.problem, "group video"));
    assert_int_equal(seen.device.format_count, 0);
    driver.open_error[7] = EBUSY;
    assert_int_equal(look(), 1);
    assert_non_null(strstr(seen.problem, "in use"));
    driver.open_error[7] = EIO;
    assert_int_equal(look(), 1);
    assert_non_null(strstr(seen.problem, "Input/output error"));
}

static void several_are_told_apart(void **state)
{
    driver.open_error[0] = 0;
    driver.open_error[255] = EACCES;
    assert_int_equal(look(), 3);
    assert_int_equal(seen.count, 3);
    assert_string_equal(seen.path, "/dev/video255");
    assert_int_equal(seen.device.control_count, 0);
}

static void a_driver_that_lists_for_ever_is_cut_off(void **state)
{
    driver.endless = true;
    assert_int_equal(look(), 1);
    assert_int_equal(seen.device.format_count, 128);
    assert_int_equal(seen.device.control_count, 256);
    assert_in_range(driver.calls, 1000, 50000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_camera_is_described),
        TEST(sizes_and_rates_are_listed_without_nonsense),
        TEST(ranges_are_listed_as_such),
        TEST(what_is_not_listed_is_none),
        TEST(a_format_made_in_software_is_not_read),
        TEST(what_is_no_camera_is_left_out),
        TEST(what_cannot_be_opened_says_why),
        TEST(several_are_told_apart),
        TEST(a_driver_that_lists_for_ever_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
