// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Bounded reading and writing of network-order bytes. A read or write past the end does nothing but
// set `bad`; a parser looks at `bad` once, at its end.
#ifndef LKCAM_BASE_BYTES_H
#define LKCAM_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct lkcam_reader {
    const uint8_t *p, *end;
    bool bad;
};

static inline struct lkcam_reader lkcam_reader_over(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    return (struct lkcam_reader){p, p + len, false};
}

static inline size_t lkcam_read_left(const struct lkcam_reader *r)
{
    return (size_t)(r->end - r->p);
}

/** @return n borrowed bytes, or NULL (and `bad`) where fewer are left. */
static inline const uint8_t *lkcam_read_bytes(struct lkcam_reader *r, size_t n)
{
    if (r->bad || lkcam_read_left(r) < n) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *p = r->p;
    r->p += n;
    return p;
}

/** Big-endian unsigned of n <= 8 bytes; 0 past the end. */
static inline uint64_t lkcam_read_uint(struct lkcam_reader *r, size_t n)
{
    const uint8_t *p = lkcam_read_bytes(r, n);
    uint64_t v = 0;
    for (size_t i = 0; p && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static inline uint8_t lkcam_read_u8(struct lkcam_reader *r)
{
    return (uint8_t)lkcam_read_uint(r, 1);
}

static inline uint16_t lkcam_read_u16(struct lkcam_reader *r)
{
    return (uint16_t)lkcam_read_uint(r, 2);
}

static inline uint32_t lkcam_read_u32(struct lkcam_reader *r)
{
    return (uint32_t)lkcam_read_uint(r, 4);
}

static inline uint64_t lkcam_read_u64(struct lkcam_reader *r)
{
    return lkcam_read_uint(r, 8);
}

struct lkcam_writer {
    uint8_t *begin, *p, *end;
    bool bad;
};

static inline struct lkcam_writer lkcam_writer_over(void *bytes, size_t cap)
{
    uint8_t *p = bytes;
    return (struct lkcam_writer){p, p, p + cap, false};
}

static inline size_t lkcam_written(const struct lkcam_writer *w)
{
    return (size_t)(w->p - w->begin);
}

/** @return room for n bytes, already counted as written, or NULL (and `bad`). */
static inline uint8_t *lkcam_write_room(struct lkcam_writer *w, size_t n)
{
    if (w->bad || (size_t)(w->end - w->p) < n) {
        w->bad = true;
        return NULL;
    }
    uint8_t *p = w->p;
    w->p += n;
    return p;
}

static inline void lkcam_write_bytes(struct lkcam_writer *w, const void *bytes, size_t n)
{
    uint8_t *p = lkcam_write_room(w, n);
    if (p && n)
        memcpy(p, bytes, n);
}

static inline void lkcam_put_uint(uint8_t *p, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

/** Big-endian unsigned of n <= 8 bytes. */
static inline void lkcam_write_uint(struct lkcam_writer *w, uint64_t v, size_t n)
{
    uint8_t *p = lkcam_write_room(w, n);
    if (p)
        lkcam_put_uint(p, v, n);
}

static inline void lkcam_write_u8(struct lkcam_writer *w, uint8_t v)
{
    lkcam_write_uint(w, v, 1);
}

static inline void lkcam_write_u16(struct lkcam_writer *w, uint16_t v)
{
    lkcam_write_uint(w, v, 2);
}

static inline void lkcam_write_u32(struct lkcam_writer *w, uint32_t v)
{
    lkcam_write_uint(w, v, 4);
}

static inline void lkcam_write_u64(struct lkcam_writer *w, uint64_t v)
{
    lkcam_write_uint(w, v, 8);
}

#endif
