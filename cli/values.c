// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "values.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MIN_PX 64
#define SIDE_MAX_PX 7680
#define BITRATE_MIN_BPS 50000
#define BITRATE_MAX_BPS 100000000

static bool starts_with_digit(const char *text)
{
    return *text >= '0' && *text <= '9';
}

/* strtol alone would take spaces, and more than one sign. */
static int read_long(const char *text, char **end, long *out)
{
    if (!starts_with_digit(text) && !(text[0] == '-' && starts_with_digit(text + 1)))
        return -EINVAL;
    errno = 0;
    *out = strtol(text, end, 10);
    return -errno;
}

int lkcam_cli_read_number(const char *text, long min, long max, int *out)
{
    char *end;
    long value;
    int err = read_long(text, &end, &value);
    if (err)
        return err;
    if (*end)
        return -EINVAL;
    if (value < min || value > max)
        return -ERANGE;
    *out = (int)value;
    return 0;
}

int lkcam_cli_read_size(const char *text, int size_px[2])
{
    char *end;
    long width;
    int height;
    int err = read_long(text, &end, &width);
    if (err)
        return err;
    if (*end != 'x')
        return -EINVAL;
    err = lkcam_cli_read_number(end + 1, SIDE_MIN_PX, SIDE_MAX_PX, &height);
    if (err)
        return err;
    if (width < SIDE_MIN_PX || width > SIDE_MAX_PX)
        return -ERANGE;
    size_px[0] = (int)width;
    size_px[1] = height;
    return 0;
}

static int scale_of(const char *suffix)
{
    if (!*suffix)
        return 1;
    if (suffix[1])
        return 0;
    switch (*suffix) {
    case 'k':
    case 'K':
        return 1000;
    case 'm':
    case 'M':
        return 1000000;
    default:
        return 0;
    }
}

int lkcam_cli_read_bitrate(const char *text, int *bps)
{
    size_t digits = strspn(text, "0123456789.");
    int scale = scale_of(text + digits);
    if (!starts_with_digit(text) || !scale)
        return -EINVAL;
    char *end;
    double value = strtod(text, &end) * scale;
    if (end != text + digits)
        return -EINVAL;
    if (value < BITRATE_MIN_BPS || value > BITRATE_MAX_BPS)
        return -ERANGE;
    *bps = (int)(value + 0.5);
    return 0;
}

int lkcam_cli_read_setting(const char *text, struct lkcam_cli_setting *out)
{
    size_t len = strcspn(text, "=");
    if (!len)
        return -EINVAL;
    if (len >= sizeof(out->name))
        return -ERANGE;
    memcpy(out->name, text, len);
    out->name[len] = '\0';
    out->value = text[len] ? text + len + 1 : NULL;
    return 0;
}
