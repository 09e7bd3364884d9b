// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Controls as a person wants them: from a name and a value in words to the driver.
#ifndef LKCAM_MEDIA_V4L2_SETTING_H
#define LKCAM_MEDIA_V4L2_SETTING_H

#include <lkcam/lkcam.h>

#include "media/source.h"

struct lkcam_v4l2_value {
    int64_t number;   // of a menu: the index
    const char *text; // of a string: borrowed
};

/**
 * Read `text` as a value of the control, whose items are filled in. A button takes any, NULL too.
 * @return 0, -EINVAL (no such value; NULL), -ERANGE.
 */
int lkcam_v4l2_value_read(const struct lkcam_device_control *c, const char *text,
                          struct lkcam_v4l2_value *out);

/** What the control takes, for a person: "a whole number from 0 to 255"; cut short by "..." where
 * it is longer. */
void lkcam_v4l2_value_range(const struct lkcam_device_control *c, char *out, size_t cap);

/**
 * Set controls one after the other, so that one may make way for the next; what the driver makes of
 * a value is said in the log where it differs. A camera that may lower its rate in the dark is told
 * not to, unless that control is among them. `label` is the camera's, for the error.
 * @return 0, -ENOENT (no such control), -EINVAL or -ERANGE (value), -EACCES (cannot be set:
 * read-only, inactive, grabbed), -ENODEV, -EIO (the driver refuses).
 */
int lkcam_v4l2_set(int fd, const char *label, const struct lkcam_control *controls, size_t count,
                   struct lkcam_source_error *why);

#endif
