// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// JPEG pictures to planes by turbojpeg. Knows no camera and no encoder.
#include "media/mjpeg.h"

#include <errno.h>
#include <stdlib.h>
#include <turbojpeg.h>

struct lkcam_mjpeg {
    tjhandle handle;
};

struct lkcam_mjpeg *lkcam_mjpeg_new(void)
{
    struct lkcam_mjpeg *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->handle = tjInitDecompress();
    if (!m->handle)
        lkcam_mjpeg_free(&m);
    return m;
}

void lkcam_mjpeg_free(struct lkcam_mjpeg **m)
{
    if (*m && (*m)->handle)
        tjDestroy((*m)->handle);
    free(*m);
    *m = NULL;
}

int lkcam_mjpeg_chroma(struct lkcam_mjpeg *m, const uint8_t *jpeg, size_t len, int width_px,
                       int height_px, enum lkcam_mjpeg_chroma *chroma)
{
    int width, height, subsampling, colours;
    if (tjDecompressHeader3(m->handle, jpeg, len, &width, &height, &subsampling, &colours))
        return -EBADMSG;
    if (width != width_px || height != height_px || colours != TJCS_YCbCr)
        return -EBADMSG;
    if (subsampling != TJSAMP_420 && subsampling != TJSAMP_422)
        return -EBADMSG;
    *chroma = subsampling == TJSAMP_420 ? LKCAM_MJPEG_420 : LKCAM_MJPEG_422;
    return 0;
}

// The quick DCT: a camera's own compression has lost more than it does.
#define FLAGS (TJFLAG_FASTDCT | TJFLAG_STOPONWARNING)

int lkcam_mjpeg_decode(struct lkcam_mjpeg *m, const uint8_t *jpeg, size_t len, uint8_t *plane[3],
                       const int stride_bytes[3], int width_px, int height_px)
{
    int strides[3] = {stride_bytes[0], stride_bytes[1], stride_bytes[2]};
    return tjDecompressToYUVPlanes(m->handle, jpeg, len, plane, width_px, strides, height_px, FLAGS)
               ? -EBADMSG
               : 0;
}

int lkcam_mjpeg_decode_rgba(struct lkcam_mjpeg *m, const uint8_t *jpeg, size_t len, uint8_t *out,
                            int stride_bytes, int width_px, int height_px)
{
    return tjDecompress2(m->handle, jpeg, len, out, width_px, stride_bytes, height_px, TJPF_BGRA,
                         FLAGS)
               ? -EBADMSG
               : 0;
}
