// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The kernel's system calls in the table. Knows no camera.
#include "media/v4l2_sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int sys_open(const char *path, int flags)
{
    return open(path, flags);
}

static int sys_ioctl(int fd, unsigned long request, void *arg)
{
    return ioctl(fd, request, arg);
}

static void *sys_mmap(size_t len, int fd, long offset)
{
    return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

static const struct lkcam_v4l2_sys kernel = {sys_open, close, sys_ioctl, sys_mmap, munmap};

const struct lkcam_v4l2_sys *lkcam_v4l2_sys = &kernel;

int lkcam_v4l2_ioctl(int fd, unsigned long request, void *arg)
{
    int r;
    do
        r = lkcam_v4l2_sys->ioctl(fd, request, arg);
    while (r < 0 && errno == EINTR);
    return r < 0 ? -errno : 0;
}
