// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "suggest.h"

#include <stddef.h>
#include <string.h>

#define LONGEST 32

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to add, drop or change until one word is the other; one row of the usual table. */
static size_t distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1];
    size_t len = strlen(b);
    for (size_t j = 0; j <= len; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < len; j++) {
            size_t change = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = smaller(change, 1 + smaller(row[j], row[j + 1]));
        }
    }
    return row[len];
}

/* A part of a name ("bitrate" of "max-bitrate") is as good as one slip. */
static size_t remoteness(const char *word, const char *name)
{
    if (strlen(word) >= 3 && (strstr(name, word) || strstr(word, name)))
        return 1;
    return distance(word, name);
}

const char *lkcam_cli_nearest(const char *word, const char *const *names)
{
    if (strlen(word) > LONGEST)
        return NULL;
    size_t best = strlen(word) / 3 + 2;
    const char *found = NULL;
    for (; *names; names++) {
        if (strlen(*names) > LONGEST)
            continue;
        size_t d = remoteness(word, *names);
        if (d < best) {
            best = d;
            found = *names;
        }
    }
    return found;
}
