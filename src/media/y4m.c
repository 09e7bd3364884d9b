// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Reads YUV4MPEG2 headers: words of a letter and a value between spaces, ended by a line feed.
#include "media/y4m.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define LONGEST_HEADER_BYTES 256 // Ours: mjpegtools and ffmpeg write less than 100

struct word {
    const char *p;
    size_t len;
};

// The words of one line. @return false at its end.
static bool next_word(const char **at, const char *end, struct word *out)
{
    while (*at < end && **at == ' ')
        (*at)++;
    out->p = *at;
    while (*at < end && **at != ' ')
        (*at)++;
    out->len = (size_t)(*at - out->p);
    return out->len > 0;
}

// Decimal digits up to 9,999,999. @return -1 for anything else.
static int read_number(const char *p, size_t len)
{
    int value = 0;
    if (len < 1 || len > 7)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        value = value * 10 + (p[i] - '0');
    }
    return value;
}

static void read_rate(const char *p, size_t len, struct lkcam_y4m *out)
{
    const char *colon = memchr(p, ':', len);
    if (!colon)
        return;
    int num = read_number(p, (size_t)(colon - p)),
        den = read_number(colon + 1, (size_t)(p + len - colon - 1));
    if (num < 1 || den < 1)
        return;
    out->fps_num = num;
    out->fps_den = den;
}

// C420, C420jpeg, C420paldv, C420mpeg2: the same planes, chroma sited elsewhere. C420p10 has 16-bit
// samples.
static bool is_420(const char *p, size_t len)
{
    return len >= 3 && !memcmp(p, "420", 3) &&
           !(len > 4 && p[3] == 'p' && p[4] >= '0' && p[4] <= '9');
}

static int read_word(struct word w, struct lkcam_y4m *out)
{
    const char *value = w.p + 1;
    size_t len = w.len - 1;
    switch (*w.p) {
    case 'W':
        out->width_px = read_number(value, len);
        return 0;
    case 'H':
        out->height_px = read_number(value, len);
        return 0;
    case 'F':
        read_rate(value, len, out);
        return 0;
    case 'C':
        return is_420(value, len) ? 0 : -ENOTSUP;
    case 'I':
        return len == 1 && (*value == 'p' || *value == '?') ? 0 : -ENOTSUP;
    default: // aspect, comments, whatever comes
        return 0;
    }
}

static bool good_side(int px)
{
    return px >= 16 && px <= 7680 && px % 2 == 0;
}

static const uint8_t *line_end(const uint8_t *p, size_t len)
{
    return memchr(p, '\n', len < LONGEST_HEADER_BYTES ? len : LONGEST_HEADER_BYTES);
}

static bool begins(const uint8_t *p, size_t len, const char *with)
{
    return len >= strlen(with) && !memcmp(p, with, strlen(with));
}

int lkcam_y4m_read_header(const uint8_t *p, size_t len, struct lkcam_y4m *out)
{
    static const char magic[] = "YUV4MPEG2 ";
    *out = (struct lkcam_y4m){0};
    if (!begins(p, len, magic))
        return -EBADMSG;
    const uint8_t *lf = line_end(p, len);
    if (!lf)
        return -EBADMSG;
    const char *at = (const char *)p + strlen(magic), *end = (const char *)lf;
    for (struct word w; next_word(&at, end, &w);) {
        int err = read_word(w, out);
        if (err)
            return err;
    }
    if (!good_side(out->width_px) || !good_side(out->height_px))
        return -EINVAL;
    out->header_bytes = (size_t)(lf + 1 - p);
    return 0;
}

size_t lkcam_y4m_read_frame_header(const uint8_t *p, size_t len)
{
    if (!begins(p, len, "FRAME"))
        return 0;
    const uint8_t *lf = line_end(p, len);
    if (!lf || (p[5] != '\n' && p[5] != ' '))
        return 0;
    return (size_t)(lf + 1 - p);
}
