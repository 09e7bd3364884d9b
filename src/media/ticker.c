// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A camera's beat by timerfd. Reads CLOCK_MONOTONIC, as a driver would to stamp its frames.
#include "media/ticker.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static lkcam_us monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return LKCAM_SECONDS(t.tv_sec) + t.tv_nsec / 1000;
}

// Rounded up, so that a frame is never due before its timer fires.
static lkcam_us due_at(const struct lkcam_ticker *t, uint64_t number)
{
    uint64_t rate = (uint64_t)t->fps_num, scaled = number * 1000000u * (uint64_t)t->fps_den;
    return t->start + (lkcam_us)((scaled + rate - 1) / rate);
}

static int set_timer(const struct lkcam_ticker *t)
{
    lkcam_us due = due_at(t, t->next);
    struct itimerspec at = {.it_value = {due / 1000000, due % 1000000 * 1000}};
    return timerfd_settime(t->fd, TFD_TIMER_ABSTIME, &at, NULL) ? -errno : 0;
}

int lkcam_ticker_open(struct lkcam_ticker *t, int fps_num, int fps_den)
{
    *t = (struct lkcam_ticker){.start = monotonic_us(), .fps_num = fps_num, .fps_den = fps_den};
    t->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (t->fd < 0)
        return -errno;
    int err = set_timer(t);
    if (err)
        lkcam_ticker_close(t);
    return err;
}

void lkcam_ticker_close(struct lkcam_ticker *t)
{
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
}

int lkcam_ticker_take(struct lkcam_ticker *t, uint64_t *number, lkcam_us *due, uint64_t *late)
{
    lkcam_us now = monotonic_us();
    if (now < due_at(t, t->next))
        return 0;
    uint64_t elapsed = (uint64_t)(now - t->start);
    uint64_t newest = elapsed * (uint64_t)t->fps_num / (1000000u * (uint64_t)t->fps_den);
    *number = newest;
    *due = due_at(t, newest);
    *late = newest - t->next;
    t->next = newest + 1;
    int err = set_timer(t); // also clears the fd's readiness
    return err ? err : 1;
}
