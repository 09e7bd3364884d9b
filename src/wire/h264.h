// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// H.264 as bytes: NAL units of an Annex B stream, the parameter sets' facts, and RTP payloads
// (RFC 6184, packetization-mode 1). Knows no encoder and no RTP header.
#ifndef LKCAM_WIRE_H264_H
#define LKCAM_WIRE_H264_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lkcam_nal_type {
    LKCAM_NAL_SLICE = 1,
    LKCAM_NAL_IDR = 5,
    LKCAM_NAL_SEI = 6,
    LKCAM_NAL_SPS = 7,
    LKCAM_NAL_PPS = 8,
    LKCAM_NAL_AUD = 9,
    LKCAM_NAL_STAP_A = 24,
    LKCAM_NAL_FU_A = 28,
};

static inline enum lkcam_nal_type lkcam_nal_type(uint8_t first_byte)
{
    return (enum lkcam_nal_type)(first_byte & 0x1f);
}

struct lkcam_nal {
    const uint8_t *p; // first byte = NAL header; without start code
    size_t len;
};

/** Take the next NAL of an Annex B buffer (3- and 4-byte start codes, trailing zeros dropped).
 * `*at` begins at 0. @return 1 = here is one, 0 = no more. */
int lkcam_h264_next_nal(const uint8_t *annexb, size_t len, size_t *at, struct lkcam_nal *out);

struct lkcam_h264_sps {
    uint8_t profile_idc, constraints, level_idc;
    int width_px, height_px; // after cropping
};

/** H.264 s7.3.2.1. Takes a whole SPS NAL with its header byte. @return 0 or -EBADMSG. */
int lkcam_h264_read_sps(const uint8_t *nal, size_t len, struct lkcam_h264_sps *out);

/** RFC 6184 s5.7.1: one STAP-A of n NALs. @return its length, or -ENOSPC. */
int lkcam_h264_write_stap_a(uint8_t *out, size_t cap, const struct lkcam_nal *nals, int n);

/**
 * Cuts one NAL into RTP payloads of at most `max` bytes: itself where it fits (RFC 6184 s5.6), else
 * FU-As of nearly equal size (s5.8). Borrows the NAL; copies each payload once, to the
 * caller's slot.
 */
struct lkcam_h264_cut {
    struct lkcam_nal nal;
    size_t max, at, parts_left;
};

void lkcam_h264_cut_begin(struct lkcam_h264_cut *c, struct lkcam_nal nal, size_t max);

/** @return bytes written to out (cap >= max), 0 when the NAL is done. `*last` tells the NAL's last
 * payload. */
size_t lkcam_h264_cut_next(struct lkcam_h264_cut *c, uint8_t *out, bool *last);

#endif
