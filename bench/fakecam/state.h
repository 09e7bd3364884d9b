// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What all programs that see one set of fake cameras share: a file that each of them maps. Written
// by `fakecam new`; orders come in through it and the log of frames goes out, so that neither costs
// a running program a thread or a socket.
#ifndef FAKECAM_STATE_H
#define FAKECAM_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define FAKECAM_CAMERAS_MAX 16
#define FAKECAM_CLIPS_MAX 4 // sizes a camera has
#define FAKECAM_CONTROLS_MAX 8
#define FAKECAM_LOG_MAX (1u << 18) // frames a camera: 2.4 hours at 30 a second
#define FAKECAM_PATH 512

/** A file of unpadded YUYV frames. Frame numbers run to and fro over it, so that nothing jumps. */
struct fakecam_clip {
    int32_t width_px, height_px;
    uint32_t frames;
    char path[FAKECAM_PATH];
};

enum fakecam_fate {
    FAKECAM_NOT_YET,
    FAKECAM_DELIVERED,
    FAKECAM_DAMAGED, // delivered with V4L2_BUF_FLAG_ERROR
    FAKECAM_LOST,    // no buffer was queued when the frame began
};

/** One frame of the log; times in us of CLOCK_MONOTONIC, 0 where it never came to that. */
struct fakecam_entry {
    uint32_t id;       // counts the camera's frames from 1, over all streams; as stamped
    uint32_t sequence; // the driver's, from 0 in each stream
    uint32_t picture;  // its place in the clip, from 0
    int32_t pid;
    int64_t due_us, ready_us, dequeued_us; // by the camera's clock; as stamped; taken by DQBUF
    _Atomic uint32_t fate;
};

struct fakecam_camera {
    // Settings, as made.
    char name[32], bus[32];
    struct fakecam_clip clips[FAKECAM_CLIPS_MAX];
    uint32_t colorspace, quantization; // V4L2's numbers
    int32_t clip_count, ppm, take_us;  // a frame takes its buffer so long before it is due
    // Orders.
    _Atomic uint32_t changes; // futex: moves with each order
    _Atomic uint32_t plugs;   // odd: plugged in; a handle lives in one of its values
    _Atomic int32_t number;   // N of /dev/videoN
    _Atomic bool busy, forbidden, halted;
    _Atomic uint32_t damage; // so many frames to come are damaged
    // The device's own state, which outlives its handles.
    _Atomic int32_t clip, fps;
    _Atomic int32_t controls[FAKECAM_CONTROLS_MAX];
    _Atomic uint64_t holder_ino; // of the descriptor that has the buffers, 0 = nobody
    // What has come out.
    _Atomic uint32_t last_id;
    _Atomic uint64_t delivered, lost, late, latest_us; // late: over 1 ms
    _Atomic uint64_t cpu_ns;                           // of the frame threads
    _Atomic uint64_t filler_bytes;                     // mapped a second time, to be filled
    struct fakecam_entry log[FAKECAM_LOG_MAX];         // of frame id at id % FAKECAM_LOG_MAX
};

struct fakecam_state {
    char magic[8];
    uint32_t count;
    struct fakecam_camera camera[FAKECAM_CAMERAS_MAX];
};

/** Write a new file over `path` and map it: zero but for the magic, `count` left to the caller.
 * @return NULL with errno. */
struct fakecam_state *fakecam_state_new(const char *path);

/** Map an existing one. @param fd its descriptor, kept open, where not NULL. @return NULL with
 * errno; EINVAL: not such a file. */
struct fakecam_state *fakecam_state_open(const char *path, int *fd);

static inline bool fakecam_plugged(const struct fakecam_camera *c)
{
    return atomic_load(&c->plugs) & 1;
}

/** Wake the frame threads of all programs: an order has changed. */
void fakecam_state_changed(struct fakecam_camera *c);

/** The place of frame `id` in a clip. */
uint32_t fakecam_picture(const struct fakecam_clip *clip, uint32_t id);

#endif
