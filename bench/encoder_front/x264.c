// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "front.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <x264.h>

enum { NALS_MAX = 64, FRAME_BYTES = 8 << 20 };

struct piece {
    int first_mb;
    size_t at, len;
};

struct x264 {
    struct front_encoder base;
    x264_t *x264;
    x264_param_t param;
    int unchanged; // in sixteenths; -1: off
    uint8_t *coded_luma, *mb_info;
    pthread_mutex_t lock; // slices of two threads come at the same time
    struct piece piece[NALS_MAX];
    int pieces;
    size_t used;
    uint8_t *scratch, *bytes;
    double first_slice_ms;
};

static void on_nal(x264_t *h, x264_nal_t *nal, void *opaque)
{
    struct x264 *e = opaque;
    if (nal->i_type == NAL_SEI)
        return;
    size_t room = (size_t)nal->i_payload * 3 / 2 + 5 + 64;
    pthread_mutex_lock(&e->lock);
    struct piece *p = &e->piece[e->pieces++];
    if (e->pieces == NALS_MAX || e->used + room > FRAME_BYTES)
        abort();
    p->at = e->used;
    e->used += room;
    pthread_mutex_unlock(&e->lock);
    bool slice = nal->i_type == NAL_SLICE || nal->i_type == NAL_SLICE_IDR;
    x264_nal_encode(h, e->scratch + p->at, nal);
    p->first_mb = slice ? nal->i_first_mb : -1;
    p->len = (size_t)nal->i_payload;
    pthread_mutex_lock(&e->lock);
    if (slice && e->first_slice_ms == 0)
        e->first_slice_ms = front_wall_ms();
    pthread_mutex_unlock(&e->lock);
}

static int by_place(const void *a, const void *b)
{
    const struct piece *p = a, *q = b;
    return p->first_mb != q->first_mb ? (p->first_mb > q->first_mb) - (p->first_mb < q->first_mb)
                                      : (p->at > q->at) - (p->at < q->at);
}

static int sad_16x16(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride)
{
    int sum = 0; // signed, or gcc does not see a sum of absolute differences
    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 16; x++)
            sum += abs(a[y * a_stride + x] - b[y * b_stride + x]);
    return sum;
}

// Compared with what was last coded, not with the picture before: a slow change adds up.
static void mark_unchanged(struct x264 *e, const struct lkcam_picture *p)
{
    ptrdiff_t width = e->param.i_width, stride = p->stride_bytes[0];
    for (int row = 0; row < e->param.i_height / 16; row++)
        for (int column = 0; column < width / 16; column++) {
            const uint8_t *now = p->plane[0] + row * 16 * stride + column * 16;
            uint8_t *then = e->coded_luma + row * 16 * width + column * 16;
            bool same = sad_16x16(now, stride, then, width) <= e->unchanged * 16;
            e->mb_info[row * ((width + 15) / 16) + column] = same ? X264_MBINFO_CONSTANT : 0;
            for (int y = 0; y < 16 && !same; y++)
                memcpy(then + y * width, now + y * stride, 16);
        }
}

static bool encode(struct front_encoder *base, const struct lkcam_picture *p, int number, bool key,
                   struct front_coded *out)
{
    struct x264 *e = (struct x264 *)base;
    x264_picture_t in, coded;
    x264_nal_t *nals;
    int count;
    x264_picture_init(&in);
    in.i_type = key ? X264_TYPE_IDR : X264_TYPE_AUTO;
    in.i_pts = number;
    in.img.i_csp = X264_CSP_I420;
    in.img.i_plane = 3;
    for (int i = 0; i < 3; i++) {
        in.img.plane[i] = (uint8_t *)(uintptr_t)p->plane[i];
        in.img.i_stride[i] = p->stride_bytes[i];
    }
    in.opaque = e;
    if (e->unchanged >= 0) {
        mark_unchanged(e, p);
        in.prop.mb_info = e->mb_info;
    }
    e->pieces = 0;
    e->used = 0;
    e->first_slice_ms = 0;
    if (x264_encoder_encode(e->x264, &nals, &count, &in, &coded) < 0)
        return false;
    qsort(e->piece, (size_t)e->pieces, sizeof *e->piece, by_place);
    out->bytes = e->bytes;
    out->len = 0;
    for (int i = 0; i < e->pieces; i++) {
        memcpy(e->bytes + out->len, e->scratch + e->piece[i].at, e->piece[i].len);
        out->len += e->piece[i].len;
    }
    out->first_slice_ms = e->first_slice_ms;
    return true;
}

static void close_x264(struct front_encoder *base)
{
    struct x264 *e = (struct x264 *)base;
    if (e->x264)
        x264_encoder_close(e->x264);
    free(e->coded_luma);
    free(e->mb_info);
    free(e->scratch);
    free(e->bytes);
    free(e);
}

static void tell_rate(x264_param_t *p, const struct front_config *cfg, int percent)
{
    p->rc.i_bitrate = cfg->bitrate_bps / 100 * percent / 1000;
    p->rc.i_vbv_max_bitrate = p->rc.i_bitrate;
    p->rc.i_vbv_buffer_size = p->rc.i_bitrate / cfg->fps;
}

// As src/media/enc_x264.c has them.
static void set_as_lkcam(x264_param_t *p, const struct front_config *cfg)
{
    p->i_width = cfg->width;
    p->i_height = cfg->height;
    p->i_csp = X264_CSP_I420;
    p->i_fps_num = (uint32_t)cfg->fps;
    p->i_fps_den = 1;
    p->i_level_idc = 31;
    p->i_keyint_max = X264_KEYINT_MAX_INFINITE;
    p->i_scenecut_threshold = 0;
    p->b_vfr_input = 0;
    p->i_threads = 1;
    p->i_slice_count = 4;
    p->rc.i_rc_method = X264_RC_ABR;
    tell_rate(p, cfg, 103);
    p->i_log_level = X264_LOG_ERROR;
    p->nalu_process = on_nal;
}

static bool take_options(struct x264 *e, const struct front_config *cfg)
{
    char text[400], *rest = text, *word;
    strncpy(text, cfg->options, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    word = strsep(&rest, ":");
    if (strncmp(word, "preset=", 7) ||
        x264_param_default_preset(&e->param, word + 7, "zerolatency"))
        return false;
    set_as_lkcam(&e->param, cfg);
    e->unchanged = -1;
    while ((word = strsep(&rest, ":"))) {
        char *value = word, *name = strsep(&value, "=");
        if (!strcmp(name, "unchanged") && value)
            e->unchanged = atoi(value);
        else if (!strcmp(name, "told") && value)
            tell_rate(&e->param, cfg, atoi(value));
        else if (x264_param_parse(&e->param, name, value))
            return false;
    }
    e->param.b_sliced_threads = e->param.i_threads > 1;
    e->param.analyse.b_mb_info = e->unchanged >= 0;
    return !x264_param_apply_profile(&e->param, "baseline");
}

struct front_encoder *front_x264_open(const struct front_config *cfg)
{
    struct x264 *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->base = (struct front_encoder){1, encode, close_x264};
    pthread_mutex_init(&e->lock, NULL);
    e->coded_luma = calloc((size_t)cfg->width, (size_t)cfg->height);
    e->mb_info = calloc((size_t)(cfg->width + 15) / 16, (size_t)(cfg->height + 15) / 16);
    e->scratch = malloc(FRAME_BYTES);
    e->bytes = malloc(FRAME_BYTES);
    if (e->coded_luma && e->mb_info && e->scratch && e->bytes && take_options(e, cfg))
        e->x264 = x264_encoder_open(&e->param);
    if (!e->x264) {
        close_x264(&e->base);
        return NULL;
    }
    x264_encoder_parameters(e->x264, &e->param);
    e->base.threads = e->param.i_threads;
    return &e->base;
}
