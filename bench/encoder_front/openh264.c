// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// For comparison only: lkcam does not use it. Built where OpenH264's headers are installed.
#include "front.h"

#ifndef HAVE_OPENH264

struct front_encoder *front_openh264_open(const struct front_config *cfg)
{
    return NULL;
}

#else

#include <stdlib.h>
#include <string.h>
#include <wels/codec_api.h>

enum { FRAME_BYTES = 8 << 20 };

struct openh264 {
    struct front_encoder base;
    ISVCEncoder *encoder;
    int fps;
    uint8_t *bytes;
};

static bool encode(struct front_encoder *base, const struct lkcam_picture *p, int number, bool key,
                   struct front_coded *out)
{
    struct openh264 *e = (struct openh264 *)base;
    SFrameBSInfo info = {0};
    SSourcePicture in = {.iColorFormat = videoFormatI420,
                         .iPicWidth = p->width_px,
                         .iPicHeight = p->height_px,
                         .uiTimeStamp = (long long)number * 1000 / e->fps};
    for (int i = 0; i < 3; i++) {
        in.pData[i] = (uint8_t *)(uintptr_t)p->plane[i];
        in.iStride[i] = p->stride_bytes[i];
    }
    if (key)
        (*e->encoder)->ForceIntraFrame(e->encoder, true);
    if ((*e->encoder)->EncodeFrame(e->encoder, &in, &info) != cmResultSuccess)
        return false;
    *out = (struct front_coded){.bytes = e->bytes, .first_slice_ms = front_wall_ms()};
    for (int i = 0; i < info.iLayerNum; i++) {
        size_t len = 0;
        for (int k = 0; k < info.sLayerInfo[i].iNalCount; k++)
            len += (size_t)info.sLayerInfo[i].pNalLengthInByte[k];
        if (out->len + len > FRAME_BYTES)
            return false;
        memcpy(e->bytes + out->len, info.sLayerInfo[i].pBsBuf, len);
        out->len += len;
    }
    return out->len > 0;
}

static void close_openh264(struct front_encoder *base)
{
    struct openh264 *e = (struct openh264 *)base;
    if (e->encoder) {
        (*e->encoder)->Uninitialize(e->encoder);
        WelsDestroySVCEncoder(e->encoder);
    }
    free(e->bytes);
    free(e);
}

static int option(const char *options, const char *name, int otherwise)
{
    const char *at = strstr(options, name);
    return at ? atoi(at + strlen(name)) : otherwise;
}

static bool start(struct openh264 *e, const struct front_config *cfg)
{
    SEncParamExt p;
    int silent = WELS_LOG_QUIET;
    if (WelsCreateSVCEncoder(&e->encoder))
        return false;
    (*e->encoder)->SetOption(e->encoder, ENCODER_OPTION_TRACE_LEVEL, &silent);
    (*e->encoder)->GetDefaultParams(e->encoder, &p);
    p.iUsageType = CAMERA_VIDEO_REAL_TIME;
    p.iPicWidth = cfg->width;
    p.iPicHeight = cfg->height;
    p.fMaxFrameRate = (float)cfg->fps;
    p.iTargetBitrate = p.iMaxBitrate = cfg->bitrate_bps;
    p.iRCMode = RC_BITRATE_MODE;
    p.bEnableFrameSkip = false;
    p.uiIntraPeriod = 0;
    p.iComplexityMode = option(cfg->options, "complexity=", LOW_COMPLEXITY);
    p.iMultipleThreadIdc = (unsigned short)e->base.threads;
    p.iLoopFilterDisableIdc = !option(cfg->options, "deblock=", 1);
    p.bEnableAdaptiveQuant = option(cfg->options, "aq=", 0);
    p.bEnableDenoise = option(cfg->options, "denoise=", 0);
    p.bEnableSceneChangeDetect = false;
    SSpatialLayerConfig *layer = &p.sSpatialLayers[0];
    layer->iVideoWidth = cfg->width;
    layer->iVideoHeight = cfg->height;
    layer->fFrameRate = (float)cfg->fps;
    layer->iSpatialBitrate = layer->iMaxSpatialBitrate = cfg->bitrate_bps;
    layer->uiProfileIdc = PRO_BASELINE;
    layer->sSliceArgument.uiSliceMode = SM_FIXEDSLCNUM_SLICE;
    layer->sSliceArgument.uiSliceNum = (unsigned)option(cfg->options, "slices=", 4);
    return (*e->encoder)->InitializeExt(e->encoder, &p) == cmResultSuccess;
}

struct front_encoder *front_openh264_open(const struct front_config *cfg)
{
    struct openh264 *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->base = (struct front_encoder){option(cfg->options, "threads=", 1), encode, close_openh264};
    e->fps = cfg->fps;
    e->bytes = malloc(FRAME_BYTES);
    if (!e->bytes || !start(e, cfg)) {
        close_openh264(&e->base);
        return NULL;
    }
    return &e->base;
}

#endif
