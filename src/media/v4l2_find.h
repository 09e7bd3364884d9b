// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// From what a person calls a camera to its device file. Knows no modes.
#ifndef LKCAM_MEDIA_V4L2_FIND_H
#define LKCAM_MEDIA_V4L2_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LKCAM_V4L2_PATH 256

/**
 * What an open device captures into: V4L2_BUF_TYPE_VIDEO_CAPTURE,
 * V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE (the multi-planar interface), or 0: it is no camera. Its own
 * name into `card` (33 bytes), "" where it is no V4L2 device.
 */
uint32_t lkcam_v4l2_identify(int fd, char card[33]);

/**
 * `device`: a path (anything with '/'), a name under /dev/v4l/by-id or /dev, part of the camera's
 * own name without regard to case, or NULL for the first capture device. A path is handed back
 * unseen.
 * @return 0, -ENODEV, or -EACCES: none, but `path` is a device that this user may not open.
 */
int lkcam_v4l2_find(const char *device, char *path, size_t cap);

#endif
