// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The sequence parameter set (H.264 s7.3.2.1.1), up to the size of the picture. Knows no slices.
#include "wire/h264.h"

#include <errno.h>

// Level 6.2 ends at 16,384 pixels a side (H.264 sA.3.1: sqrt(8 x 139,264 macroblocks)).
#define MAX_MACROBLOCKS_A_SIDE 1056

/** The bits of a NAL without its emulation prevention bytes (s7.4.1); past the end: 0, and bad. */
struct bits {
    const uint8_t *p, *end;
    unsigned zeros; // zero bytes in a row before p
    unsigned left;  // bits of *p not yet read; 0: a new byte begins
    bool bad;
};

static void next_byte(struct bits *b)
{
    if (b->zeros >= 2 && b->p < b->end && *b->p == 3) {
        b->p++;
        b->zeros = 0;
    }
    b->left = 8;
}

static unsigned read_bit(struct bits *b)
{
    if (b->left == 0)
        next_byte(b);
    if (b->bad || b->p >= b->end) {
        b->bad = true;
        return 0;
    }
    unsigned bit = (unsigned)*b->p >> --b->left & 1;
    if (b->left == 0) {
        b->zeros = *b->p == 0 ? b->zeros + 1 : 0;
        b->p++;
    }
    return bit;
}

static unsigned read_bits(struct bits *b, int n)
{
    unsigned v = 0;
    while (n--)
        v = v << 1 | read_bit(b);
    return v;
}

// ue(v), s9.1. Nothing that we read is longer than 32 bits.
static uint32_t read_ue(struct bits *b)
{
    int zeros = 0;
    while (!b->bad && zeros < 32 && !read_bit(b))
        zeros++;
    if (zeros == 32)
        b->bad = true;
    return b->bad ? 0 : (1u << zeros) - 1 + read_bits(b, zeros);
}

// se(v), s9.1.1.
static int64_t read_se(struct bits *b)
{
    int64_t k = read_ue(b);
    return k & 1 ? (k + 1) / 2 : -(k / 2);
}

// s7.3.2.1.1.1: only read past.
static void skip_scaling_list(struct bits *b, int size)
{
    int64_t last = 8, next = 8;
    for (int i = 0; i < size && next != 0 && !b->bad; i++) {
        next = (last + read_se(b)) & 0xff;
        last = next ? next : last;
    }
}

// The profiles with the fields of s7.3.2.1.1's first condition.
static bool has_chroma_format(uint8_t profile)
{
    static const uint8_t those[] = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
    for (size_t i = 0; i < sizeof those; i++) {
        if (profile == those[i])
            return true;
    }
    return false;
}

// @return ChromaArrayType, what counts for cropping: chroma_format_idc, 0 where planes are apart.
static unsigned read_chroma_format(struct bits *b)
{
    unsigned chroma = read_ue(b);
    bool apart = chroma == 3 && read_bit(b);

    read_ue(b);  // bit_depth_luma_minus8
    read_ue(b);  // bit_depth_chroma_minus8
    read_bit(b); // qpprime_y_zero_transform_bypass_flag
    if (chroma > 3)
        b->bad = true;
    if (read_bit(b)) {
        for (int i = 0; i < (chroma == 3 ? 12 : 8); i++) {
            if (read_bit(b))
                skip_scaling_list(b, i < 6 ? 16 : 64);
        }
    }
    return apart ? 0 : chroma;
}

static void skip_picture_order(struct bits *b)
{
    uint32_t type = read_ue(b);
    if (type == 0)
        read_ue(b);
    if (type != 1)
        return;
    read_bit(b);
    read_se(b);
    read_se(b);
    for (uint32_t n = read_ue(b); n && !b->bad; n--)
        read_se(b);
}

// s7.4.2.1.1: what is left of a side after cropping `near` and `far` units at its ends.
static int cropped(int full, uint32_t near, uint32_t far, int unit)
{
    int64_t px = full - ((int64_t)near + far) * unit;
    return px > 0 ? (int)px : 0;
}

static void read_size(struct bits *b, unsigned chroma, struct lkcam_h264_sps *out)
{
    uint32_t width = read_ue(b), height = read_ue(b);
    int fields = read_bit(b) ? 1 : 2; // frame_mbs_only_flag; else map units are of one field
    uint32_t crop[4] = {0};

    if (fields == 2)
        read_bit(b);
    read_bit(b);
    if (read_bit(b)) {
        for (int i = 0; i < 4; i++)
            crop[i] = read_ue(b);
    }
    if (width >= MAX_MACROBLOCKS_A_SIDE || height >= MAX_MACROBLOCKS_A_SIDE) {
        b->bad = true;
        return;
    }
    int unit_x = chroma == 1 || chroma == 2 ? 2 : 1, unit_y = (chroma == 1 ? 2 : 1) * fields;
    out->width_px = cropped((int)(width + 1) * 16, crop[0], crop[1], unit_x);
    out->height_px = cropped((int)(height + 1) * 16 * fields, crop[2], crop[3], unit_y);
}

int lkcam_h264_read_sps(const uint8_t *nal, size_t len, struct lkcam_h264_sps *out)
{
    struct bits b = {.p = nal, .end = nal + len};

    *out = (struct lkcam_h264_sps){0};
    uint8_t header = (uint8_t)read_bits(&b, 8);
    out->profile_idc = (uint8_t)read_bits(&b, 8);
    out->constraints = (uint8_t)read_bits(&b, 8);
    out->level_idc = (uint8_t)read_bits(&b, 8);
    read_ue(&b); // seq_parameter_set_id
    // 4:2:0 is inferred where the profile does not say.
    unsigned chroma = has_chroma_format(out->profile_idc) ? read_chroma_format(&b) : 1;
    read_ue(&b); // log2_max_frame_num_minus4
    skip_picture_order(&b);
    read_ue(&b);  // max_num_ref_frames
    read_bit(&b); // gaps_in_frame_num_value_allowed_flag
    read_size(&b, chroma, out);
    if (b.bad || lkcam_nal_type(header) != LKCAM_NAL_SPS || !out->width_px || !out->height_px)
        return -EBADMSG;
    return 0;
}
