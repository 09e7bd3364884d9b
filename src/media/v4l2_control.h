// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A camera's controls as the driver describes them: those that hold one value (no arrays, no
// compound types), and are not disabled. Sets nothing.
#ifndef LKCAM_MEDIA_V4L2_CONTROL_H
#define LKCAM_MEDIA_V4L2_CONTROL_H

#include <lkcam/lkcam.h>
#include <stdbool.h>

// Ours: no driver has as many; a broken one would list for ever.
#define LKCAM_V4L2_CONTROLS_MAX 256
#define LKCAM_V4L2_MENU_MAX 128

/** Where a walk through the controls stands; all zero at its beginning. */
struct lkcam_v4l2_walk {
    /* private */
    uint32_t id;
    int steps;
};

/** The next control in the driver's order, without value and menu. @return false at the end. */
bool lkcam_v4l2_control_next(int fd, struct lkcam_v4l2_walk *w, struct lkcam_device_control *out);

/** One by its number (V4L2_CID_...), likewise. @return false where there is none. */
bool lkcam_v4l2_control_query(int fd, uint32_t id, struct lkcam_device_control *out);

/** Its items; a menu may have holes. @return how many, at most `cap`; 0 where it is no menu. */
size_t lkcam_v4l2_control_menu(int fd, const struct lkcam_device_control *c,
                               struct lkcam_menu_item *out, size_t cap);

/** Fills in its value, and whether it is readable. */
void lkcam_v4l2_control_read(int fd, struct lkcam_device_control *c);

#endif
