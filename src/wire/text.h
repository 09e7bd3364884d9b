// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Cutting borrowed text into lines and words without copying it. Knows no format.
#ifndef LKCAM_WIRE_TEXT_H
#define LKCAM_WIRE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/** A stretch of text that has no terminator. */
struct lkcam_text {
    const char *p;
    size_t len;
};

/** Cut off what stands before the first `mark` (all, where there is none) and the mark itself. */
static inline struct lkcam_text lkcam_text_until(struct lkcam_text *from, char mark)
{
    const char *found = from->len ? memchr(from->p, mark, from->len) : NULL;
    struct lkcam_text cut = {from->p, found ? (size_t)(found - from->p) : from->len};
    size_t taken = cut.len + (found ? 1 : 0);
    from->p += taken;
    from->len -= taken;
    return cut;
}

/** The next line, ended by CRLF or LF. */
static inline struct lkcam_text lkcam_text_line(struct lkcam_text *from)
{
    struct lkcam_text line = lkcam_text_until(from, '\n');
    if (line.len && line.p[line.len - 1] == '\r')
        line.len--;
    return line;
}

/** The next word, ended by one or more spaces; of length 0 at the end. */
static inline struct lkcam_text lkcam_text_word(struct lkcam_text *from)
{
    struct lkcam_text word;
    do
        word = lkcam_text_until(from, ' ');
    while (word.len == 0 && from->len);
    return word;
}

/** Letters of either case are equal, as in the tokens of SDP's grammar that we meet. */
static inline bool lkcam_text_is(struct lkcam_text t, const char *word)
{
    return t.len == strlen(word) && (t.len == 0 || strncasecmp(t.p, word, t.len) == 0);
}

/** Pass over `prefix`, case and all, where the text begins with it. */
static inline bool lkcam_text_skip(struct lkcam_text *t, const char *prefix)
{
    size_t n = strlen(prefix);
    if (t->len < n || memcmp(t->p, prefix, n) != 0)
        return false;
    t->p += n;
    t->len -= n;
    return true;
}

/** Copy with a terminator. @return false where it does not fit. */
static inline bool lkcam_text_copy(struct lkcam_text t, char *out, size_t cap)
{
    if (t.len >= cap)
        return false;
    if (t.len)
        memcpy(out, t.p, t.len);
    out[t.len] = '\0';
    return true;
}

/** Decimal digits and nothing else, up to `max`. @return false otherwise. */
static inline bool lkcam_text_uint(struct lkcam_text t, uint32_t max, uint32_t *out)
{
    uint64_t v = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(t.p[i] - '0');
        if (v > max)
            return false;
    }
    *out = (uint32_t)v;
    return t.len > 0;
}

#endif
