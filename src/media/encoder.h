// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Pictures to NAL units. One struct of functions a kind; x264 is the first.
#ifndef LKCAM_MEDIA_ENCODER_H
#define LKCAM_MEDIA_ENCODER_H

#include "media/frame.h"

#define LKCAM_ENCODER_PRESET "lkcam"

struct lkcam_encoder_config {
    int width_px, height_px;
    enum lkcam_pixel_format input; // I420 or NV12
    int fps_num, fps_den;          // nominal; the true rate comes with each frame
    int bitrate_bps;               // of NAL bytes
    int threads;                   // 1, or N slice threads
    int slices;                    // a frame is coded as this many, handed out as they finish
    const char *preset;            // LKCAM_ENCODER_PRESET (also NULL), or one of the encoder's own
    struct lkcam_color color;      // of the pictures; told in the SPS
    int min_qp;                    // nothing is coded more finely: 0 (no bound) to 51
};

/** A finished NAL unit: header byte first, no start code. Borrowed until the callback returns. */
struct lkcam_coded_nal {
    const uint8_t *p;
    size_t len;
    int first_mb, last_mb; // macroblocks covered by a slice; both -1 for anything else
    int mb_count;          // of the whole picture: last_mb == mb_count - 1 ends the frame
};

/**
 * Called as NALs finish, during encode(): in order with one thread; with several from the encoder's
 * own threads, out of order and at the same time.
 */
typedef void (*lkcam_nal_cb)(void *ctx, const struct lkcam_coded_nal *nal);

struct lkcam_encode_request {
    struct lkcam_picture picture;
    int64_t number;  // counts up by one
    int bitrate_bps; // obeyed by this very frame
    int fps_milli;   // true frames per 1000 s: one frame's share of the rate is bitrate / fps
    bool key_frame;  // make it an IDR with SPS and PPS before it
    lkcam_nal_cb on_nal;
    void *ctx;
};

struct lkcam_encoder;

struct lkcam_encoder_ops {
    const char *name; // "x264"
    /** @return 1 = an IDR came out, 0 = an inter frame, -errno. Blocks for the encode. */
    int (*encode)(struct lkcam_encoder *e, const struct lkcam_encode_request *r);
    void (*close)(struct lkcam_encoder *e); // frees
};

struct lkcam_encoder {
    const struct lkcam_encoder_ops *ops;
    char label[64]; // "x264 lkcam, 1 thread, 4 slices"
};

void lkcam_encoder_close(struct lkcam_encoder **e);

/** zerolatency, single-frame VBV of exactly one share, infinite GOP, Constrained Baseline, SPS+PPS
 * before each IDR.
 * @return 0, -EINVAL (unknown preset, impossible size), -ENOMEM. */
int lkcam_enc_x264_open(struct lkcam_encoder **out, const struct lkcam_encoder_config *cfg);

#endif
