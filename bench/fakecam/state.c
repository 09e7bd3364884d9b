// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "fakecam/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char magic[8] = "fakecam1";

// By system call throughout: within a program these files are opened beneath the intercepted open.
static struct fakecam_state *map(int fd)
{
    long p = syscall(SYS_mmap, NULL, sizeof(struct fakecam_state), PROT_READ | PROT_WRITE,
                     MAP_SHARED, fd, 0);
    return p == -1 ? NULL : (struct fakecam_state *)p;
}

struct fakecam_state *fakecam_state_new(const char *path)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return NULL;
    struct fakecam_state *s = NULL;
    if (!ftruncate(fd, sizeof *s))
        s = map(fd);
    syscall(SYS_close, fd);
    if (s)
        memcpy(s->magic, magic, sizeof magic);
    return s;
}

struct fakecam_state *fakecam_state_open(const char *path, int *fd)
{
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    struct fakecam_state *s = NULL;
    char start[sizeof magic];
    if (file < 0)
        return NULL;
    off_t size = lseek(file, 0, SEEK_END);
    if (size != (off_t)sizeof *s || pread(file, start, sizeof start, 0) != sizeof start ||
        memcmp(start, magic, sizeof magic))
        errno = EINVAL;
    else
        s = map(file);
    if (s && fd)
        *fd = file;
    else
        syscall(SYS_close, file);
    return s;
}

void fakecam_state_changed(struct fakecam_camera *c)
{
    atomic_fetch_add(&c->changes, 1);
    syscall(SYS_futex, &c->changes, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

uint32_t fakecam_picture(const struct fakecam_clip *clip, uint32_t id)
{
    if (clip->frames < 2)
        return 0;
    uint32_t at = id % (2 * (clip->frames - 1));
    return at < clip->frames ? at : 2 * (clip->frames - 1) - at;
}
