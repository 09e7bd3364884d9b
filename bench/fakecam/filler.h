// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The frame thread of a streaming handle: reads the clip into the queued buffers, at the camera's
// own rate. FAKECAM_CPU pins it, FAKECAM_FIFO gives it that real-time priority; else it has the
// affinity of the thread that called STREAMON, and ordinary priority.
#ifndef FAKECAM_FILLER_H
#define FAKECAM_FILLER_H

#include "fakecam/handle.h"

/** CLOCK_MONOTONIC. */
int64_t fakecam_now_ns(void);

/** @return 0 or -errno: no clip, or a priority that is not allowed, which is said on stderr. */
int fakecam_filler_start(struct fakecam_handle *h);

/** Without the lock, after h->stop and fakecam_state_changed. */
void fakecam_filler_join(struct fakecam_handle *h);

#endif
