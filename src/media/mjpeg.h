// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// JPEG pictures to planes. The one home of turbojpeg; knows no camera.
#ifndef LKCAM_MEDIA_MJPEG_H
#define LKCAM_MEDIA_MJPEG_H

#include <stddef.h>
#include <stdint.h>

struct lkcam_mjpeg;

/** How much chroma a picture has; cameras send 4:2:2, some 4:2:0. */
enum lkcam_mjpeg_chroma { LKCAM_MJPEG_420, LKCAM_MJPEG_422 };

/** @return NULL where memory is short. */
struct lkcam_mjpeg *lkcam_mjpeg_new(void);
void lkcam_mjpeg_free(struct lkcam_mjpeg **m);

/** Look at a picture's header. @return 0, or -EBADMSG (no JPEG, another size than asked for, other
 * subsampling). */
int lkcam_mjpeg_chroma(struct lkcam_mjpeg *m, const uint8_t *jpeg, size_t len, int width_px,
                       int height_px, enum lkcam_mjpeg_chroma *chroma);

/**
 * Decode into three planes of the picture's own subsampling. A picture cut short is refused: half
 * of it would be a grey bar in front of a driver. @return 0 or -EBADMSG.
 */
int lkcam_mjpeg_decode(struct lkcam_mjpeg *m, const uint8_t *jpeg, size_t len, uint8_t *plane[3],
                       const int stride_bytes[3], int width_px, int height_px);

/** The same into 32 bits a pixel: bytes B, G, R, 255; rows `stride_bytes` apart. */
int lkcam_mjpeg_decode_rgba(struct lkcam_mjpeg *m, const uint8_t *jpeg, size_t len, uint8_t *out,
                            int stride_bytes, int width_px, int height_px);

#endif
