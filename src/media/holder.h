// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Who holds a device file: read from /proc, told to a person, ended on request.
#ifndef LKCAM_MEDIA_HOLDER_H
#define LKCAM_MEDIA_HOLDER_H

#include <stdbool.h>
#include <sys/types.h>

struct lkcam_holder {
    pid_t pid;
    char program[64]; // /proc/PID/comm
    bool is_lkcam;    // /proc/PID/exe is a program called lkcam
};

/** Find another process with this device (same st_rdev) open. @return 1 = found, 0 = none seen,
 * -errno. */
int lkcam_holder_find(const char *device, struct lkcam_holder *out);

/** Whether this process has it open. */
bool lkcam_holder_is_self(const char *device);

/** TERM, then KILL after 2 s; waits until the process no longer holds the device. @return 0,
 * -EPERM, -ETIMEDOUT. */
int lkcam_holder_end(const char *device, const struct lkcam_holder *h);

#endif
