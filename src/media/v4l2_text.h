// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What a driver calls things, fit for a terminal and for JSON. A USB camera writes its own name.
#ifndef LKCAM_MEDIA_V4L2_TEXT_H
#define LKCAM_MEDIA_V4L2_TEXT_H

#include <stddef.h>
#include <stdint.h>

/** At most `len` bytes up to a NUL become UTF-8 without control characters, at most cap - 1 bytes;
 * what is neither becomes '?'. */
void lkcam_v4l2_text(char *out, size_t cap, const void *text, size_t len);

/** A control's name as v4l2-ctl spells it: lower case, all else one '_' between words. */
void lkcam_v4l2_spell(char *out, size_t cap, const char *title);

/** "YUYV", "AR15-BE". */
void lkcam_v4l2_fourcc_text(char out[8], uint32_t fourcc);

#endif
