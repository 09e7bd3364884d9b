// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "pub/lock.h"

int lkcam_lock_init(struct lkcam_lock *l)
{
    pthread_mutexattr_t a;
    int err = pthread_mutexattr_init(&a);
    if (err)
        return -err;
    err = pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
    if (!err)
        err = pthread_mutex_init(&l->mutex, &a);
    pthread_mutexattr_destroy(&a);
    return -err;
}

void lkcam_lock_deinit(struct lkcam_lock *l)
{
    pthread_mutex_destroy(&l->mutex);
}
