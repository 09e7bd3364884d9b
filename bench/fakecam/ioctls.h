// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What a fake camera answers to each ioctl. All of it runs under the handles' lock and gives 0 or
// -errno; -ENOTTY is what a driver without the ioctl gives.
#ifndef FAKECAM_IOCTLS_H
#define FAKECAM_IOCTLS_H

#include <stdint.h>

#include "fakecam/handle.h"

#define FAKECAM_FPS_DEFAULT 30

/** Everything but DQBUF, which may have to wait. */
int fakecam_ioctl(struct fakecam_handle *h, int fd, uint32_t request, void *arg);

/** DQBUF when its packet has been read. */
int fakecam_ioctl_dequeue(struct fakecam_handle *h, void *arg);

/** Formats, sizes and rates. */
int fakecam_mode_ioctl(struct fakecam_handle *h, uint32_t request, void *arg);

int fakecam_control_ioctl(struct fakecam_camera *c, uint32_t request, void *arg);

/** Control `i` by its v4l2-ctl name, NULL behind the last. */
const char *fakecam_control_name(int i, char name[32]);

/** All controls to their defaults. */
void fakecam_controls_reset(struct fakecam_camera *c);

#endif
