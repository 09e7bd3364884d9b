// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Open descriptors of fake cameras, and the lock over them.
//
// A camera's descriptor is one end of a socket pair. Each full buffer is one packet in it, so that
// poll, select, epoll, dup and O_NONBLOCK are the kernel's own and need no interception; the end of
// the other side is POLLERR and POLLHUP, as an unplugged camera is. A handle is found again by the
// socket's inode, which survives dup and is never mistaken after a close.
#ifndef FAKECAM_HANDLE_H
#define FAKECAM_HANDLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fakecam/state.h"

#define FAKECAM_BUFFERS_MAX 32 // VIDEO_MAX_FRAME
#define FAKECAM_HANDLES_MAX 128

enum fakecam_buffer_state { FAKECAM_DEQUEUED, FAKECAM_QUEUED, FAKECAM_ACTIVE, FAKECAM_DONE };

struct fakecam_buffer {
    enum fakecam_buffer_state state;
    uint8_t *bytes; // the frame thread's view
    uint32_t id, sequence;
    int64_t ready_us;
    bool damaged;
};

struct fakecam_fifo {
    uint32_t index[FAKECAM_BUFFERS_MAX], first, count;
};

struct fakecam_handle {
    struct fakecam_camera *camera;
    int camera_index;
    uint32_t plugs; // of the camera when it was opened
    uint64_t ino;
    int peer; // the other end, -1 = the camera was unplugged while it streamed

    int memory; // memfd of all buffers, -1 = none
    uint8_t *view;
    size_t view_bytes, buffer_bytes; // the latter with padding to whole pages
    uint32_t count;
    const struct fakecam_clip *clip; // of the allocated buffers
    int fps;
    struct fakecam_buffer buffer[FAKECAM_BUFFERS_MAX];
    struct fakecam_fifo queued, done;

    bool streaming, stopping; // the thread is there to be joined; somebody is at it
    _Atomic bool stop;
    pthread_t thread;
    int clip_fd;
};

/** The cameras of this program, from FAKECAM; NULL without any. Says once on stderr why a file that
 * is named cannot be used, and ends the program: nothing must run with other cameras than meant. */
struct fakecam_state *fakecam_state_here(void);

/** The lock over all handles; inherits priority. */
void fakecam_lock(void);
void fakecam_unlock(void);

/** Is there any handle at all? Without the lock: a quick way out. */
bool fakecam_any_handle(void);

/** @return a descriptor, or -errno. */
int fakecam_handle_open(struct fakecam_camera *c, int flags);

/** Under the lock: the handle of a descriptor or a socket's inode, NULL = none of ours. */
struct fakecam_handle *fakecam_handle_of(int fd);
struct fakecam_handle *fakecam_handle_of_ino(uint64_t ino);

/** Under the lock: has the camera been unplugged since this was opened? */
bool fakecam_handle_gone(const struct fakecam_handle *h);

/** What the kernel does at the last close: handles whose descriptors are all closed end. */
void fakecam_handles_reap(void);

#endif
