// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Runs a fuzz target without libFuzzer: every file of its corpus as it is, then mutations of it
// from a printed seed, so that a plain test run looks beyond the corpus and can be repeated.
//
//     fuzz_<name> CORPUS [SEED [MUTATIONS]]
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define FILES_MAX 512
#define INPUT_MAX 4096
#define MUTATIONS_EACH 10000 // Ours: all targets together well under two seconds with sanitizers

struct input {
    uint8_t bytes[INPUT_MAX];
    size_t len;
};

static struct input corpus[FILES_MAX];
static int corpus_count;
static uint64_t state;

// xorshift64 (Marsaglia 2003).
static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static size_t below(size_t n)
{
    return n ? (size_t)(draw() % n) : 0;
}

static void flip_bit(struct input *in)
{
    if (in->len)
        in->bytes[below(in->len)] ^= (uint8_t)(1u << below(8));
}

static void set_byte(struct input *in)
{
    static const uint8_t edges[] = {0, 1, 3, 0x7f, 0x80, 0xff, ' ', '\n', ':'};
    if (in->len)
        in->bytes[below(in->len)] = edges[below(sizeof edges)];
}

static void truncate_end(struct input *in)
{
    in->len = below(in->len + 1);
}

// What looks like a 16-bit length gets an edge value, or one near what is really left.
static void edit_length(struct input *in)
{
    if (in->len < 2)
        return;
    size_t at = below(in->len - 1), left = in->len - at - 2;
    const size_t edges[] = {0, 1, left, left + 1, left / 4, left / 4 + 1, 0x1fff, 0xffff};
    size_t v = edges[below(sizeof edges / sizeof *edges)];
    in->bytes[at] = (uint8_t)(v >> 8);
    in->bytes[at + 1] = (uint8_t)v;
}

// A stretch of any corpus file over or into this one.
static void splice(struct input *in)
{
    const struct input *from = &corpus[below((size_t)corpus_count)];
    size_t begin = below(from->len), n = below(from->len - begin + 1), at = below(in->len + 1);

    if (draw() & 1) { // into: move the rest away
        n = n < INPUT_MAX - in->len ? n : INPUT_MAX - in->len;
        memmove(in->bytes + at + n, in->bytes + at, in->len - at);
        in->len += n;
    } else if (n > INPUT_MAX - at) {
        n = INPUT_MAX - at;
    }
    memcpy(in->bytes + at, from->bytes + begin, n);
    in->len = in->len > at + n ? in->len : at + n;
}

static void mutate(struct input *in)
{
    static void (*const ways[])(struct input *) = {flip_bit, set_byte, truncate_end, edit_length,
                                                   splice};
    for (size_t n = 1 + below(4); n; n--)
        ways[below(sizeof ways / sizeof *ways)](in);
}

// From a block of just this size, so that a sanitizer sees every read past the end.
static void run(const struct input *in)
{
    uint8_t *exact = malloc(in->len ? in->len : 1);
    if (!exact)
        exit(1);
    memcpy(exact, in->bytes, in->len);
    LLVMFuzzerTestOneInput(exact, in->len);
    free(exact);
}

static bool load(const char *folder, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f || corpus_count == FILES_MAX) {
        fprintf(stderr, "%s: %s\n", path, f ? "too many files" : strerror(errno));
        return false;
    }
    struct input *in = &corpus[corpus_count++];
    in->len = fread(in->bytes, 1, INPUT_MAX, f);
    bool whole = fgetc(f) == EOF;
    fclose(f);
    if (!whole)
        fprintf(stderr, "%s: longer than %d bytes\n", path, INPUT_MAX);
    return whole;
}

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **names;
    int n = argc > 1 ? scandir(argv[1], &names, visible, alphasort) : 0;
    if (n <= 0) {
        fprintf(stderr, "usage: %s CORPUS [SEED [MUTATIONS]], and the corpus is not empty\n",
                argv[0]);
        return 1;
    }
    state = argc > 2 ? strtoull(argv[2], NULL, 0) : 0x6c6b63616dull;
    state = state ? state : 1; // xorshift never leaves 0
    long mutations = argc > 3 ? strtol(argv[3], NULL, 0) : MUTATIONS_EACH;
    printf("seed 0x%llx, %d files, %ld mutations each\n", (unsigned long long)state, n, mutations);
    for (int i = 0; i < n; i++) {
        if (!load(argv[1], names[i]->d_name))
            return 1;
        free(names[i]);
    }
    free(names);
    for (int i = 0; i < corpus_count; i++) {
        run(&corpus[i]);
        for (long k = 0; k < mutations; k++) {
            struct input in = corpus[i];
            mutate(&in);
            run(&in);
        }
    }
    return 0;
}
