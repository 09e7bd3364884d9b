// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "fakecam/handle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fakecam/stream.h"

static struct fakecam_handle handles[FAKECAM_HANDLES_MAX];
static uint64_t inos[FAKECAM_HANDLES_MAX]; // theirs, 0 = unused: what is looked through each time
static _Atomic int used;
static pthread_mutex_t mutex;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct fakecam_state *state;
static pid_t owner; // threads and locks are not a forked child's

int fakecam_state_fd = -1;

static void begin(void)
{
    pthread_mutexattr_t attr;
    owner = getpid();
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&mutex, &attr);
    pthread_mutexattr_destroy(&attr);
    const char *path = getenv("FAKECAM");
    if (!path || !*path)
        return;
    state = fakecam_state_open(path, &fakecam_state_fd);
    if (!state) {
        fprintf(stderr, "fakecam: FAKECAM=%s: %s; make it with fakecam new\n", path,
                errno == EINVAL ? "not a file of fake cameras" : strerror(errno));
        _exit(127);
    }
}

struct fakecam_state *fakecam_state_here(void)
{
    pthread_once(&once, begin);
    return state;
}

void fakecam_lock(void)
{
    pthread_once(&once, begin);
    pthread_mutex_lock(&mutex);
}

void fakecam_unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

bool fakecam_any_handle(void)
{
    return atomic_load(&used) > 0;
}

struct fakecam_handle *fakecam_handle_of_ino(uint64_t ino)
{
    for (int i = 0; i < FAKECAM_HANDLES_MAX; i++)
        if (inos[i] == ino)
            return &handles[i];
    return NULL;
}

struct fakecam_handle *fakecam_handle_of(int fd)
{
    struct stat st;
    if (syscall(SYS_fstat, fd, &st) || !S_ISSOCK(st.st_mode))
        return NULL;
    return fakecam_handle_of_ino(st.st_ino);
}

bool fakecam_handle_gone(const struct fakecam_handle *h)
{
    return h->plugs != atomic_load(&h->camera->plugs);
}

// A capture descriptor is never writable: more than a quarter of the smallest send buffer, never
// read, sees to that. Unread, it also makes the peer's close an error here, as unplugging is.
static int fill_other_direction(int fd)
{
    static const char filling[3000];
    int least = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least) ||
        send(fd, filling, sizeof filling, MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof filling)
        return -errno;
    return 0;
}

static int make_pair(int flags, int pair[2], uint64_t *ino)
{
    struct stat st;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return -errno;
    if (fill_other_direction(pair[0]) || syscall(SYS_fstat, pair[0], &st) ||
        (flags & O_NONBLOCK && fcntl(pair[0], F_SETFL, O_NONBLOCK)) ||
        (!(flags & O_CLOEXEC) && fcntl(pair[0], F_SETFD, 0))) {
        int err = -errno;
        syscall(SYS_close, pair[0]);
        syscall(SYS_close, pair[1]);
        return err;
    }
    *ino = st.st_ino;
    return 0;
}

static struct fakecam_handle *unused(void)
{
    for (int i = 0; i < FAKECAM_HANDLES_MAX; i++)
        if (!inos[i])
            return &handles[i];
    return NULL;
}

int fakecam_handle_open(struct fakecam_camera *c, int flags)
{
    int pair[2];
    uint64_t ino = 0;
    int err = make_pair(flags, pair, &ino);
    if (err)
        return err;
    fakecam_lock();
    struct fakecam_handle *h = unused();
    if (h) {
        *h = (struct fakecam_handle){
            .camera = c,
            .camera_index = (int)(c - state->camera),
            .plugs = atomic_load(&c->plugs),
            .ino = ino,
            .peer = pair[1],
            .memory = -1,
            .clip_fd = -1,
        };
        inos[h - handles] = ino;
        atomic_fetch_add(&used, 1);
    }
    fakecam_unlock();
    if (h)
        return pair[0];
    syscall(SYS_close, pair[0]);
    syscall(SYS_close, pair[1]);
    return -EMFILE;
}

static bool has_descriptor(uint64_t ino)
{
    DIR *fds = opendir("/proc/self/fd");
    struct stat st;
    bool found = false;
    for (struct dirent *d; !found && fds && (d = readdir(fds));)
        found =
            !syscall(SYS_fstat, atoi(d->d_name), &st) && S_ISSOCK(st.st_mode) && st.st_ino == ino;
    if (fds)
        closedir(fds);
    return found;
}

// The peer tells, where there is one.
static bool is_closed(const struct fakecam_handle *h)
{
    struct pollfd p = {.fd = h->peer};
    if (h->peer < 0)
        return !has_descriptor(h->ino);
    return poll(&p, 1, 0) == 1 && p.revents & POLLHUP;
}

void fakecam_handles_reap(void)
{
    if (!fakecam_any_handle() || getpid() != owner)
        return;
    fakecam_lock();
    for (int i = 0; i < FAKECAM_HANDLES_MAX; i++) {
        struct fakecam_handle *h = &handles[i];
        if (!inos[i] || h->stopping || !is_closed(h))
            continue;
        fakecam_stream_free(h);
        if (h->peer >= 0)
            syscall(SYS_close, h->peer);
        inos[i] = 0;
        atomic_fetch_sub(&used, 1);
    }
    fakecam_unlock();
}
