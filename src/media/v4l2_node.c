// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/v4l2_node.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/v4l2_text.h"

// Ours: a folder of links is read no further.
#define ENTRIES_MAX 1024

static size_t add_links(const char *folder, const struct stat *device,
                        char names[][LKCAM_V4L2_NAME_BYTES], size_t count)
{
    struct stat st;
    DIR *links = opendir(folder);
    if (!links)
        return count;
    struct dirent *d;
    for (int i = 0; i < ENTRIES_MAX && count < LKCAM_V4L2_NAMES_MAX && (d = readdir(links)); i++)
        if (*d->d_name != '.' && !fstatat(dirfd(links), d->d_name, &st, 0) && S_ISCHR(st.st_mode) &&
            st.st_rdev == device->st_rdev)
            snprintf(names[count++], LKCAM_V4L2_NAME_BYTES, "%.24s/%.255s", folder, d->d_name);
    closedir(links);
    return count;
}

size_t lkcam_v4l2_names(const char *path, char names[LKCAM_V4L2_NAMES_MAX][LKCAM_V4L2_NAME_BYTES])
{
    struct stat st;
    if (stat(path, &st) || !S_ISCHR(st.st_mode))
        return 0;
    size_t count = add_links("/dev/v4l/by-id", &st, names, 0);
    return add_links("/dev/v4l/by-path", &st, names, count);
}

static void read_attribute(int number, const char *what, char *out, size_t cap)
{
    char path[80];
    snprintf(path, sizeof path, "/sys/class/video4linux/video%d/%s", number, what);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, out, cap - 1);
    if (fd >= 0)
        close(fd);
    out[len > 0 ? len : 0] = '\0';
    out[strcspn(out, "\n")] = '\0';
}

void lkcam_v4l2_node_card(int number, char card[33])
{
    char raw[64];
    read_attribute(number, "name", raw, sizeof raw);
    lkcam_v4l2_text(card, 33, raw, sizeof raw);
}

bool lkcam_v4l2_node_is_first(int number)
{
    char index[16];
    read_attribute(number, "index", index, sizeof index);
    return !*index || !strcmp(index, "0");
}
