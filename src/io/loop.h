// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The network thread's wait: epoll, one timer, one wake-up. Reads the clock once a wake-up and
// hands it down.
#ifndef LKCAM_IO_LOOP_H
#define LKCAM_IO_LOOP_H

#include <stdint.h>

#include "base/time.h"

/** Embedded by whoever owns the fd; lives until removed. */
struct lkcam_watch {
    int fd;
    void (*ready)(void *ctx, uint32_t events, lkcam_us now); // EPOLLIN ...
    void *ctx;
};

#define LKCAM_LOOP_EVENTS 16 // Ours: taken in one wait; the rest come with the next

struct lkcam_loop {
    int epoll_fd;
    /* private */
    int timer_fd, wake_fd;
    lkcam_us armed;
    struct lkcam_watch
        *pending[LKCAM_LOOP_EVENTS]; // of the wait under way; NULL: removed meanwhile
    int pending_count;
};

int lkcam_loop_init(struct lkcam_loop *l);
void lkcam_loop_deinit(struct lkcam_loop *l);
int lkcam_loop_add(struct lkcam_loop *l, struct lkcam_watch *w, uint32_t events);
int lkcam_loop_change(struct lkcam_loop *l, struct lkcam_watch *w, uint32_t events);
void lkcam_loop_remove(struct lkcam_loop *l, struct lkcam_watch *w);

/** Wait until something is ready, a wake-up, or the deadline; run the ready callbacks. `*now` is
 * the time after the wait. A watch removed by an earlier callback of the same wait is not called.
 * @return 0 or -errno. */
int lkcam_loop_wait(struct lkcam_loop *l, lkcam_us deadline, lkcam_us *now);

/** Make lkcam_loop_wait return. Any thread, any signal handler. */
void lkcam_loop_wake(struct lkcam_loop *l);

#endif
