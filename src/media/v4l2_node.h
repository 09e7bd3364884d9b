// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A device node beside its driver: its stable names, and what sysfs tells without opening it. Needs
// neither udev nor the right to open.
#ifndef LKCAM_MEDIA_V4L2_NODE_H
#define LKCAM_MEDIA_V4L2_NODE_H

#include <stdbool.h>
#include <stddef.h>

#define LKCAM_V4L2_NAMES_MAX 8
#define LKCAM_V4L2_NAME_BYTES 288

/** Links in /dev/v4l/by-id, then by-path, that lead to the same device. @return how many. */
size_t lkcam_v4l2_names(const char *path, char names[LKCAM_V4L2_NAMES_MAX][LKCAM_V4L2_NAME_BYTES]);

/** /dev/videoN's card as sysfs has it; "" where it does not tell. */
void lkcam_v4l2_node_card(int number, char card[33]);

/** Whether /dev/videoN is the first node of its device: a USB camera's further one is for metadata.
 * True where sysfs does not tell. */
bool lkcam_v4l2_node_is_first(int number);

#endif
