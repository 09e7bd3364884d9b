// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The two kinds of header in a YUV4MPEG2 file. Bytes in, numbers out; knows no file.
#ifndef LKCAM_MEDIA_Y4M_H
#define LKCAM_MEDIA_Y4M_H

#include <stddef.h>
#include <stdint.h>

struct lkcam_y4m {
    int width_px, height_px; // even, 16..7680
    int fps_num, fps_den;    // 0/0 where the file says nothing or nonsense
    size_t header_bytes;     // where the first frame's header begins
};

/**
 * @return 0; -EBADMSG (no Y4M, or broken); -ENOTSUP (chroma other than 8-bit 4:2:0, interlaced);
 * -EINVAL (odd or impossible size).
 */
int lkcam_y4m_read_header(const uint8_t *p, size_t len, struct lkcam_y4m *out);

/** "FRAME", parameters, line feed. @return the header's bytes, or 0 where there is none or it is
 * cut short. */
size_t lkcam_y4m_read_frame_header(const uint8_t *p, size_t len);

#endif
