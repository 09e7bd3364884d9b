// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Looks for cameras by opening what is there. Knows no modes and no stream.
#include "media/v4l2_find.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "media/source.h"
#include "media/v4l2_sys.h"
#include "media/v4l2_text.h"

#define DEVICES_MAX 256 // VIDEO_NUM_DEVICES in the kernel's v4l2-dev.c

uint32_t lkcam_v4l2_identify(int fd, char card[33])
{
    struct v4l2_capability cap = {0};
    card[0] = '\0';
    if (lkcam_v4l2_ioctl(fd, VIDIOC_QUERYCAP, &cap))
        return 0;
    lkcam_v4l2_text(card, 33, cap.card, sizeof cap.card);
    // A UVC camera has a second node for metadata: the driver's sum says capture, the node's own
    // part does not.
    uint32_t caps = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;
    if (!(caps & V4L2_CAP_STREAMING))
        return 0;
    if (caps & V4L2_CAP_VIDEO_CAPTURE)
        return V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return caps & V4L2_CAP_VIDEO_CAPTURE_MPLANE ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : 0;
}

// @return 0 a camera, -EACCES not ours to open, -ENODEV anything else.
static int look_at(const char *path, char card[33])
{
    int fd = lkcam_v4l2_sys->open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return errno == EACCES || errno == EPERM ? -EACCES : -ENODEV;
    bool camera = lkcam_v4l2_identify(fd, card) != 0;
    lkcam_v4l2_sys->close(fd);
    return camera ? 0 : -ENODEV;
}

static bool exists(const char *path)
{
    int fd = lkcam_v4l2_sys->open(path, O_PATH | O_CLOEXEC);
    if (fd >= 0)
        lkcam_v4l2_sys->close(fd);
    return fd >= 0;
}

// The first camera in number order whose name has `part` in it; every name has "".
static int find_by_name(const char *part, char *path, size_t cap)
{
    char card[33];
    int forbidden = -1;
    for (int i = 0; i < DEVICES_MAX; i++) {
        snprintf(path, cap, "/dev/video%d", i);
        int err = look_at(path, card);
        if (!err && strcasestr(card, part))
            return 0;
        if (err == -EACCES && forbidden < 0)
            forbidden = i;
    }
    if (forbidden < 0)
        return -ENODEV;
    snprintf(path, cap, "/dev/video%d", forbidden);
    return -EACCES;
}

int lkcam_v4l2_find(const char *device, char *path, size_t cap)
{
    static const char *const folders[] = {"/dev/v4l/by-id/", "/dev/"};
    if (!device)
        return find_by_name("", path, cap);
    if (strchr(device, '/'))
        return snprintf(path, cap, "%s", device) < (int)cap ? 0 : -ENODEV;
    for (int i = 0; i < 2; i++)
        if (*device && snprintf(path, cap, "%s%s", folders[i], device) < (int)cap && exists(path))
            return 0;
    return *device ? find_by_name(device, path, cap) : -ENODEV;
}

int lkcam_v4l2_first(char *path, size_t cap)
{
    return lkcam_v4l2_find(NULL, path, cap);
}
