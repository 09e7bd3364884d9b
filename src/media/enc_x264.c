// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Pictures to H.264 by libx264, set up for latency: every frame within its share of the rate,
// slices handed out as they finish. The one home of x264.h; knows no packet and no clock. Figures:
// docs/design/encoder.md.
#include "media/encoder.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x264.h>

#include "base/log.h"

#define MAX_THREADS 16
#define QP_MAX 51 // H.264 7.4.2.2, at 8 bits a sample

// x264.h, nalu_process: the buffer holds payload * 3/2 + 5 + 64 bytes.
#define NAL_ROOM(payload) ((size_t)(payload)*3 / 2 + 5 + 64)

// H.264 A.3.1: a macroblock is at most 3200 bits in a conforming stream; the rest is for slice
// headers.
#define MACROBLOCK_BYTES 400
#define HEADER_BYTES 4096

struct nal_buffer {
    atomic_flag taken;
    uint8_t *bytes;
};

struct enc_x264 {
    struct lkcam_encoder base;
    x264_t *x264;
    x264_param_t param;
    int mb_count;
    size_t nal_cap;
    int buffer_count; // one a thread that may call back
    struct nal_buffer buffer[MAX_THREADS];
    atomic_int nal_error;
};

// ---- NAL units, on x264's threads ---------------------------------------------------------------

// Never finds all taken: there are as many as threads, and a thread holds one at a time.
static struct nal_buffer *take_buffer(struct enc_x264 *e)
{
    for (int i = 0;; i = (i + 1) % e->buffer_count)
        if (!atomic_flag_test_and_set_explicit(&e->buffer[i].taken, memory_order_acquire))
            return &e->buffer[i];
}

static void hand_out(const struct enc_x264 *e, const x264_nal_t *nal,
                     const struct lkcam_encode_request *r)
{
    bool slice = nal->i_type == NAL_SLICE || nal->i_type == NAL_SLICE_IDR;
    int start_code = nal->p_payload[2] == 1 ? 3 : 4; // H.264 B.1.1: 00 00 01 or 00 00 00 01
    struct lkcam_coded_nal out = {
        .p = nal->p_payload + start_code,
        .len = (size_t)(nal->i_payload - start_code),
        .first_mb = slice ? nal->i_first_mb : -1,
        .last_mb = slice ? nal->i_last_mb : -1,
        .mb_count = e->mb_count,
    };
    r->on_nal(r->ctx, &out);
}

struct call {
    struct enc_x264 *encoder;
    const struct lkcam_encode_request *request;
};

static void on_nal(x264_t *h, x264_nal_t *nal, void *opaque)
{
    struct call *call = opaque;
    struct enc_x264 *e = call->encoder;
    if (nal->i_type == NAL_SEI) // x264's version and options: a packet that no viewer needs
        return;
    if (NAL_ROOM(nal->i_payload) > e->nal_cap) {
        atomic_store(&e->nal_error, -ENOSPC);
        return;
    }
    struct nal_buffer *b = take_buffer(e);
    x264_nal_encode(h, b->bytes, nal);
    hand_out(e, nal, call->request);
    atomic_flag_clear_explicit(&b->taken, memory_order_release);
}

// ---- Rate ---------------------------------------------------------------------------------------

// Ours: with a buffer of one share x264 stays about a tenth below it. Told 3 % more, it uses the
// rate better and its largest frames are still under 1.05 shares (docs/design/encoder.md).
#define HEADROOM_PERCENT 103

// x264's ratecontrol.c counts bits in int.
#define MOST_KBPS 2000000

/**
 * x264 counts in its own nominal frame rate, which it cannot change. A frame's share is rate / true
 * fps, so it is told the rate that has this share at the nominal fps. The buffer is one frame's
 * share: x264 then keeps each frame, key frames included, within it; at 1.2 shares it reserves half
 * of them instead.
 */
static void set_rate(x264_param_t *p, int bitrate_bps, int fps_milli)
{
    int64_t told_bps = (int64_t)bitrate_bps * HEADROOM_PERCENT / 100;
    int64_t kbps = told_bps * p->i_fps_num / ((int64_t)fps_milli * p->i_fps_den);
    if (kbps > MOST_KBPS)
        kbps = MOST_KBPS;
    int64_t share_kbit = kbps * p->i_fps_den / p->i_fps_num;
    p->rc.i_bitrate = kbps < 1 ? 1 : (int)kbps;
    p->rc.i_vbv_max_bitrate = p->rc.i_bitrate;
    p->rc.i_vbv_buffer_size = share_kbit < 1 ? 1 : (int)share_kbit;
}

static int obey_rate(struct enc_x264 *e, const struct lkcam_encode_request *r)
{
    int before = e->param.rc.i_bitrate;
    set_rate(&e->param, r->bitrate_bps, r->fps_milli);
    if (e->param.rc.i_bitrate == before)
        return 0;
    return x264_encoder_reconfig(e->x264, &e->param) ? -EINVAL : 0;
}

// ---- Encoding -----------------------------------------------------------------------------------

static void fill_picture(x264_picture_t *out, const struct lkcam_encode_request *r)
{
    const struct lkcam_picture *p = &r->picture;
    x264_picture_init(out);
    out->i_type = r->key_frame ? X264_TYPE_IDR : X264_TYPE_AUTO;
    out->i_pts = r->number;
    out->img.i_csp = p->format == LKCAM_PIXEL_NV12 ? X264_CSP_NV12 : X264_CSP_I420;
    out->img.i_plane = p->format == LKCAM_PIXEL_NV12 ? 2 : 3;
    for (int i = 0; i < out->img.i_plane; i++) {
        out->img.plane[i] = (uint8_t *)(uintptr_t)p->plane[i]; // x264 reads only
        out->img.i_stride[i] = p->stride_bytes[i];
    }
}

static int encode(struct lkcam_encoder *base, const struct lkcam_encode_request *r)
{
    struct enc_x264 *e = (struct enc_x264 *)base;
    assert(r->fps_milli > 0 && r->bitrate_bps > 0);
    assert(r->picture.width_px == e->param.i_width && r->picture.height_px == e->param.i_height);
    int err = obey_rate(e, r);
    if (err)
        return err;

    struct call call = {e, r};
    x264_picture_t in, coded;
    x264_nal_t *nals;
    int nal_count;
    fill_picture(&in, r);
    in.opaque = &call;
    atomic_store(&e->nal_error, 0);
    if (x264_encoder_encode(e->x264, &nals, &nal_count, &in, &coded) < 0)
        return -EIO;
    err = atomic_load(&e->nal_error);
    return err ? err : coded.b_keyframe != 0;
}

// ---- Opening and closing ------------------------------------------------------------------------

// Once frames flow, x264 remarks on each frame that is some bits above its share: of no use to
// anyone, and the camera thread does not log.
static void log_line(void *ctx, int level, const char *format, va_list args)
{
    const struct enc_x264 *e = ctx;
    if (e->x264 && level != X264_LOG_ERROR)
        return;
    static const enum lkcam_log_level levels[] = {LKCAM_LOG_ERROR, LKCAM_LOG_WARNING,
                                                  LKCAM_LOG_DEBUG, LKCAM_LOG_DEBUG};
    char text[200];
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    lkcam_log(level >= 0 && level < 4 ? levels[level] : LKCAM_LOG_DEBUG, "x264: %s", text);
}

// x264 would print its complaint about an unknown name.
static bool x264_has_preset(const char *name)
{
    for (int i = 0; x264_preset_names[i]; i++)
        if (!strcmp(x264_preset_names[i], name))
            return true;
    return false;
}

// Superfast's quality in less time: 4x4 intra prediction is not worth its own, and less of what is
// small is rounded to nothing (docs/design/encoder.md).
static void set_own_preset(x264_param_t *p)
{
    p->analyse.intra = p->analyse.inter = 0;
    p->analyse.i_luma_deadzone[0] = 16; // inter; x264: 21
    p->analyse.i_luma_deadzone[1] = 8;  // intra; x264: 11
}

static int set_preset(x264_param_t *p, const char *name)
{
    bool own = !strcmp(name, LKCAM_ENCODER_PRESET);
    if (!own && !x264_has_preset(name))
        return -EINVAL;
    if (x264_param_default_preset(p, own ? "superfast" : name, "zerolatency"))
        return -EINVAL;
    if (own)
        set_own_preset(p);
    return 0;
}

/** The lowest level from 3.1 up (what is offered in the SDP) whose frame size and rate suffice. */
static int level_for(int mb_count, int fps)
{
    for (const x264_level_t *l = x264_levels; l->level_idc; l++)
        if (l->level_idc >= 31 && l->frame_size >= mb_count && l->mbps >= (int64_t)mb_count * fps)
            return l->level_idc;
    return 62;
}

static void set_structure(x264_param_t *p)
{
    p->i_keyint_max = X264_KEYINT_MAX_INFINITE;
    p->i_scenecut_threshold = 0;
    p->b_repeat_headers = 1;
    p->b_annexb = 1;
    p->b_aud = 0;
    p->b_vfr_input = 0;
    p->i_nal_hrd = X264_NAL_HRD_NONE;
}

// H.264 table E-5.
#define MATRIX_BT709 1
#define MATRIX_BT601 6

static void set_color(x264_param_t *p, const struct lkcam_color *color)
{
    p->vui.b_fullrange = color->full_range;
    if (color->matrix != LKCAM_MATRIX_UNKNOWN)
        p->vui.i_colmatrix = color->matrix == LKCAM_MATRIX_BT709 ? MATRIX_BT709 : MATRIX_BT601;
}

static void set_slices(x264_param_t *p, const struct lkcam_encoder_config *cfg)
{
    int mb_columns = (cfg->width_px + 15) / 16, mb_rows = (cfg->height_px + 15) / 16;
    p->i_threads = cfg->threads;
    p->b_sliced_threads = cfg->threads > 1;
    if (cfg->threads == 1)
        p->i_slice_count = cfg->slices;
    else if (cfg->slices > cfg->threads) // sliced threads ignore the count; they keep to a size
        p->i_slice_max_mbs = (mb_rows + cfg->slices - 1) / cfg->slices * mb_columns;
}

static int fill_param(struct enc_x264 *e, const struct lkcam_encoder_config *cfg,
                      const char *preset)
{
    x264_param_t *p = &e->param;
    if (set_preset(p, preset))
        return -EINVAL;
    p->i_width = cfg->width_px;
    p->i_height = cfg->height_px;
    p->i_csp = cfg->input == LKCAM_PIXEL_NV12 ? X264_CSP_NV12 : X264_CSP_I420;
    p->i_fps_num = (uint32_t)cfg->fps_num;
    p->i_fps_den = (uint32_t)cfg->fps_den;
    p->i_level_idc = level_for(e->mb_count, cfg->fps_num / cfg->fps_den);
    set_structure(p);
    set_color(p, &cfg->color);
    set_slices(p, cfg);
    p->rc.i_rc_method = X264_RC_ABR;
    p->rc.i_qp_min = cfg->min_qp;
    set_rate(p, cfg->bitrate_bps, (int)((int64_t)cfg->fps_num * 1000 / cfg->fps_den));
    p->pf_log = log_line;
    p->p_log_private = e;
    p->i_log_level = X264_LOG_WARNING;
    p->nalu_process = on_nal;
    return x264_param_apply_profile(p, "baseline") ? -EINVAL : 0;
}

static void close_encoder(struct lkcam_encoder *base)
{
    struct enc_x264 *e = (struct enc_x264 *)base;
    if (e->x264)
        x264_encoder_close(e->x264);
    for (int i = 0; i < e->buffer_count; i++)
        free(e->buffer[i].bytes);
    free(e);
}

static const struct lkcam_encoder_ops ops = {"x264", encode, close_encoder};

static bool possible(const struct lkcam_encoder_config *cfg)
{
    return cfg->width_px >= 16 && cfg->height_px >= 16 && cfg->width_px <= 8192 &&
           cfg->height_px <= 8192 && cfg->width_px % 2 == 0 && cfg->height_px % 2 == 0 &&
           cfg->fps_num > 0 && cfg->fps_den > 0 && cfg->fps_num / cfg->fps_den <= 1000 &&
           (int64_t)cfg->fps_num * 1000 >= cfg->fps_den && // a rate of 0 in thousandths divides
           cfg->bitrate_bps > 0 && cfg->threads >= 1 && cfg->threads <= MAX_THREADS &&
           cfg->slices >= 1 && cfg->min_qp >= 0 && cfg->min_qp <= QP_MAX &&
           (cfg->input == LKCAM_PIXEL_I420 || cfg->input == LKCAM_PIXEL_NV12);
}

static int open_buffers(struct enc_x264 *e, int threads)
{
    e->nal_cap = NAL_ROOM(e->mb_count * MACROBLOCK_BYTES + HEADER_BYTES);
    for (; e->buffer_count < threads; e->buffer_count++) {
        struct nal_buffer *b = &e->buffer[e->buffer_count];
        atomic_flag_clear(&b->taken);
        b->bytes = malloc(e->nal_cap);
        if (!b->bytes)
            return -ENOMEM;
    }
    return 0;
}

static int open_in(struct enc_x264 *e, const struct lkcam_encoder_config *cfg)
{
    const char *preset = cfg->preset ? cfg->preset : LKCAM_ENCODER_PRESET;
    e->mb_count = ((cfg->width_px + 15) / 16) * ((cfg->height_px + 15) / 16);
    int err = fill_param(e, cfg, preset);
    if (!err)
        err = open_buffers(e, cfg->threads);
    if (err)
        return err;
    e->x264 = x264_encoder_open(&e->param);
    if (!e->x264)
        return -EINVAL;
    x264_encoder_parameters(e->x264, &e->param);
    snprintf(e->base.label, sizeof e->base.label, "x264 %s, %d thread%s, %d slice%s", preset,
             cfg->threads, cfg->threads == 1 ? "" : "s", cfg->slices, cfg->slices == 1 ? "" : "s");
    return 0;
}

int lkcam_enc_x264_open(struct lkcam_encoder **out, const struct lkcam_encoder_config *cfg)
{
    if (!possible(cfg))
        return -EINVAL;
    struct enc_x264 *e = calloc(1, sizeof *e);
    if (!e)
        return -ENOMEM;
    e->base.ops = &ops;
    int err = open_in(e, cfg);
    if (err) {
        close_encoder(&e->base);
        return err;
    }
    *out = &e->base;
    return 0;
}
