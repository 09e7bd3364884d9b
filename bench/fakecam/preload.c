// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The C library's calls that meet a device, for LD_PRELOAD. Without FAKECAM in the environment each
// goes straight on; with it /dev/videoN are the fake cameras and no others. 64-bit Linux, glibc.
//
// Not seen: system calls made without the C library (libv4l's wrapper), statx, readdir of /dev, and
// ioctls of a child that was forked without exec.
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fakecam/handle.h"
#include "fakecam/ioctls.h"
#include "fakecam/stream.h"

_Static_assert(sizeof(void *) == 8, "struct stat and off_t have one form only");

#define PUBLIC __attribute__((visibility("default")))
#define VIDEO_MAJOR 81
#define DQBUF_LOOK_MS 100 // a blocked DQBUF looks whether streaming has gone off
#define NODE_INO 8100

// The next library's function of this name, looked up once.
#define REAL(name)                                                                                 \
    ({                                                                                             \
        static __typeof__(&name) real_;                                                            \
        if (!real_)                                                                                \
            real_ = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                                    \
        real_;                                                                                     \
    })

// ---- Names --------------------------------------------------------------------------------------

enum meant { NOT_OURS, NO_SUCH, CAMERA };

// "/dev/videoN", and nothing behind the number.
static enum meant meant_by(const char *path, struct fakecam_camera **out)
{
    char *end;
    if (!path || strncmp(path, "/dev/video", 10) || path[10] < '0' || path[10] > '9')
        return NOT_OURS;
    struct fakecam_state *s = fakecam_state_here();
    long number = strtol(path + 10, &end, 10);
    if (!s || *end)
        return NOT_OURS;
    for (uint32_t i = 0; i < s->count; i++) {
        *out = &s->camera[i];
        if (fakecam_plugged(*out) && atomic_load(&(*out)->number) == number)
            return CAMERA;
    }
    return NO_SUCH;
}

static int fail(int err)
{
    errno = err;
    return -1;
}

static int open_camera(struct fakecam_camera *c, int flags)
{
    if (flags & O_PATH)
        return REAL(open)("/dev/null", flags);
    if (atomic_load(&c->forbidden))
        return fail(EACCES);
    fakecam_handles_reap();
    int fd = fakecam_handle_open(c, flags);
    return fd < 0 ? fail(-fd) : fd;
}

// ---- Opening and closing ------------------------------------------------------------------------

static mode_t mode_from(int flags, va_list *args)
{
    return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? va_arg(*args, mode_t) : 0;
}

#define DEFINE_OPEN(name)                                                                          \
    PUBLIC int name(const char *path, int flags, ...)                                              \
    {                                                                                              \
        struct fakecam_camera *c;                                                                  \
        va_list args;                                                                              \
        va_start(args, flags);                                                                     \
        mode_t mode = mode_from(flags, &args);                                                     \
        va_end(args);                                                                              \
        switch (meant_by(path, &c)) {                                                              \
        case CAMERA:                                                                               \
            return open_camera(c, flags);                                                          \
        case NO_SUCH:                                                                              \
            return fail(ENOENT);                                                                   \
        default:                                                                                   \
            return REAL(name)(path, flags, mode);                                                  \
        }                                                                                          \
    }

#define DEFINE_OPENAT(name)                                                                        \
    PUBLIC int name(int folder, const char *path, int flags, ...)                                  \
    {                                                                                              \
        struct fakecam_camera *c;                                                                  \
        va_list args;                                                                              \
        va_start(args, flags);                                                                     \
        mode_t mode = mode_from(flags, &args);                                                     \
        va_end(args);                                                                              \
        switch (meant_by(path, &c)) {                                                              \
        case CAMERA:                                                                               \
            return open_camera(c, flags);                                                          \
        case NO_SUCH:                                                                              \
            return fail(ENOENT);                                                                   \
        default:                                                                                   \
            return REAL(name)(folder, path, flags, mode);                                          \
        }                                                                                          \
    }

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)

// What fortified programs call where no mode is given.
PUBLIC int __open_2(const char *path, int flags);
PUBLIC int __open64_2(const char *path, int flags);
PUBLIC int __openat_2(int folder, const char *path, int flags);
PUBLIC int __openat64_2(int folder, const char *path, int flags);

int __open_2(const char *path, int flags)
{
    return open(path, flags);
}

int __open64_2(const char *path, int flags)
{
    return open64(path, flags);
}

int __openat_2(int folder, const char *path, int flags)
{
    return openat(folder, path, flags);
}

int __openat64_2(int folder, const char *path, int flags)
{
    return openat64(folder, path, flags);
}

// What sysfs says of the device: v4l2-ctl learns from it that a character device is a camera.
static FILE *uevent_of(const char *path)
{
    char text[64];
    int number, end = 0;
    if (sscanf(path, "/sys/dev/char/81:%d/uevent%n", &number, &end) != 1 || !end || path[end] ||
        !fakecam_state_here())
        return NULL;
    int len = snprintf(text, sizeof text, "MAJOR=%d\nMINOR=%d\nDEVNAME=video%d\n", VIDEO_MAJOR,
                       number, number);
    int fd = memfd_create("uevent", MFD_CLOEXEC);
    return fd >= 0 && pwrite(fd, text, (size_t)len, 0) == len ? fdopen(fd, "r") : NULL;
}

PUBLIC FILE *fopen(const char *restrict path, const char *restrict mode)
{
    FILE *uevent = uevent_of(path);
    return uevent ? uevent : REAL(fopen)(path, mode);
}

PUBLIC FILE *fopen64(const char *restrict path, const char *restrict mode)
{
    FILE *uevent = uevent_of(path);
    return uevent ? uevent : REAL(fopen64)(path, mode);
}

// The handle ends by itself; this only makes it prompt.
PUBLIC int close(int fd)
{
    int err = REAL(close)(fd);
    int kept = errno;
    fakecam_handles_reap();
    errno = kept;
    return err;
}

// ---- The device ---------------------------------------------------------------------------------

// Waits without the lock. @return 0: the packet of a full buffer has been read.
static int await_packet(int fd)
{
    char packet;
    ssize_t got = recv(fd, &packet, 1, MSG_DONTWAIT);
    if (got == 1)
        return 0;
    if (got == 0 || errno == ECONNRESET)
        return -ENODEV;
    if (fcntl(fd, F_GETFL) & O_NONBLOCK)
        return -EAGAIN;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int ready = poll(&p, 1, DQBUF_LOOK_MS);
    return ready < 0 ? -errno : -EAGAIN;
}

static int check_dequeue(const struct fakecam_handle *h, const struct v4l2_buffer *b)
{
    if (fakecam_handle_gone(h))
        return -ENODEV;
    if (fakecam_stream_taken(h))
        return -EBUSY;
    bool good =
        b->type == V4L2_BUF_TYPE_VIDEO_CAPTURE && b->memory == V4L2_MEMORY_MMAP && h->streaming;
    return good ? 0 : -EINVAL;
}

static int dequeue(int fd, struct v4l2_buffer *b)
{
    for (;;) {
        fakecam_lock();
        const struct fakecam_handle *h = fakecam_handle_of(fd);
        int err = h ? check_dequeue(h, b) : -EBADF;
        fakecam_unlock();
        if (!err)
            err = await_packet(fd);
        if (err == -EAGAIN && !(fcntl(fd, F_GETFL) & O_NONBLOCK))
            continue;
        if (err)
            return err;
        fakecam_lock();
        struct fakecam_handle *same = fakecam_handle_of(fd);
        err = same ? fakecam_ioctl_dequeue(same, b) : -EBADF;
        fakecam_unlock();
        return err;
    }
}

// @return 1: not ours.
static int camera_ioctl(int fd, uint32_t request, void *arg)
{
    fakecam_lock();
    struct fakecam_handle *h = fakecam_handle_of(fd);
    int err = 0;
    if (!h)
        err = 1;
    else if (!arg)
        err = request == VIDIOC_QUERYCAP ? -EFAULT : -ENOTTY;
    else if (request != VIDIOC_DQBUF)
        err = fakecam_ioctl(h, fd, request, arg);
    fakecam_unlock();
    return err || request != VIDIOC_DQBUF ? err : dequeue(fd, arg);
}

PUBLIC int ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    va_start(args, request);
    void *arg = va_arg(args, void *);
    va_end(args);
    int err = 1;
    if (_IOC_TYPE(request) == 'V' && fakecam_any_handle())
        err = camera_ioctl(fd, (uint32_t)request, arg);
    if (err == 1)
        return REAL(ioctl)(fd, request, arg);
    return err ? fail(-err) : 0;
}

// @return the memory to map in the camera's place, -1 = not ours, -2 = no such buffer.
static int memory_of(int fd, size_t len, off_t offset)
{
    fakecam_lock();
    const struct fakecam_handle *h = fakecam_handle_of(fd);
    int memory = -1;
    if (h)
        memory = h->memory >= 0 && offset >= 0 && (size_t)offset % h->buffer_bytes == 0 &&
                         (size_t)offset / h->buffer_bytes < h->count && len <= h->buffer_bytes
                     ? h->memory
                     : -2;
    fakecam_unlock();
    return memory;
}

PUBLIC void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
    int memory = fd >= 0 && fakecam_any_handle() ? memory_of(fd, len, offset) : -1;
    if (memory == -2) {
        errno = EINVAL;
        return MAP_FAILED;
    }
    return REAL(mmap)(at, len, protection, flags, memory >= 0 ? memory : fd, offset);
}

PUBLIC void *mmap64(void *at, size_t len, int protection, int flags, int fd, off64_t offset)
{
    return mmap(at, len, protection, flags, fd, offset);
}

// ---- How it looks -------------------------------------------------------------------------------

static void fill_stat(const struct fakecam_camera *c, struct stat *st)
{
    int number = atomic_load(&c->number);
    *st = (struct stat){
        .st_ino = NODE_INO + (ino_t)number,
        .st_mode = S_IFCHR | (atomic_load(&c->forbidden) ? 0 : 0660),
        .st_nlink = 1,
        .st_rdev = makedev(VIDEO_MAJOR, (unsigned)number),
        .st_blksize = 4096,
    };
}

// A descriptor of ours, or of another program that has a camera's buffers (/proc/PID/fd/N), is the
// device.
static void disguise(struct stat *st)
{
    struct fakecam_state *s = S_ISSOCK(st->st_mode) ? fakecam_state_here() : NULL;
    const struct fakecam_camera *c = NULL;
    if (!s)
        return;
    fakecam_lock();
    const struct fakecam_handle *h = fakecam_handle_of_ino(st->st_ino);
    fakecam_unlock();
    if (h)
        c = h->camera;
    for (uint32_t i = 0; !c && i < s->count; i++)
        if (atomic_load(&s->camera[i].holder_ino) == st->st_ino)
            c = &s->camera[i];
    if (c)
        fill_stat(c, st);
}

#define AS_STAT(st) ((struct stat *)(void *)(st))

// @return 1: ask the kernel.
static int stat_camera(const char *path, struct stat *st)
{
    struct fakecam_camera *c;
    enum meant meant = meant_by(path, &c);
    if (meant == NO_SUCH)
        return fail(ENOENT);
    if (meant == CAMERA)
        fill_stat(c, st);
    return meant == CAMERA ? 0 : 1;
}

static int disguised(int err, struct stat *st)
{
    if (!err)
        disguise(st);
    return err;
}

#define DEFINE_STAT(name, type)                                                                    \
    PUBLIC int name(const char *restrict path, struct type *restrict st)                           \
    {                                                                                              \
        int err = stat_camera(path, AS_STAT(st));                                                  \
        return err == 1 ? disguised(REAL(name)(path, st), AS_STAT(st)) : err;                      \
    }
#define DEFINE_FSTAT(name, type)                                                                   \
    PUBLIC int name(int fd, struct type *st)                                                       \
    {                                                                                              \
        return disguised(REAL(name)(fd, st), AS_STAT(st));                                         \
    }
#define DEFINE_FSTATAT(name, type)                                                                 \
    PUBLIC int name(int folder, const char *restrict path, struct type *restrict st, int flags)    \
    {                                                                                              \
        int err = stat_camera(path, AS_STAT(st));                                                  \
        return err == 1 ? disguised(REAL(name)(folder, path, st, flags), AS_STAT(st)) : err;       \
    }
// Of programs built before glibc 2.33.
#define DEFINE_XSTAT(name, type)                                                                   \
    PUBLIC int name(int version, const char *path, struct type *st);                               \
    int name(int version, const char *path, struct type *st)                                       \
    {                                                                                              \
        int err = stat_camera(path, AS_STAT(st));                                                  \
        return err == 1 ? disguised(REAL(name)(version, path, st), AS_STAT(st)) : err;             \
    }
#define DEFINE_FXSTAT(name, type)                                                                  \
    PUBLIC int name(int version, int fd, struct type *st);                                         \
    int name(int version, int fd, struct type *st)                                                 \
    {                                                                                              \
        return disguised(REAL(name)(version, fd, st), AS_STAT(st));                                \
    }

DEFINE_STAT(stat, stat)
DEFINE_STAT(stat64, stat64)
DEFINE_STAT(lstat, stat)
DEFINE_STAT(lstat64, stat64)
DEFINE_FSTAT(fstat, stat)
DEFINE_FSTAT(fstat64, stat64)
DEFINE_FSTATAT(fstatat, stat)
DEFINE_FSTATAT(fstatat64, stat64)
DEFINE_XSTAT(__xstat, stat)
DEFINE_XSTAT(__xstat64, stat64)
DEFINE_XSTAT(__lxstat, stat)
DEFINE_XSTAT(__lxstat64, stat64)
DEFINE_FXSTAT(__fxstat, stat)
DEFINE_FXSTAT(__fxstat64, stat64)

static int may_access(const char *path)
{
    struct fakecam_camera *c;
    switch (meant_by(path, &c)) {
    case CAMERA:
        return atomic_load(&c->forbidden) ? fail(EACCES) : 0;
    case NO_SUCH:
        return fail(ENOENT);
    default:
        return 1;
    }
}

PUBLIC int access(const char *path, int mode)
{
    int err = may_access(path);
    return err == 1 ? REAL(access)(path, mode) : err;
}

PUBLIC int faccessat(int folder, const char *path, int mode, int flags)
{
    int err = may_access(path);
    return err == 1 ? REAL(faccessat)(folder, path, mode, flags) : err;
}
