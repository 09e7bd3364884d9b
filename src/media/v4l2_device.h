// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Everything that a person may want to know of the cameras of a machine. Streams nothing.
#ifndef LKCAM_MEDIA_V4L2_DEVICE_H
#define LKCAM_MEDIA_V4L2_DEVICE_H

#include <lkcam/lkcam.h>

/** As lkcam_devices of the public header. */
int lkcam_v4l2_devices(void (*device)(void *ctx, const struct lkcam_device *d), void *ctx);

#endif
