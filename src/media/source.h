// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Where frames come from. One struct of functions a kind: v4l2, pattern, clip.
// A source owns one file descriptor that becomes readable when a frame is there (a camera's own, or
// a timerfd).
#ifndef LKCAM_MEDIA_SOURCE_H
#define LKCAM_MEDIA_SOURCE_H

#include "media/frame.h"

/** What was asked for, and after opening what it became. */
struct lkcam_source_mode {
    enum lkcam_pixel_format format; // NONE asks for the best
    int width_px, height_px;
    int fps_num, fps_den;
};

struct lkcam_source_counters {
    uint64_t taken;   // handed out
    uint64_t stale;   // older than the newest when we came: given back unseen
    uint64_t damaged; // flagged ERROR by the driver
    uint64_t lost;    // gaps in the source's own count
};

struct lkcam_source;

struct lkcam_source_ops {
    /** Readable (POLLIN) when a frame is there; POLLERR/POLLHUP when the source is gone. */
    int (*fd)(const struct lkcam_source *s);
    /**
     * Drain to the newest frame. @return 1 = taken, 0 = none now, -errno: the source has failed
     * (-ENODEV unplugged, -ENODATA a clip that cannot be read on).
     */
    int (*take_latest)(struct lkcam_source *s, struct lkcam_frame *out);
    /** Each taken frame is given back once, before or after its encode. @return 0 or -errno as
     * above. */
    int (*give_back)(struct lkcam_source *s, const struct lkcam_frame *f);
    void (*close)(struct lkcam_source *s); // frees
};

/** Embedded first in every kind's own struct. One thread at a time. */
struct lkcam_source {
    const struct lkcam_source_ops *ops;
    struct lkcam_source_mode mode; // after opening: the truth
    struct lkcam_color color;      // of the pictures that media/convert makes of its frames
    struct lkcam_source_counters counters;
    char label[96]; // for people: "C920 (/dev/video0)", "test pattern"
};

/** Closes and frees; accepts NULL in *s; sets *s to NULL. */
void lkcam_source_close(struct lkcam_source **s);

/** How an opening failed, in words for the person at the terminal. */
struct lkcam_source_error {
    char text[320]; // one line: what, why, what to do
};

struct lkcam_control; // of the public header

/** Writes the text. @return err. */
int lkcam_source_fail(struct lkcam_source_error *why, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct lkcam_v4l2_config {
    const char
        *device; // path, by-id name or part of the camera's name; NULL: the first capture device
    struct lkcam_source_mode want;
    bool take_camera;                     // end whoever holds it (TERM, after 2 s KILL)
    const struct lkcam_control *controls; // set in this order (media/v4l2_setting.h)
    size_t control_count;
};

/**
 * Open a camera and start streaming: MMAP, 3 buffers, nearest size and rate (said in the log when
 * they differ), raw before MJPEG when it reaches the rate. A camera held by an older lkcam is freed
 * from it. May block for some hundred ms (drivers do), with take_camera up to 3 s.
 * @return 0, -ENODEV missing, -EACCES forbidden, -EBUSY held (the text names program and process),
 *         -ENOTTY or -EINVAL no capture device, -ENOTSUP no format that we read, and what
 *         lkcam_v4l2_set says of controls.
 */
int lkcam_v4l2_open(struct lkcam_source **out, const struct lkcam_v4l2_config *cfg,
                    struct lkcam_source_error *why);

/** The path of the first V4L2 capture device in number order. @return 0, -ENODEV, or -EACCES: none,
 * but `path` is a device that this user may not open. */
int lkcam_v4l2_first(char *path, size_t cap);

/**
 * A moving picture with a stamp (media/stamp.h) and, below it, a readable clock of local time (its
 * place: media/clock_face.h). Format NONE gives I420. Both show the instant that the frame was due.
 * @return 0, -EINVAL, -ENOMEM. */
int lkcam_pattern_open(struct lkcam_source **out, const struct lkcam_source_mode *want,
                       struct lkcam_source_error *why);

/**
 * The pattern's picture number `id` without opening anything: the same bytes that the source hands
 * out but for the stamp strip and the clock. `i420` has lkcam_pixel_bytes(I420) bytes.
 */
void lkcam_pattern_draw(uint8_t *i420, int width_px, int height_px, uint32_t id);

struct lkcam_clip_config {
    const char *file;              // .y4m (4:2:0), or raw frames of want.format
    struct lkcam_source_mode want; // size and format are needed for raw; rate 0: the file's, or 30
};

/** Plays a file in a loop in real time. @return 0, -ENOENT, -EACCES, -EBADMSG (not a clip;
 * truncated below one frame), -EINVAL. */
int lkcam_clip_open(struct lkcam_source **out, const struct lkcam_clip_config *cfg,
                    struct lkcam_source_error *why);

#endif
