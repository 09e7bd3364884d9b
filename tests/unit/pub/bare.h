// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A connection with a camera, lock, loop and transport, but without keys: whatever is put into it
// waits.
#ifndef TESTS_UNIT_PUB_BARE_H
#define TESTS_UNIT_PUB_BARE_H

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "../seeded.h"
#include "cmocka_all.h"
#include "pub/publisher.h"

static uint64_t bare_seed;
static struct lkcam_rand bare_rand;

static inline struct lkcam *bare_open(void)
{
    struct lkcam *c = calloc(1, sizeof *c);
    assert_non_null(c);
    bare_seed = 1;
    bare_rand = seeded(&bare_seed);
    c->udp.fd = -1;
    assert_int_equal(lkcam_lock_init(&c->lock), 0);
    assert_int_equal(lkcam_loop_init(&c->loop), 0);
    assert_int_equal(lkcam_transport_init(&c->transport, &bare_rand, 1, 1, 1), 0);
    c->transport_open = true;
    struct lkcam_camera cam;
    lkcam_camera_default(&cam);
    assert_int_equal(lkcam_add_camera(c, &cam, NULL), 0);
    return c;
}

// @return whether the network thread has been woken.
static inline bool woken(const struct lkcam *c)
{
    struct pollfd p = {.fd = c->loop.epoll_fd, .events = POLLIN};
    return poll(&p, 1, 0) == 1;
}

#endif
