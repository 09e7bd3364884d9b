// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Text of drivers. Knows no driver.
#include "media/v4l2_text.h"

#include <stdbool.h>
#include <stdio.h>

static bool follows(uint8_t c)
{
    return (c & 0xc0) == 0x80;
}

// RFC 3629, section 4: neither overlong forms nor surrogates. C1 controls are left out beside.
static size_t length_of(const uint8_t *p, size_t left)
{
    if (p[0] >= 0x20 && p[0] <= 0x7e)
        return 1;
    if (left >= 2 && p[0] >= 0xc2 && p[0] <= 0xdf && follows(p[1]))
        return p[0] == 0xc2 && p[1] < 0xa0 ? 0 : 2;
    if (left >= 3 && (p[0] & 0xf0) == 0xe0 && follows(p[1]) && follows(p[2]))
        return (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ? 0 : 3;
    if (left >= 4 && p[0] >= 0xf0 && p[0] <= 0xf4 && follows(p[1]) && follows(p[2]) &&
        follows(p[3]))
        return (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ? 0 : 4;
    return 0;
}

void lkcam_v4l2_text(char *out, size_t cap, const void *text, size_t len)
{
    const uint8_t *p = text;
    size_t at = 0;
    for (size_t i = 0; i < len && p[i];) {
        size_t n = length_of(p + i, len - i);
        if (at + (n ? n : 1) >= cap)
            break;
        if (!n)
            out[at++] = '?';
        for (size_t k = 0; k < n; k++)
            out[at++] = (char)p[i + k];
        i += n ? n : 1;
    }
    out[at] = '\0';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void lkcam_v4l2_spell(char *out, size_t cap, const char *title)
{
    size_t at = 0;
    bool gap = false;
    for (; *title; title++) {
        if (!is_word(*title)) {
            gap = at > 0;
            continue;
        }
        if (at + 1 + gap >= cap)
            break;
        if (gap)
            out[at++] = '_';
        gap = false;
        out[at++] = (char)(*title >= 'A' && *title <= 'Z' ? *title - 'A' + 'a' : *title);
    }
    out[at] = '\0';
}

void lkcam_v4l2_fourcc_text(char out[8], uint32_t fourcc)
{
    char c[4];
    for (int i = 0; i < 4; i++) {
        c[i] = (char)(fourcc >> 8 * i & 0x7f);
        if (c[i] < 0x20 || c[i] == 0x7f)
            c[i] = '?';
    }
    snprintf(out, 8, "%.4s%s", c, fourcc >> 31 ? "-BE" : "");
}
