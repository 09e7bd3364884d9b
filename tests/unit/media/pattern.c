// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/source.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmocka_all.h"
#include "media/clock_face.h"
#include "media/stamp.h"

enum { W = 640, H = 360, BYTES = W * H * 3 / 2 };

static uint8_t one[BYTES], two[BYTES];

static void a_number_has_one_picture(void **state)
{
    lkcam_pattern_draw(one, W, H, 12345);
    memset(two, 0, sizeof two);
    lkcam_pattern_draw(two, W, H, 999);
    lkcam_pattern_draw(two, W, H, 12345);
    assert_memory_equal(one, two, BYTES);
}

static void pictures_move_and_have_texture(void **state)
{
    for (uint32_t id = 0; id < 1000; id += 97) {
        lkcam_pattern_draw(one, W, H, id);
        lkcam_pattern_draw(two, W, H, id + 1);
        long changed = 0, rough = 0;
        for (int i = 0; i < W * H - 1; i++) {
            changed += one[i] != two[i];
            rough += labs((long)one[i + 1] - one[i]);
        }
        assert_true(changed > W * H / 2);
        assert_true(rough > W * H * 2); // more than 2 steps of grey from pixel to pixel
    }
}

// What is at a place now was 4 px to the right and 2 px below it before, but for the grain (0 to 4)
// and what crosses the texture.
static void the_texture_pans(void **state)
{
    int same = 0, count = 0;
    lkcam_pattern_draw(one, W, H, 50);
    lkcam_pattern_draw(two, W, H, 51);
    for (int y = 0; y < H - 2; y++)
        for (int x = 0; x < W - 4; x++, count++)
            same += abs(two[y * W + x] - one[(y + 2) * W + x + 4]) <= 4;
    assert_true(same > count * 9 / 10);
}

static void luma_and_chroma_stay_in_the_video_range(void **state)
{
    for (uint32_t id = 0; id < 500; id += 61) {
        lkcam_pattern_draw(one, W, H, id);
        for (int i = 0; i < BYTES; i++)
            assert_in_range(one[i], 16, i < W * H ? 235 : 240);
    }
}

static void every_size_stays_inside_its_picture(void **state)
{
    static const int sizes[][2] = {{64, 64}, {66, 130}, {64, 720}, {720, 64}, {1282, 722}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t len = lkcam_pixel_bytes(LKCAM_PIXEL_I420, sizes[i][0], sizes[i][1]);
        uint8_t *p = malloc(len + 64);
        memset(p + len, 0xa5, 64);
        for (uint32_t id = 0; id < 400; id++)
            lkcam_pattern_draw(p, sizes[i][0], sizes[i][1], id * 7);
        lkcam_pattern_draw(p, sizes[i][0], sizes[i][1], UINT32_MAX);
        for (int k = 0; k < 64; k++)
            assert_int_equal(p[len + (size_t)k], 0xa5);
        free(p);
    }
}

static int take(struct lkcam_source *s, struct lkcam_frame *f)
{
    struct pollfd p = {.fd = s->ops->fd(s), .events = POLLIN};
    assert_int_equal(poll(&p, 1, 1000), 1);
    return s->ops->take_latest(s, f);
}

static bool is_masked(int x, int y)
{
    struct lkcam_rect clock;
    assert_true(lkcam_clock_face_place(W, H, &clock));
    int block = lkcam_stamp_block_px(W, H);
    if (x < LKCAM_STAMP_COLUMNS * block && y < LKCAM_STAMP_ROWS * block)
        return true;
    return x < clock.x_px + clock.width_px && y >= clock.y_px && y < clock.y_px + clock.height_px;
}

static void the_source_draws_the_picture_the_stamp_and_the_clock(void **state)
{
    struct lkcam_source *s;
    struct lkcam_source_error why;
    struct lkcam_frame f;
    struct lkcam_source_mode want = {LKCAM_PIXEL_NONE, W, H, 100, 1};
    assert_int_equal(lkcam_pattern_open(&s, &want, &why), 0);
    assert_int_equal(s->mode.format, LKCAM_PIXEL_I420);
    uint64_t next = 0;
    lkcam_us start = 0;
    for (int i = 0; i < 5; i++) {
        uint32_t id = 0;
        lkcam_us time = 0;
        assert_int_equal(take(s, &f), 1);
        assert_true(f.sequence >= next);
        next = f.sequence + 1;
        if (f.sequence == 0)
            start = f.captured;
        assert_int_equal(f.captured - start, (lkcam_us)f.sequence * 10000); // no drift
        assert_true(lkcam_stamp_read(f.plane[0], W, W, H, &id, &time));
        assert_int_equal(id, f.sequence);
        assert_int_equal(time, f.captured);
        lkcam_pattern_draw(one, W, H, id);
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++)
                if (!is_masked(x, y))
                    assert_int_equal(f.plane[0][y * W + x], one[y * W + x]);
        assert_int_equal(s->ops->give_back(s, &f), 0);
    }
    assert_int_equal(s->counters.taken, 5);
    assert_int_equal(s->counters.stale, next - 5);
    lkcam_source_close(&s);
}

static void a_late_wake_up_gets_the_newest(void **state)
{
    struct lkcam_source *s;
    struct lkcam_source_error why;
    struct lkcam_frame f;
    struct lkcam_source_mode want = {LKCAM_PIXEL_NONE, 64, 64, 200, 1};
    assert_int_equal(lkcam_pattern_open(&s, &want, &why), 0);
    assert_int_equal(take(s, &f), 1);
    s->ops->give_back(s, &f);
    uint64_t first = f.sequence;
    struct timespec nap = {0, 52000000}; // the lateness is the subject
    nanosleep(&nap, NULL);
    assert_int_equal(s->ops->take_latest(s, &f), 1);
    s->ops->give_back(s, &f);
    assert_true(f.sequence >= first + 10);
    assert_int_equal(s->counters.stale, f.sequence - 1);
    assert_int_equal(s->ops->take_latest(s, &f), 0); // and not the same one again
    lkcam_source_close(&s);
}

static void a_camera_like_format_is_given_where_asked_for(void **state)
{
    const enum lkcam_pixel_format formats[] = {LKCAM_PIXEL_YUYV, LKCAM_PIXEL_UYVY,
                                               LKCAM_PIXEL_NV12};
    for (int i = 0; i < 3; i++) {
        struct lkcam_source *s;
        struct lkcam_source_error why;
        struct lkcam_frame f;
        struct lkcam_source_mode want = {formats[i], W, H, 30, 1};
        assert_int_equal(lkcam_pattern_open(&s, &want, &why), 0);
        assert_int_equal(take(s, &f), 1);
        assert_int_equal(f.format, formats[i]);
        assert_int_equal(f.bytes, lkcam_pixel_bytes(formats[i], W, H));
        int step = i == 2 ? 1 : 2, offset = i == 1;
        for (int p = 0; p < W * H; p++)
            one[p] = f.plane[0][p * step + offset];
        uint32_t id;
        lkcam_us time;
        assert_true(lkcam_stamp_read(one, W, W, H, &id, &time));
        s->ops->give_back(s, &f);
        lkcam_source_close(&s);
    }
}

static void impossible_wishes_are_refused_in_words(void **state)
{
    static const struct lkcam_source_mode wishes[] = {
        {LKCAM_PIXEL_NONE, 62, 64, 30, 1},    {LKCAM_PIXEL_NONE, 65, 64, 30, 1},
        {LKCAM_PIXEL_NONE, 64, 7682, 30, 1},  {LKCAM_PIXEL_NONE, 64, 64, 0, 1},
        {LKCAM_PIXEL_NONE, 64, 64, 30, 0},    {LKCAM_PIXEL_NONE, 64, 64, 1000, 1},
        {LKCAM_PIXEL_MJPEG, 640, 480, 30, 1},
    };
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        struct lkcam_source *s;
        struct lkcam_source_error why = {""};
        assert_int_equal(lkcam_pattern_open(&s, &wishes[i], &why), -EINVAL);
        assert_true(strlen(why.text) > 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_has_one_picture),
        cmocka_unit_test(pictures_move_and_have_texture),
        cmocka_unit_test(the_texture_pans),
        cmocka_unit_test(luma_and_chroma_stay_in_the_video_range),
        cmocka_unit_test(every_size_stays_inside_its_picture),
        cmocka_unit_test(the_source_draws_the_picture_the_stamp_and_the_clock),
        cmocka_unit_test(a_late_wake_up_gets_the_newest),
        cmocka_unit_test(a_camera_like_format_is_given_where_asked_for),
        cmocka_unit_test(impossible_wishes_are_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
