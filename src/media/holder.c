// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Finds the process that has a device open by walking /proc/PID/fd. Sees only what this user may
// see.
#include "media/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TERM_PATIENCE_MS 2000
#define KILL_PATIENCE_MS 1000

// Two names of one device have one number; anything else is itself only.
static bool same_thing(const struct stat *a, const struct stat *b)
{
    if (S_ISCHR(a->st_mode))
        return S_ISCHR(b->st_mode) && a->st_rdev == b->st_rdev;
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool process_holds(const char *pid, const struct stat *device)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
    DIR *fds = opendir(path);
    if (!fds)
        return false;
    bool found = false;
    struct stat st;
    for (struct dirent *d; !found && (d = readdir(fds));)
        found = !fstatat(dirfd(fds), d->d_name, &st, 0) && same_thing(device, &st);
    closedir(fds);
    return found;
}

static void read_program(const char *pid, char *out, size_t cap)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
    snprintf(out, cap, "?");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t len = read(fd, out, cap - 1);
    close(fd);
    out[len > 0 ? len : 0] = '\0';
    out[strcspn(out, "\n")] = '\0';
}

// The kernel adds " (deleted)" after an upgrade under a running program.
static bool is_lkcam(const char *pid)
{
    char path[64], exe[4096];
    snprintf(path, sizeof path, "/proc/%.20s/exe", pid);
    ssize_t len = readlink(path, exe, sizeof exe - 1);
    if (len < 0)
        return false;
    exe[len] = '\0';
    const char *slash = strrchr(exe, '/'), *name = slash ? slash + 1 : exe;
    return !strcmp(name, "lkcam") || !strcmp(name, "lkcam (deleted)");
}

int lkcam_holder_find(const char *device, struct lkcam_holder *out)
{
    struct stat st;
    if (stat(device, &st))
        return -errno;
    DIR *proc = opendir("/proc");
    if (!proc)
        return -errno;
    int found = 0;
    for (struct dirent *d; !found && (d = readdir(proc));) {
        pid_t pid = isdigit((unsigned char)d->d_name[0]) ? (pid_t)strtol(d->d_name, NULL, 10) : 0;
        if (pid <= 0 || pid == getpid() || !process_holds(d->d_name, &st))
            continue;
        *out = (struct lkcam_holder){.pid = pid, .is_lkcam = is_lkcam(d->d_name)};
        read_program(d->d_name, out->program, sizeof out->program);
        found = 1;
    }
    closedir(proc);
    return found;
}

static bool still_holds(const char *device, pid_t pid)
{
    char name[24];
    struct stat st;
    snprintf(name, sizeof name, "%d", (int)pid);
    return !stat(device, &st) && process_holds(name, &st);
}

bool lkcam_holder_is_self(const char *device)
{
    return still_holds(device, getpid());
}

// The descriptor of a process becomes readable when it ends; a process may also live on and let go
// of the device.
static bool wait_until_free(int pidfd, const char *device, pid_t pid, int patience_ms)
{
    enum { LOOK_AGAIN_MS = 50 };
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    for (int waited_ms = 0; waited_ms < patience_ms; waited_ms += LOOK_AGAIN_MS)
        if (poll(&ended, 1, LOOK_AGAIN_MS) > 0 || !still_holds(device, pid))
            return true;
    return false;
}

int lkcam_holder_end(const char *device, const struct lkcam_holder *h)
{
    int pidfd = (int)syscall(SYS_pidfd_open, h->pid, 0);
    if (pidfd < 0)
        return errno == ESRCH ? 0 : -errno;
    int err = 0;
    // Asked again behind the descriptor: the number may have passed to another process since it was
    // found.
    if (still_holds(device, h->pid)) {
        if (syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0) && errno != ESRCH)
            err = -errno;
        else if (!wait_until_free(pidfd, device, h->pid, TERM_PATIENCE_MS)) {
            syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
            err = wait_until_free(pidfd, device, h->pid, KILL_PATIENCE_MS) ? 0 : -ETIMEDOUT;
        }
    }
    close(pidfd);
    return err;
}
