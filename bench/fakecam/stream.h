// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Buffers of a handle as the kernel's videobuf2 has them: FIFO both ways, a frame lost where none
// is queued, one owner a device. Everything here runs under the handles' lock unless it says
// otherwise; results are 0 or -errno as the ioctls give them.
#ifndef FAKECAM_STREAM_H
#define FAKECAM_STREAM_H

#include "fakecam/handle.h"

/** The state file's descriptor: a byte of it is locked by the process that has a camera's buffers.
 */
extern int fakecam_state_fd;

/** Does somebody else, or an order, keep this handle from the device? */
bool fakecam_stream_taken(const struct fakecam_handle *h);

/** Are there buffers of anybody, so that the format cannot change? */
bool fakecam_stream_has_buffers(const struct fakecam_handle *h);

/** REQBUFS. @param count as asked, then as given; 0 frees. */
int fakecam_stream_allocate(struct fakecam_handle *h, uint32_t *count);

int fakecam_stream_queue(struct fakecam_handle *h, uint32_t index);

/** @return the index of the oldest full buffer, which has been taken, or -errno. The packet that
 * stands for it has been read. */
int fakecam_stream_dequeue(struct fakecam_handle *h);

int fakecam_stream_on(struct fakecam_handle *h);

/** @param fd any descriptor of the handle: its packets are read away. The lock is let go meanwhile.
 */
int fakecam_stream_off(struct fakecam_handle *h, int fd);

/** The end of a handle: thread, buffers, ownership. */
void fakecam_stream_free(struct fakecam_handle *h);

/** For the frame thread, which takes the lock itself: a queued buffer to be filled, -1 = none. */
int fakecam_stream_take(struct fakecam_handle *h);

/** For the frame thread: it is full. @return false where every descriptor is closed. */
bool fakecam_stream_done(struct fakecam_handle *h, int index);

#endif
