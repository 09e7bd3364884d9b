// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// THE lock: what camera threads and the network thread share (transport and ledger) is touched
// under it, at most eight packets a hold, with no call in it that can block. Priority-inheriting,
// so that whoever holds it is never kept from giving it back by a thread in between.
#ifndef LKCAM_PUB_LOCK_H
#define LKCAM_PUB_LOCK_H

#include <pthread.h>

struct lkcam_lock {
    pthread_mutex_t mutex;
};

/** @return 0 or -errno. */
int lkcam_lock_init(struct lkcam_lock *l);
void lkcam_lock_deinit(struct lkcam_lock *l);

static inline void lkcam_lock_take(struct lkcam_lock *l)
{
    pthread_mutex_lock(&l->mutex);
}

static inline void lkcam_lock_give_back(struct lkcam_lock *l)
{
    pthread_mutex_unlock(&l->mutex);
}

#endif
