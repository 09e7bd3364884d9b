// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/steps.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "sig/messages.h"

#define LENGTH_BYTES 4

// The i-th message; the one after the last track is the offer.
static int write_message(uint8_t *out, size_t cap, const struct lkcam_session_config *cfg, int i)
{
    return i < cfg->track_count ? lkcam_message_write_add_track(out, cap, &cfg->tracks[i])
                                : lkcam_message_write_offer(out, cap, cfg->offer);
}

int lkcam_steps_init(struct lkcam_steps *s, const struct lkcam_session_config *cfg)
{
    size_t total = 0;

    for (int i = 0; i <= cfg->track_count; i++)
        total += LENGTH_BYTES + (size_t)write_message(NULL, 0, cfg, i);
    *s = (struct lkcam_steps){.bytes = malloc(total), .len = total};
    if (!s->bytes)
        return -ENOMEM;
    struct lkcam_writer w = lkcam_writer_over(s->bytes, total);
    for (int i = 0; i <= cfg->track_count; i++) {
        uint8_t *length = lkcam_write_room(&w, LENGTH_BYTES);
        int n = write_message(w.p, (size_t)(w.end - w.p), cfg, i);
        assert(n > 0);
        lkcam_put_uint(length, (uint64_t)n, LENGTH_BYTES);
        lkcam_write_room(&w, (size_t)n);
    }
    return 0;
}

void lkcam_steps_deinit(struct lkcam_steps *s)
{
    free(s->bytes);
    *s = (struct lkcam_steps){0};
}

size_t lkcam_steps_next(struct lkcam_steps *s, const uint8_t **message)
{
    if (s->at == s->len)
        return 0;
    struct lkcam_reader r = lkcam_reader_over(s->bytes + s->at, s->len - s->at);
    size_t n = lkcam_read_u32(&r);
    *message = lkcam_read_bytes(&r, n);
    s->at += LENGTH_BYTES + n;
    return n;
}
