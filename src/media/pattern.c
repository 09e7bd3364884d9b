// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The test pattern as a source: picture, stamp and clock at a camera's beat. Reads the wall clock,
// for its clock face.
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "media/clock_face.h"
#include "media/convert.h"
#include "media/source.h"
#include "media/stamp.h"
#include "media/ticker.h"

struct pattern {
    struct lkcam_source base;
    struct lkcam_ticker ticker;
    lkcam_us midnight; // of local time, as CLOCK_MONOTONIC would have shown it
    uint8_t *drawn;    // I420
    uint8_t *packed;   // where another format was asked for
    bool lent;
};

// Today's local midnight on the monotonic clock. Read once: the clock face ignores a change to
// summer time, and whoever sets the clock.
static lkcam_us find_midnight(void)
{
    struct timespec wall, mono;
    struct tm local;
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_MONOTONIC, &mono);
    localtime_r(&wall.tv_sec, &local);
    lkcam_us since = LKCAM_SECONDS((wall.tv_sec + local.tm_gmtoff) % 86400) + wall.tv_nsec / 1000;
    return LKCAM_SECONDS(mono.tv_sec) + mono.tv_nsec / 1000 - since;
}

static int pattern_fd(const struct lkcam_source *s)
{
    return ((const struct pattern *)s)->ticker.fd;
}

static void draw(struct pattern *p, uint32_t id, lkcam_us captured)
{
    int width = p->base.mode.width_px, height = p->base.mode.height_px;
    uint8_t *u = p->drawn + (ptrdiff_t)width * height,
            *v = u + (ptrdiff_t)(width / 2) * (height / 2);
    lkcam_pattern_draw(p->drawn, width, height, id);
    lkcam_stamp_draw(p->drawn, width, u, v, width / 2, width, height, id, captured);
    lkcam_clock_face_draw(p->drawn, width, u, v, width / 2, width, height, captured - p->midnight);
    if (p->packed)
        lkcam_convert_from_i420(p->drawn, width, height, p->base.mode.format, p->packed);
}

static int pattern_take_latest(struct lkcam_source *s, struct lkcam_frame *out)
{
    struct pattern *p = (struct pattern *)s;
    assert(!p->lent);
    uint64_t number, late;
    lkcam_us due;
    int taken = lkcam_ticker_take(&p->ticker, &number, &due, &late);
    if (taken <= 0)
        return taken;
    draw(p, (uint32_t)number, due);
    *out = (struct lkcam_frame){.captured = due, .start_of_exposure = true, .sequence = number};
    lkcam_frame_lay_out(out, s->mode.format, s->mode.width_px, s->mode.height_px,
                        p->packed ? p->packed : p->drawn, 0);
    out->bytes = lkcam_pixel_bytes(s->mode.format, s->mode.width_px, s->mode.height_px);
    s->counters.taken++;
    s->counters.stale += late;
    p->lent = true;
    return 1;
}

static int pattern_give_back(struct lkcam_source *s, const struct lkcam_frame *f)
{
    struct pattern *p = (struct pattern *)s;
    assert(p->lent);
    p->lent = false;
    return 0;
}

static void pattern_close(struct lkcam_source *s)
{
    struct pattern *p = (struct pattern *)s;
    lkcam_ticker_close(&p->ticker);
    free(p->drawn);
    free(p->packed);
    free(p);
}

static const struct lkcam_source_ops ops = {pattern_fd, pattern_take_latest, pattern_give_back,
                                            pattern_close};

static int check(const struct lkcam_source_mode *m, struct lkcam_source_error *why)
{
    if (m->width_px < 64 || m->width_px > 7680 || m->height_px < 64 || m->height_px > 7680 ||
        m->width_px % 2 || m->height_px % 2) {
        snprintf(
            why->text, sizeof why->text,
            "the test pattern cannot be %dx%d: width and height are even numbers from 64 to 7680",
            m->width_px, m->height_px);
        return -EINVAL;
    }
    if (m->fps_num < 1 || m->fps_den < 1 || m->fps_num / m->fps_den > 240) {
        snprintf(why->text, sizeof why->text,
                 "the test pattern cannot run at %d/%d frames a second: ask for 1 to 240",
                 m->fps_num, m->fps_den);
        return -EINVAL;
    }
    if (m->format == LKCAM_PIXEL_MJPEG) {
        snprintf(why->text, sizeof why->text,
                 "the test pattern has no MJPEG: ask for another format, or name none");
        return -EINVAL;
    }
    return 0;
}

static int open_in(struct pattern *p, const struct lkcam_source_mode *want)
{
    struct lkcam_source_mode *m = &p->base.mode;
    *m = *want;
    if (m->format == LKCAM_PIXEL_NONE)
        m->format = LKCAM_PIXEL_I420;
    p->base.color = (struct lkcam_color){LKCAM_MATRIX_BT601, .full_range = false};
    snprintf(p->base.label, sizeof p->base.label, "test pattern");
    p->drawn = malloc(lkcam_pixel_bytes(LKCAM_PIXEL_I420, m->width_px, m->height_px));
    if (m->format != LKCAM_PIXEL_I420)
        p->packed = malloc(lkcam_pixel_bytes(m->format, m->width_px, m->height_px));
    if (!p->drawn || (m->format != LKCAM_PIXEL_I420 && !p->packed))
        return -ENOMEM;
    lkcam_pattern_draw(p->drawn, m->width_px, m->height_px,
                       0); // makes the tiles now, not in the first frame
    p->midnight = find_midnight();
    return lkcam_ticker_open(&p->ticker, m->fps_num, m->fps_den);
}

int lkcam_pattern_open(struct lkcam_source **out, const struct lkcam_source_mode *want,
                       struct lkcam_source_error *why)
{
    int err = check(want, why);
    if (err)
        return err;
    struct pattern *p = calloc(1, sizeof *p);
    if (!p) {
        snprintf(why->text, sizeof why->text, "the test pattern needs more memory than there is");
        return -ENOMEM;
    }
    p->ticker.fd = -1;
    p->base.ops = &ops;
    err = open_in(p, want);
    if (err) {
        snprintf(why->text, sizeof why->text,
                 "the test pattern cannot start: memory or timers are short");
        pattern_close(&p->base);
        return err;
    }
    *out = &p->base;
    return 0;
}
