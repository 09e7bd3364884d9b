// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/source.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"

enum { W = 64, H = 48, FRAME = W * H * 3 / 2 };

static char file[] = "/tmp/lkcam_clip_XXXXXX";

static void write_file(const void *p, size_t len)
{
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, len, f), len);
    fclose(f);
}

// Frame i is filled with 10 + i.
static size_t make_y4m(uint8_t *out, int frames, const char *head)
{
    size_t at = (size_t)sprintf((char *)out, "%s", head);
    for (int i = 0; i < frames; i++) {
        at += (size_t)sprintf((char *)out + at, "FRAME%s\n", i % 2 ? " Xodd" : "");
        memset(out + at, 10 + i, FRAME);
        at += FRAME;
    }
    return at;
}

static int open_clip(struct lkcam_source **s, struct lkcam_source_mode want,
                     struct lkcam_source_error *why)
{
    struct lkcam_clip_config cfg = {.file = file, .want = want};
    return lkcam_clip_open(s, &cfg, why);
}

static int take(struct lkcam_source *s, struct lkcam_frame *f)
{
    struct pollfd p = {.fd = s->ops->fd(s), .events = POLLIN};
    assert_int_equal(poll(&p, 1, 1000), 1);
    return s->ops->take_latest(s, f);
}

static void a_clip_plays_in_a_loop(void **state)
{
    static uint8_t bytes[4 * (FRAME + 32)];
    write_file(bytes, make_y4m(bytes, 3, "YUV4MPEG2 W64 H48 F200:1 C420jpeg\n"));
    struct lkcam_source *s;
    struct lkcam_source_error why;
    struct lkcam_frame f;
    assert_int_equal(open_clip(&s, (struct lkcam_source_mode){0}, &why), 0);
    assert_int_equal(s->mode.width_px, W);
    assert_int_equal(s->mode.fps_num, 200);
    assert_int_equal(s->mode.format, LKCAM_PIXEL_I420);
    lkcam_us start = 0;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(take(s, &f), 1);
        assert_int_equal(f.plane[0][0], 10 + f.sequence % 3);
        assert_int_equal(f.plane[2][W * H / 4 - 1], 10 + f.sequence % 3);
        if (f.sequence == 0)
            start = f.captured;
        assert_int_equal(f.captured - start, (lkcam_us)f.sequence * 5000);
        assert_int_equal(s->ops->give_back(s, &f), 0);
    }
    assert_int_equal(s->counters.taken, 10);
    lkcam_source_close(&s);
    assert_null(s);
}

static void a_partial_last_frame_is_left_out(void **state)
{
    static uint8_t bytes[4 * (FRAME + 32)];
    size_t len = make_y4m(bytes, 2, "YUV4MPEG2 W64 H48 F240:1\n");
    write_file(bytes, len - 1);
    struct lkcam_source *s;
    struct lkcam_source_error why;
    struct lkcam_frame f;
    assert_int_equal(open_clip(&s, (struct lkcam_source_mode){0}, &why), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(take(s, &f), 1);
        assert_int_equal(f.plane[0][0], 10);
        s->ops->give_back(s, &f);
    }
    lkcam_source_close(&s);

    write_file(bytes, 200);
    assert_int_equal(open_clip(&s, (struct lkcam_source_mode){0}, &why), -EBADMSG);
    assert_non_null(strstr(why.text, "shorter than one frame"));
}

static void a_rate_that_no_camera_has_is_refused(void **state)
{
    static const char *const heads[] = {"YUV4MPEG2 W64 H48 F1:2000\n", "YUV4MPEG2 W64 H48 F1:10\n",
                                        "YUV4MPEG2 W64 H48 F241:1\n"};
    static uint8_t bytes[4 * (FRAME + 32)];
    struct lkcam_source *s;
    struct lkcam_source_error why;
    for (int i = 0; i < 3; i++) {
        write_file(bytes, make_y4m(bytes, 2, heads[i]));
        assert_int_equal(open_clip(&s, (struct lkcam_source_mode){0}, &why), -EINVAL);
        assert_non_null(strstr(why.text, "not played"));
    }
    write_file(bytes, make_y4m(bytes, 2, "YUV4MPEG2 W64 H48 F1:9\n"));
    assert_int_equal(open_clip(&s, (struct lkcam_source_mode){0}, &why), 0);
    lkcam_source_close(&s);
}

static void raw_needs_a_size_and_a_format(void **state)
{
    static uint8_t bytes[W * H * 2 * 2];
    memset(bytes, 77, sizeof bytes);
    write_file(bytes, sizeof bytes);
    struct lkcam_source *s;
    struct lkcam_source_error why;
    struct lkcam_frame f;
    struct lkcam_source_mode want = {LKCAM_PIXEL_YUYV, W, H, 0, 0};
    assert_int_equal(open_clip(&s, want, &why), 0);
    assert_int_equal(s->mode.fps_num, 30);
    assert_int_equal(take(s, &f), 1);
    assert_int_equal(f.stride_bytes[0], W * 2);
    assert_int_equal(f.bytes, W * H * 2);
    assert_int_equal(f.plane[0][W * H * 2 - 1], 77);
    s->ops->give_back(s, &f);
    lkcam_source_close(&s);

    want.format = LKCAM_PIXEL_NONE;
    assert_int_equal(open_clip(&s, want, &why), -EINVAL);
    assert_non_null(strstr(why.text, "say the format"));
    want.format = LKCAM_PIXEL_MJPEG;
    assert_int_equal(open_clip(&s, want, &why), -EINVAL);
    want.format = LKCAM_PIXEL_NV12;
    want.width_px = 63;
    assert_int_equal(open_clip(&s, want, &why), -EINVAL);
}

static void what_is_no_clip_is_said_clearly(void **state)
{
    struct lkcam_source *s;
    struct lkcam_source_error why;
    write_file("", 0);
    assert_int_equal(open_clip(&s, (struct lkcam_source_mode){0}, &why), -EBADMSG);
    write_file("YUV4MPEG2 W64 H48 C444\nFRAME\n", 29);
    assert_int_equal(open_clip(&s, (struct lkcam_source_mode){0}, &why), -EINVAL);
    assert_non_null(strstr(why.text, "4:2:0"));
    struct lkcam_clip_config cfg = {.file = "/tmp/no/such/file.y4m"};
    assert_int_equal(lkcam_clip_open(&s, &cfg, &why), -ENOENT);
    assert_string_equal(why.text, "/tmp/no/such/file.y4m: there is no such file");
    cfg.file = "/tmp";
    assert_int_equal(lkcam_clip_open(&s, &cfg, &why), -EBADMSG);
}

static void a_file_cut_off_while_it_plays_ends_the_source(void **state)
{
    static uint8_t bytes[4 * (FRAME + 32)];
    write_file(bytes, make_y4m(bytes, 3, "YUV4MPEG2 W64 H48 F240:1\n"));
    struct lkcam_source *s;
    struct lkcam_source_error why;
    struct lkcam_frame f;
    assert_int_equal(open_clip(&s, (struct lkcam_source_mode){0}, &why), 0);
    assert_int_equal(truncate(file, 100), 0);
    assert_int_equal(take(s, &f), -ENODATA);
    lkcam_source_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clip_plays_in_a_loop),
        cmocka_unit_test(a_partial_last_frame_is_left_out),
        cmocka_unit_test(a_rate_that_no_camera_has_is_refused),
        cmocka_unit_test(raw_needs_a_size_and_a_format),
        cmocka_unit_test(what_is_no_clip_is_said_clearly),
        cmocka_unit_test(a_file_cut_off_while_it_plays_ends_the_source),
    };
    close(mkstemp(file));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(file);
    return failed;
}
