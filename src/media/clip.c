// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A file of raw pictures as a source: mapped, played in a loop at a camera's beat. Knows no coder.
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "media/source.h"
#include "media/ticker.h"
#include "media/y4m.h"

struct clip {
    struct lkcam_source base;
    struct lkcam_ticker ticker;
    int file;
    const uint8_t *map;
    size_t map_bytes;
    size_t frame_bytes;
    size_t *offset; // of each frame's pixels
    uint64_t count;
    bool lent;
};

static int clip_fd(const struct lkcam_source *s)
{
    return ((const struct clip *)s)->ticker.fd;
}

// Pages of a mapping whose file was cut off behind our back are a SIGBUS. Looked at before each
// frame, that is a race still, but no longer one that a person loses by copying a new clip over the
// old.
static bool is_whole(const struct clip *c)
{
    struct stat st;
    return !fstat(c->file, &st) && (size_t)st.st_size >= c->map_bytes;
}

static int clip_take_latest(struct lkcam_source *s, struct lkcam_frame *out)
{
    struct clip *c = (struct clip *)s;
    assert(!c->lent);
    uint64_t number, late;
    lkcam_us due;
    int taken = lkcam_ticker_take(&c->ticker, &number, &due, &late);
    if (taken <= 0)
        return taken;
    if (!is_whole(c))
        return -ENODATA;
    *out = (struct lkcam_frame){.captured = due, .sequence = number, .bytes = c->frame_bytes};
    lkcam_frame_lay_out(out, s->mode.format, s->mode.width_px, s->mode.height_px,
                        c->map + c->offset[number % c->count], 0);
    s->counters.taken++;
    s->counters.stale += late;
    c->lent = true;
    return 1;
}

static int clip_give_back(struct lkcam_source *s, const struct lkcam_frame *f)
{
    struct clip *c = (struct clip *)s;
    assert(c->lent);
    c->lent = false;
    return 0;
}

static void clip_close(struct lkcam_source *s)
{
    struct clip *c = (struct clip *)s;
    lkcam_ticker_close(&c->ticker);
    if (c->map)
        munmap((void *)(uintptr_t)c->map, c->map_bytes);
    if (c->file >= 0)
        close(c->file);
    free(c->offset);
    free(c);
}

static const struct lkcam_source_ops ops = {clip_fd, clip_take_latest, clip_give_back, clip_close};

static int fail(struct lkcam_source_error *why, int err, const char *file, const char *text)
{
    snprintf(why->text, sizeof why->text, "%s: %s", file, text);
    return err;
}

static int map_file(struct clip *c, const char *file, struct lkcam_source_error *why)
{
    c->file = open(file, O_RDONLY | O_CLOEXEC |
                             O_NONBLOCK); // NONBLOCK: a pipe is refused, not waited for
    if (c->file < 0) {
        int err = -errno;
        return fail(why, err, file, err == -ENOENT ? "there is no such file" : strerror(-err));
    }
    struct stat st;
    bool plain = !fstat(c->file, &st) && S_ISREG(st.st_mode) && st.st_size > 0;
    void *map =
        plain ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, c->file, 0) : MAP_FAILED;
    if (map == MAP_FAILED)
        return fail(why, -EBADMSG, file,
                    "not a clip: an empty file, or no file at all; give a .y4m or raw frames");
    c->map = map;
    c->map_bytes = (size_t)st.st_size;
    return 0;
}

static void set_y4m_mode(struct clip *c, const struct lkcam_y4m *head,
                         const struct lkcam_source_mode *want)
{
    bool given = want->fps_num > 0 && want->fps_den > 0, told = head->fps_num > 0;
    c->base.mode = (struct lkcam_source_mode){
        .format = LKCAM_PIXEL_I420,
        .width_px = head->width_px,
        .height_px = head->height_px,
        .fps_num = given  ? want->fps_num
                   : told ? head->fps_num
                          : 30,
        .fps_den = given  ? want->fps_den
                   : told ? head->fps_den
                          : 1,
    };
    c->frame_bytes = lkcam_pixel_bytes(LKCAM_PIXEL_I420, head->width_px, head->height_px);
}

// Frame headers may differ in length: find each frame once, here. @return the bytes that belong to
// whole frames.
static size_t index_y4m(struct clip *c, size_t first)
{
    size_t at = first;
    while (at < c->map_bytes) {
        size_t header = lkcam_y4m_read_frame_header(c->map + at, c->map_bytes - at);
        if (!header || c->map_bytes - at - header < c->frame_bytes)
            break;
        c->offset[c->count++] = at + header;
        at += header + c->frame_bytes;
    }
    return at;
}

static size_t index_raw(struct clip *c)
{
    c->count = c->map_bytes / c->frame_bytes;
    for (uint64_t i = 0; i < c->count; i++)
        c->offset[i] = i * c->frame_bytes;
    return c->count * c->frame_bytes;
}

static int index_frames(struct clip *c, const char *file, size_t y4m_header_bytes,
                        struct lkcam_source_error *why)
{
    c->offset = calloc(c->map_bytes / c->frame_bytes + 1, sizeof *c->offset);
    if (!c->offset)
        return fail(why, -ENOMEM, file, "not enough memory");
    size_t used = y4m_header_bytes ? index_y4m(c, y4m_header_bytes) : index_raw(c);
    if (!c->count) {
        const struct lkcam_source_mode *m = &c->base.mode;
        snprintf(why->text, sizeof why->text,
                 "%s: shorter than one frame of %s %dx%d: the file is cut off, or its size or "
                 "format is another",
                 file, lkcam_pixel_name(m->format), m->width_px, m->height_px);
        return -EBADMSG;
    }
    if (used < c->map_bytes)
        lkcam_log(LKCAM_LOG_WARNING, "%s: %zu bytes after the last whole frame are not played",
                  file, c->map_bytes - used);
    return 0;
}

static int read_y4m(struct clip *c, const struct lkcam_clip_config *cfg, size_t *header,
                    struct lkcam_source_error *why)
{
    struct lkcam_y4m head;
    int err = lkcam_y4m_read_header(c->map, c->map_bytes, &head);
    if (err == -ENOTSUP)
        return fail(why, -EINVAL, cfg->file,
                    "only progressive 8-bit 4:2:0 is played; convert it: ffmpeg -i FILE "
                    "-pix_fmt yuv420p out.y4m");
    if (err == -EINVAL)
        return fail(why, err, cfg->file, "width and height must be even numbers from 16 to 7680");
    if (err)
        return fail(why, err, cfg->file, "the Y4M header is broken");
    *header = head.header_bytes;
    set_y4m_mode(c, &head, &cfg->want);
    return 0;
}

static int read_raw(struct clip *c, const struct lkcam_clip_config *cfg,
                    struct lkcam_source_error *why)
{
    const struct lkcam_source_mode *want = &cfg->want;
    if (want->format == LKCAM_PIXEL_MJPEG)
        return fail(why, -EINVAL, cfg->file,
                    "a raw file of MJPEG is not played; convert it to .y4m with ffmpeg");
    if (want->format == LKCAM_PIXEL_NONE)
        return fail(why, -EINVAL, cfg->file,
                    "not a .y4m file; for raw frames also say the format (I420, NV12, YUYV, "
                    "UYVY, RGB24 or BGR24) and size");
    if (want->width_px < 16 || want->height_px < 16 || want->width_px > 7680 ||
        want->height_px > 7680 || want->width_px % 2 || want->height_px % 2)
        return fail(why, -EINVAL, cfg->file,
                    "raw frames need a width and height, even numbers from 16 to 7680");
    c->base.mode = *want;
    if (want->fps_num < 1 || want->fps_den < 1) {
        c->base.mode.fps_num = 30;
        c->base.mode.fps_den = 1;
    }
    c->frame_bytes = lkcam_pixel_bytes(want->format, want->width_px, want->height_px);
    return 0;
}

static bool looks_like_y4m(const struct clip *c)
{
    return c->map_bytes >= 9 && !memcmp(c->map, "YUV4MPEG2", 9);
}

static int open_in(struct clip *c, const struct lkcam_clip_config *cfg,
                   struct lkcam_source_error *why)
{
    size_t header = 0;
    int err = map_file(c, cfg->file, why);
    if (!err)
        err = looks_like_y4m(c) ? read_y4m(c, cfg, &header, why) : read_raw(c, cfg, why);
    if (!err && c->base.mode.fps_num / c->base.mode.fps_den > 240)
        err = fail(why, -EINVAL, cfg->file, "more than 240 frames a second are not played");
    if (!err && c->base.mode.fps_den / c->base.mode.fps_num >= 10) // as good as unplugged
        err = fail(why, -EINVAL, cfg->file,
                   "a frame in 10 seconds or more is not played; say another rate");
    if (!err)
        err = index_frames(c, cfg->file, header, why);
    if (err)
        return err;
    const char *slash = strrchr(cfg->file, '/');
    snprintf(c->base.label, sizeof c->base.label, "clip %.80s", slash ? slash + 1 : cfg->file);
    err = lkcam_ticker_open(&c->ticker, c->base.mode.fps_num, c->base.mode.fps_den);
    return err ? fail(why, err, cfg->file, "no timer to play it by") : 0;
}

int lkcam_clip_open(struct lkcam_source **out, const struct lkcam_clip_config *cfg,
                    struct lkcam_source_error *why)
{
    struct clip *c = calloc(1, sizeof *c);
    if (!c)
        return fail(why, -ENOMEM, cfg->file, "not enough memory");
    c->ticker.fd = -1;
    c->file = -1;
    c->base.ops = &ops;
    int err = open_in(c, cfg, why);
    if (err) {
        clip_close(&c->base);
        return err;
    }
    *out = &c->base;
    return 0;
}
