// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "pub/nalorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int lkcam_nalorder_init(struct lkcam_nalorder *o, size_t arena_bytes, lkcam_nal_cb emit, void *ctx)
{
    *o = (struct lkcam_nalorder){.emit = emit, .ctx = ctx, .arena_cap = arena_bytes};
    int err = lkcam_lock_init(&o->lock);
    if (err)
        return err;
    o->arena = malloc(arena_bytes); // touched only by slices that come out of order
    if (!o->arena) {
        lkcam_lock_deinit(&o->lock);
        return -ENOMEM;
    }
    return 0;
}

void lkcam_nalorder_deinit(struct lkcam_nalorder *o)
{
    if (!o->arena)
        return;
    free(o->arena);
    o->arena = NULL;
    lkcam_lock_deinit(&o->lock);
}

void lkcam_nalorder_begin(struct lkcam_nalorder *o)
{
    o->broken = o->busy = false;
    o->next_mb = 0;
    o->arena_len = 0;
    memset(o->held, 0, sizeof o->held);
}

static void hold(struct lkcam_nalorder *o, const struct lkcam_coded_nal *nal)
{
    for (int i = 0; i < LKCAM_NALORDER_HELD; i++) {
        if (o->held[i].p || o->arena_cap - o->arena_len < nal->len)
            continue;
        o->held[i] = *nal;
        o->held[i].p = memcpy(o->arena + o->arena_len, nal->p, nal->len);
        o->arena_len += nal->len;
        return;
    }
    o->broken = true;
}

// Parameter sets come before every slice and belong where they come.
static bool is_next(const struct lkcam_nalorder *o, const struct lkcam_coded_nal *nal)
{
    return nal->first_mb < 0 || nal->first_mb == o->next_mb;
}

static bool take_held(struct lkcam_nalorder *o, struct lkcam_coded_nal *out)
{
    for (int i = 0; i < LKCAM_NALORDER_HELD; i++) {
        if (!o->held[i].p || !is_next(o, &o->held[i]))
            continue;
        *out = o->held[i];
        o->held[i].p = NULL;
        return true;
    }
    return false;
}

void lkcam_nalorder_input(struct lkcam_nalorder *o, const struct lkcam_coded_nal *nal)
{
    struct lkcam_coded_nal now = *nal;

    lkcam_lock_take(&o->lock);
    if (o->busy || !is_next(o, nal)) {
        hold(o, nal);
        lkcam_lock_give_back(&o->lock);
        return;
    }
    o->busy = true;
    do {
        lkcam_lock_give_back(&o->lock);
        o->emit(o->ctx, &now);
        lkcam_lock_take(&o->lock);
        if (now.first_mb >= 0)
            o->next_mb = now.last_mb + 1;
    } while (take_held(o, &now));
    o->busy = false;
    lkcam_lock_give_back(&o->lock);
}
