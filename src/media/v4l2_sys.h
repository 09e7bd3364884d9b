// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The system calls under the V4L2 files, as a table: a test puts a scripted camera here.
#ifndef LKCAM_MEDIA_V4L2_SYS_H
#define LKCAM_MEDIA_V4L2_SYS_H

#include <stddef.h>

struct lkcam_v4l2_sys {
    int (*open)(const char *path, int flags);
    int (*close)(int fd);
    int (*ioctl)(int fd, unsigned long request, void *arg); // may be interrupted
    void *(*mmap)(size_t len, int fd, long offset);         // shared, read and write
    int (*munmap)(void *p, size_t len);
};

/** The kernel's. Replaced by tests only. */
extern const struct lkcam_v4l2_sys *lkcam_v4l2_sys;

/** ioctl() until it is not interrupted. @return 0 or -errno. */
int lkcam_v4l2_ioctl(int fd, unsigned long request, void *arg);

#endif
