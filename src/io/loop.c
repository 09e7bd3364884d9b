// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/loop.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "io/clock.h"

int lkcam_loop_init(struct lkcam_loop *l)
{
    *l = (struct lkcam_loop){.armed = LKCAM_NEVER};
    l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    l->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event timer = {.events = EPOLLIN, .data.ptr = &l->timer_fd};
    struct epoll_event wake = {.events = EPOLLIN, .data.ptr = &l->wake_fd};
    if (l->epoll_fd >= 0 && l->timer_fd >= 0 && l->wake_fd >= 0 &&
        epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->timer_fd, &timer) == 0 &&
        epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->wake_fd, &wake) == 0)
        return 0;
    int err = -errno;
    lkcam_loop_deinit(l);
    return err;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void lkcam_loop_deinit(struct lkcam_loop *l)
{
    close_fd(&l->wake_fd);
    close_fd(&l->timer_fd);
    close_fd(&l->epoll_fd);
}

static int control(struct lkcam_loop *l, int op, struct lkcam_watch *w, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = w};
    return epoll_ctl(l->epoll_fd, op, w->fd, &e) ? -errno : 0;
}

int lkcam_loop_add(struct lkcam_loop *l, struct lkcam_watch *w, uint32_t events)
{
    return control(l, EPOLL_CTL_ADD, w, events);
}

int lkcam_loop_change(struct lkcam_loop *l, struct lkcam_watch *w, uint32_t events)
{
    return control(l, EPOLL_CTL_MOD, w, events);
}

void lkcam_loop_remove(struct lkcam_loop *l, struct lkcam_watch *w)
{
    control(l, EPOLL_CTL_DEL, w, 0);
    for (int i = 0; i < l->pending_count; i++)
        if (l->pending[i] == w)
            l->pending[i] = NULL;
}

static void arm(struct lkcam_loop *l, lkcam_us deadline)
{
    if (deadline == l->armed)
        return;
    l->armed = deadline;
    struct itimerspec t = {{0, 0}, {0, 0}}; // zero disarms
    if (deadline != LKCAM_NEVER) {
        lkcam_us at = deadline > 0 ? deadline : 1;
        t.it_value.tv_sec = at / 1000000;
        t.it_value.tv_nsec = at % 1000000 * 1000;
    }
    timerfd_settime(l->timer_fd, TFD_TIMER_ABSTIME, &t, NULL);
}

static void drain(struct lkcam_loop *l, int fd)
{
    uint64_t count;
    if (read(fd, &count, sizeof count) > 0 && fd == l->timer_fd)
        l->armed = LKCAM_NEVER; // it has gone off
}

int lkcam_loop_wait(struct lkcam_loop *l, lkcam_us deadline, lkcam_us *now)
{
    struct epoll_event events[LKCAM_LOOP_EVENTS];

    arm(l, deadline);
    int n = epoll_wait(l->epoll_fd, events, LKCAM_LOOP_EVENTS, -1);
    *now = lkcam_clock_now();
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < n; i++) {
        void *p = events[i].data.ptr;
        bool own = p == &l->timer_fd || p == &l->wake_fd;
        if (own)
            drain(l, *(int *)p);
        l->pending[i] = own ? NULL : p;
    }
    l->pending_count = n;
    for (int i = 0; i < n; i++)
        if (l->pending[i])
            l->pending[i]->ready(l->pending[i]->ctx, events[i].events, *now);
    l->pending_count = 0;
    return 0;
}

void lkcam_loop_wake(struct lkcam_loop *l)
{
    uint64_t one = 1;
    int interrupted = errno; // of the code that a signal handler interrupts
    // A full counter means that the loop is awake already.
    ssize_t n = write(l->wake_fd, &one, sizeof one);
    (void)n;
    errno = interrupted;
}
