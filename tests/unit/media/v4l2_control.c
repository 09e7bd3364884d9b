// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Controls, from the words of a person to what a scripted camera is told.
#include "media/v4l2_control.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cmocka_all.h"
#include "media/source.h"
#include "media/v4l2_setting.h"
#include "scripted_camera.h"

static char logged[512];

static void sink(void *ctx, int level, const char *line)
{
    snprintf(logged, sizeof logged, "%s", line);
}

enum { AUTO_EXPOSURE = V4L2_CID_EXPOSURE_AUTO, EXPOSURE = V4L2_CID_EXPOSURE_ABSOLUTE };

#define NAMED(number, kind, title) .id = number, .type = V4L2_CTRL_TYPE_##kind, .name = title
#define RANGE(least, most) .min = least, .max = most
#define OWN(n) (V4L2_CID_USER_BASE + 100 + n)

static const struct scripted_control ordinary[] = {
    {NAMED(V4L2_CID_USER_CLASS, CTRL_CLASS, "User Controls")},
    {NAMED(V4L2_CID_BRIGHTNESS, INTEGER, "Brightness"), RANGE(-64, 64), .value = 5},
    {NAMED(V4L2_CID_CONTRAST, INTEGER, "Contrast"), RANGE(0, 9), .flags = V4L2_CTRL_FLAG_DISABLED},
    {NAMED(V4L2_CID_HFLIP, BOOLEAN, "Horizontal Flip"), RANGE(0, 1),
     .flags = V4L2_CTRL_FLAG_READ_ONLY},
    {NAMED(V4L2_CID_POWER_LINE_FREQUENCY, MENU, "Power Line Frequency"), RANGE(0, 3), .value = 2,
     .items = {"Disabled", NULL, "60 Hz", "Auto"}},
    {NAMED(OWN(0), BITMASK, "Bits"), RANGE(0, 0x80000001), .value = 0x80000000},
    {NAMED(OWN(1), INTEGER64, "Wide"), RANGE(INT64_MIN, INT64_MAX), .value = -7},
    {NAMED(OWN(2), STRING, "Owner"), RANGE(0, 20), .text = "nobody"},
    {NAMED(OWN(3), BUTTON, "Focus Now"), .flags = V4L2_CTRL_FLAG_WRITE_ONLY},
    {NAMED(OWN(4), INTEGER_MENU, "Gain Steps"), RANGE(0, 1), .value = 1, .numbers = {100, 200}},
    {NAMED(OWN(5), INTEGER, "Table"), RANGE(0, 9), .dims = 1},
    {NAMED(AUTO_EXPOSURE, MENU, "Auto Exposure"), RANGE(0, 3), .value = 3,
     .items = {NULL, "Manual Mode", NULL, "Aperture Priority Mode"}, .wakes = EXPOSURE},
    {NAMED(EXPOSURE, INTEGER, "Exposure Time, Absolute"), RANGE(1, 5000),
     .flags = V4L2_CTRL_FLAG_INACTIVE},
};

static const struct scripted_control dark = {
    NAMED(V4L2_CID_EXPOSURE_AUTO_PRIORITY, BOOLEAN, "Exposure, Dynamic Framerate"), RANGE(0, 1),
    .value = 1};

static int setup(void **state)
{
    camera_setup(NULL);
    memcpy(cam.control, ordinary, sizeof ordinary);
    cam.controls = sizeof ordinary / sizeof *ordinary;
    logged[0] = why.text[0] = '\0';
    lkcam_log_install(sink, NULL);
    return 0;
}

static int set_many(const struct lkcam_control *controls, size_t count)
{
    return lkcam_v4l2_set(FD, "Fake Camera 9", controls, count, &why);
}

static int set_to(const char *name, const char *value)
{
    struct lkcam_control c = {name, value};
    cam.journal[0] = '\0';
    return set_many(&c, 1);
}

static void what_holds_one_value_is_listed(void **state)
{
    static const char *const names[] = {"brightness",
                                        "horizontal_flip",
                                        "power_line_frequency",
                                        "bits",
                                        "wide",
                                        "owner",
                                        "focus_now",
                                        "gain_steps",
                                        "auto_exposure",
                                        "exposure_time_absolute"};
    struct lkcam_v4l2_walk walk = {0};
    struct lkcam_device_control c;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_true(lkcam_v4l2_control_next(FD, &walk, &c));
        assert_string_equal(c.name, names[i]);
    }
    assert_int_equal(c.flags, LKCAM_CONTROL_INACTIVE);
    assert_string_equal(c.title, "Exposure Time, Absolute");
    assert_false(lkcam_v4l2_control_next(FD, &walk, &c));
}

static struct lkcam_device_control described(const char *name)
{
    struct lkcam_v4l2_walk walk = {0};
    struct lkcam_device_control c;
    while (lkcam_v4l2_control_next(FD, &walk, &c))
        if (!strcmp(c.name, name)) {
            lkcam_v4l2_control_read(FD, &c);
            return c;
        }
    fail_msg("no %s", name);
    return c;
}

static void values_are_read(void **state)
{
    assert_int_equal(described("brightness").value, 5);
    assert_int_equal(described("brightness").min, -64);
    assert_true(described("bits").value == 0x80000000);
    assert_true(described("bits").max == 0x80000001);
    assert_true(described("wide").value == -7);
    assert_string_equal(described("owner").text, "nobody");
    assert_false(described("focus_now").readable);
    assert_true(described("wide").readable);
}

static void menus_may_have_holes(void **state)
{
    struct lkcam_menu_item items[8];
    struct lkcam_device_control c = described("power_line_frequency");
    assert_int_equal(lkcam_v4l2_control_menu(FD, &c, items, 8), 3);
    assert_int_equal(items[1].index, 2);
    assert_string_equal(items[1].name, "60 Hz");
    assert_int_equal(lkcam_v4l2_control_menu(FD, &c, items, 2), 2);
    c = described("gain_steps");
    assert_int_equal(lkcam_v4l2_control_menu(FD, &c, items, 8), 2);
    assert_true(items[1].value == 200);
    c = described("brightness");
    assert_int_equal(lkcam_v4l2_control_menu(FD, &c, items, 8), 0);
}

static void each_type_is_set(void **state)
{
    static const struct {
        const char *name, *value, *told;
    } cases[] = {
        {"brightness", "-3", "Brightness=-3 "},
        {"power_line_frequency", "60 Hz", "Power Line Frequency=2 "},
        {"power_line_frequency", "3", "Power Line Frequency=3 "},
        {"bits", "0x80000000", "Bits=-2147483648 "},
        {"wide", "9223372036854775807", "Wide=9223372036854775807 "},
        {"owner", "crane 7", "Owner=crane 7 "},
        {"owner", "", "Owner= "},
        {"focus_now", NULL, "Focus Now=0 "},
        {"focus_now", "1", "Focus Now=0 "},
        {"gain_steps", "0", "Gain Steps=0 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(set_to(cases[i].name, cases[i].value), 0);
        assert_string_equal(cam.journal, cases[i].told);
    }
    assert_string_equal(logged, "");
}

static void the_order_is_kept_and_makes_way(void **state)
{
    const struct lkcam_control manual[] = {{"auto_exposure", "1"},
                                           {"exposure_time_absolute", "300"},
                                           {"brightness", "1"},
                                           {"brightness", "2"}};
    assert_int_equal(set_many(manual, 4), 0);
    assert_string_equal(cam.journal, "Auto Exposure=1 Exposure Time, Absolute=300 Brightness=1 "
                                     "Brightness=2 ");
}

static void what_cannot_be_set_is_said(void **state)
{
    static const struct {
        const char *name, *value;
        int err;
        const char *text;
    } cases[] = {
        {"brigthness", "1", -ENOENT,
         "Fake Camera 9: has no control brigthness; did you mean brightness?"},
        {"exposure", "1", -ENOENT,
         "Fake Camera 9: has no control exposure; did you mean auto_exposure?"},
        {"table", "1", -ENOENT,
         "Fake Camera 9: has no control table; 'lkcam devices' lists those it has"},
        {"horizontal_flip", "1", -EACCES,
         "Fake Camera 9: control horizontal_flip can only be read; leave it out"},
        {"exposure_time_absolute", "300", -EACCES,
         "Fake Camera 9: control exposure_time_absolute is ruled out by another one (an automatic "
         "mode, for most); set that one before it"},
        {"brightness", "65", -ERANGE,
         "Fake Camera 9: control brightness cannot be '65'; it takes a whole number from -64 to "
         "64"},
        {"brightness", "bright", -EINVAL,
         "Fake Camera 9: control brightness cannot be 'bright'; it takes a whole number from -64 "
         "to 64"},
        {"brightness", NULL, -EINVAL,
         "Fake Camera 9: control brightness cannot be ''; it takes a whole number from -64 to 64"},
        {"power_line_frequency", "50 Hz", -EINVAL,
         "Fake Camera 9: control power_line_frequency cannot be '50 Hz'; it takes one of 0 "
         "Disabled, 2 60 Hz, 3 Auto"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(set_to(cases[i].name, cases[i].value), cases[i].err);
        assert_string_equal(why.text, cases[i].text);
        assert_string_equal(cam.journal, "");
    }
    cam.controls = 0;
    assert_int_equal(set_to("brightness", "1"), -ENOENT);
}

static struct scripted_control *scripted(uint32_t id)
{
    return control_at(id);
}

static void what_the_driver_refuses_is_said(void **state)
{
    scripted(V4L2_CID_BRIGHTNESS)->flags = V4L2_CTRL_FLAG_GRABBED;
    assert_int_equal(set_to("brightness", "1"), -EACCES);
    assert_non_null(strstr(why.text, "control brightness is taken by another program"));
    scripted(V4L2_CID_BRIGHTNESS)->flags = 0;
    scripted(V4L2_CID_BRIGHTNESS)->error = EBUSY;
    assert_int_equal(set_to("brightness", "1"), -EACCES);
    scripted(V4L2_CID_BRIGHTNESS)->error = EIO;
    assert_int_equal(set_to("brightness", "1"), -EIO);
    assert_string_equal(why.text, "Fake Camera 9: the driver refuses brightness=1 (Input/output "
                                  "error); it takes a whole number from -64 to 64");
    scripted(V4L2_CID_BRIGHTNESS)->error = ENODEV;
    assert_int_equal(set_to("brightness", "1"), -ENODEV);
    assert_non_null(strstr(why.text, "unplugged"));
}

static void what_the_driver_makes_of_it_is_logged(void **state)
{
    scripted(V4L2_CID_BRIGHTNESS)->rounds_to = 8;
    assert_int_equal(set_to("brightness", "7"), 0);
    assert_string_equal(logged, "Fake Camera 9: control brightness: asked for 7, it has become 8");
}

// ---- The rate in the dark -----------------------------------------------------------------------

static void with_dark_mode(const char *name)
{
    cam.control[cam.controls] = dark;
    cam.control[cam.controls++].name = name;
}

static void the_rate_is_kept_in_the_dark(void **state)
{
    with_dark_mode(dark.name);
    assert_int_equal(set_many(NULL, 0), 0);
    assert_string_equal(cam.journal, "Exposure, Dynamic Framerate=0 ");
    assert_int_equal(set_to("brightness", "1"), 0);
    assert_string_equal(cam.journal, "Brightness=1 Exposure, Dynamic Framerate=0 ");
}

static void unless_it_is_named(void **state)
{
    with_dark_mode("Exposure, Auto Priority"); // older kernels
    assert_int_equal(set_to("exposure_dynamic_framerate", "1"), 0);
    assert_string_equal(cam.journal, "Exposure, Auto Priority=1 ");
    assert_int_equal(set_to("exposure_auto_priority", "1"), 0);
    assert_string_equal(cam.journal, "Exposure, Auto Priority=1 ");
}

static void a_driver_that_refuses_does_not_end_it(void **state)
{
    with_dark_mode(dark.name);
    scripted(dark.id)->error = EIO;
    assert_int_equal(set_many(NULL, 0), 0);
    assert_string_equal(logged, "Fake Camera 9: control exposure_dynamic_framerate cannot be "
                                "switched off: Input/output error");
    logged[0] = '\0';
    scripted(dark.id)->flags = V4L2_CTRL_FLAG_READ_ONLY;
    assert_int_equal(set_many(NULL, 0), 0);
    assert_string_equal(logged, "");
    scripted(dark.id)->flags = 0;
    scripted(dark.id)->type = V4L2_CTRL_TYPE_STRING;
    assert_int_equal(set_many(NULL, 0), 0);
    assert_string_equal(cam.journal, "");
}

// ---- In the opening of a camera -----------------------------------------------------------------

static int open_with(struct lkcam_source **s, const char *name, const char *value)
{
    struct lkcam_control c = {name, value};
    struct lkcam_v4l2_config cfg = {.device = "/dev/video0",
                                    .want = {LKCAM_PIXEL_NONE, 64, 48, 30, 1},
                                    .controls = &c,
                                    .control_count = 1};
    return lkcam_v4l2_open(s, &cfg, &why);
}

static void set_after_the_format_and_before_the_stream(void **state)
{
    struct lkcam_source *s;
    with_dark_mode(dark.name);
    assert_int_equal(open_with(&s, "brightness", "9"), 0);
    assert_string_equal(cam.journal, "fmt Brightness=9 Exposure, Dynamic Framerate=0 on ");
    lkcam_source_close(&s);
}

static void a_refusal_leaves_nothing_open(void **state)
{
    struct lkcam_source *s;
    assert_int_equal(open_with(&s, "brightness", "999"), -ERANGE);
    assert_string_equal(why.text, "Fake Camera 9 (/dev/video0): control brightness cannot be '999';"
                                  " it takes a whole number from -64 to 64");
    assert_string_equal(cam.journal, "fmt ");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, camera_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_holds_one_value_is_listed),
        TEST(values_are_read),
        TEST(menus_may_have_holes),
        TEST(each_type_is_set),
        TEST(the_order_is_kept_and_makes_way),
        TEST(what_cannot_be_set_is_said),
        TEST(what_the_driver_refuses_is_said),
        TEST(what_the_driver_makes_of_it_is_logged),
        TEST(the_rate_is_kept_in_the_dark),
        TEST(unless_it_is_named),
        TEST(a_driver_that_refuses_does_not_end_it),
        TEST(set_after_the_format_and_before_the_stream),
        TEST(a_refusal_leaves_nothing_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
