// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "assets.h"

#include "../say.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLIENT "livekit-client.umd.js"
#define ASSET_MAX_BYTES (16 << 20)
#define BESIDE_THE_PROGRAM 0

static const struct {
    const char *name, *type, *file;
} wanted[LKCAM_CLI_ASSETS] = {
    {"", "text/html; charset=utf-8", "index.html"},
    {"viewer.css", "text/css; charset=utf-8", "viewer.css"},
    {"viewer.js", "text/javascript; charset=utf-8", "viewer.js"},
    {CLIENT, "text/javascript; charset=utf-8", CLIENT},
};

/* Beside the program (a build directory), in share/ beside its bin/ (wherever the tree was moved
 * to), or where it was configured to be.
 * @return which of the three, -ENOENT */
static int find_directory(char *out, size_t len)
{
    static const char *const places[] = {"%s", "%s/../share/lkcam/viewer", LKCAM_VIEWER_DIR};
    char program[LKCAM_CLI_PATH_MAX] = "", page[LKCAM_CLI_PATH_MAX + 16];
    if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
        return -errno;
    const char *folder = dirname(program);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const char *mark = strstr(places[i], "%s");
        int n = mark ? snprintf(out, len, "%s%s", folder, mark + 2)
                     : snprintf(out, len, "%s", places[i]);
        if (n < 0 || (size_t)n >= len)
            continue;
        snprintf(page, sizeof(page), "%s/index.html", out);
        if (!access(page, R_OK))
            return (int)i;
    }
    return -ENOENT;
}

static int read_all(FILE *f, struct lkcam_cli_asset *asset)
{
    if (fseek(f, 0, SEEK_END))
        return -errno;
    long len = ftell(f);
    if (len < 0)
        return -errno;
    if (len > ASSET_MAX_BYTES)
        return -EFBIG;
    rewind(f);
    asset->bytes = malloc((size_t)len + 1);
    if (!asset->bytes)
        return -ENOMEM;
    asset->len = fread(asset->bytes, 1, (size_t)len, f);
    return asset->len == (size_t)len ? 0 : -EIO;
}

static int read_file(const char *path, struct lkcam_cli_asset *asset)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return -errno;
    int err = read_all(f, asset);
    fclose(f);
    return err;
}

static int load(struct lkcam_cli_asset *asset, const char *directory, size_t i, const char *client)
{
    char path[LKCAM_CLI_PATH_MAX + 64];
    snprintf(path, sizeof(path), "%s/%s", directory, wanted[i].file);
    const char *from = client && !strcmp(wanted[i].file, CLIENT) ? client : path;
    asset->name = wanted[i].name;
    asset->type = wanted[i].type;
    int err = read_file(from, asset);
    if (err && !strcmp(wanted[i].file, CLIENT))
        lkcam_cli_say(
            "cannot read LiveKit's browser client %s: %s; run 'npm ci' in viewer/ and give "
            "--client viewer/node_modules/livekit-client/dist/" CLIENT,
            from, strerror(-err));
    else if (err)
        lkcam_cli_say("cannot read %s: %s", from, strerror(-err));
    return err;
}

/* A build directory that was configured before the client was fetched has none; the sources do. */
static const char *client_of_sources(const char *directory)
{
    char path[LKCAM_CLI_PATH_MAX + 64];
    snprintf(path, sizeof(path), "%s/" CLIENT, directory);
    return access(path, R_OK) && !access(LKCAM_CLIENT_OF_SOURCES, R_OK) ? LKCAM_CLIENT_OF_SOURCES
                                                                        : NULL;
}

int lkcam_cli_assets_load(struct lkcam_cli_assets *a, const char *client)
{
    char directory[LKCAM_CLI_PATH_MAX];
    *a = (struct lkcam_cli_assets){0};
    int place = find_directory(directory, sizeof(directory));
    if (place < 0) {
        lkcam_cli_say("the viewer page is not installed: no index.html in " LKCAM_VIEWER_DIR);
        return place;
    }
    if (!client && place == BESIDE_THE_PROGRAM)
        client = client_of_sources(directory);
    int err = 0;
    for (size_t i = 0; i < LKCAM_CLI_ASSETS && !err; i++)
        err = load(&a->list[i], directory, i, client);
    return err;
}

const struct lkcam_cli_asset *lkcam_cli_assets_find(const struct lkcam_cli_assets *a,
                                                    const char *name)
{
    for (size_t i = 0; i < LKCAM_CLI_ASSETS; i++)
        if (!strcmp(a->list[i].name, name))
            return &a->list[i];
    return NULL;
}

void lkcam_cli_assets_free(struct lkcam_cli_assets *a)
{
    for (size_t i = 0; i < LKCAM_CLI_ASSETS; i++)
        free(a->list[i].bytes);
    *a = (struct lkcam_cli_assets){0};
}
