// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The public header's functions that make, fill and free a connection.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/copy.h"
#include "base/log.h"
#include "media/v4l2_device.h"
#include "pub/publisher.h"

const char *lkcam_version(void)
{
    return LKCAM_VERSION;
}

void lkcam_config_default(struct lkcam_config *cfg)
{
    *cfg = (struct lkcam_config){.size = sizeof *cfg};
}

void lkcam_camera_default(struct lkcam_camera *cam)
{
    *cam = (struct lkcam_camera){
        .size = sizeof *cam,
        .width = 1280,
        .height = 720,
        .max_bitrate_bps = 3000000,
        .encoder = "x264",
        .threads = 1,
    };
}

static int fill(struct lkcam *c, const struct lkcam_config *cfg)
{
    char why[512];
    c->log_cb = cfg->log;
    c->ended_cb = cfg->ended;
    c->track_ended_cb = cfg->track_ended;
    c->ctx = cfg->ctx;
    if (c->log_cb)
        lkcam_log_install((lkcam_log_sink)c->log_cb, c->ctx);
    c->udp.fd = c->udp_watch.fd = -1;
    c->url_given = cfg->url != NULL;
    if (cfg->url && lkcam_url_parse(&c->url, cfg->url, why, sizeof why)) {
        lkcam_log(LKCAM_LOG_ERROR, "%s", why);
        return -EINVAL;
    }
    if (cfg->cpus && lkcam_rt_check_cpus(cfg->cpus)) {
        lkcam_log(LKCAM_LOG_ERROR, "\"%s\" names no CPU of this machine: give a list like 0,2-3",
                  cfg->cpus);
        return -EINVAL;
    }
    int err = cfg->ca_file ? lkcam_ca_read(&c->ca, cfg->ca_file, why, sizeof why) : 0;
    if (err == -EINVAL)
        lkcam_log(LKCAM_LOG_ERROR, "%s", why);
    if (err)
        return err;
    if (!lkcam_copy(&c->cpus, cfg->cpus))
        return -ENOMEM;
    c->rt = (struct lkcam_rt){cfg->priority, cfg->priority_level, c->cpus, cfg->lock_memory};
    err = lkcam_loop_init(&c->loop);
    return err ? err : lkcam_tokens_init(&c->tokens, &c->loop, &c->ca, cfg);
}

int lkcam_open(struct lkcam **out, const struct lkcam_config *cfg)
{
    *out = NULL;
    // A service that is asked may name the server; a token that is given cannot.
    const bool asks = !cfg->token && cfg->token_url;
    if (cfg->size != sizeof *cfg || (!cfg->token && !asks) || (!cfg->url && !asks))
        return -EINVAL;
    struct lkcam *c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    c->loop.epoll_fd = -1;
    int err = lkcam_lock_init(&c->lock);
    if (err) {
        free(c);
        return err;
    }
    err = fill(c, cfg);
    if (err)
        lkcam_close(&c);
    *out = c;
    return err;
}

static bool controls_possible(const struct lkcam_camera *cam)
{
    if (cam->control_count > LKCAM_CONTROLS_MAX || (cam->control_count && !cam->controls))
        return false;
    for (size_t i = 0; i < cam->control_count; i++)
        if (!cam->controls[i].name)
            return false;
    return true;
}

static bool possible(const struct lkcam_camera *cam)
{
    return cam->size == sizeof *cam && cam->width >= 64 && cam->width <= 7680 &&
           cam->height >= 64 && cam->height <= 7680 && cam->fps >= 0 && cam->fps <= 240 &&
           cam->max_bitrate_bps >= 50000 && cam->max_bitrate_bps <= 200000000 &&
           (cam->path == LKCAM_PATH_I420 || cam->path == LKCAM_PATH_RGBA) && cam->threads >= 1 &&
           cam->threads <= 8 && cam->min_qp >= 0 && cam->min_qp <= 51 && cam->encoder &&
           strcmp(cam->encoder, "x264") == 0 && (cam->source != LKCAM_SOURCE_CLIP || cam->file) &&
           (!cam->format || lkcam_pixel_from_name(cam->format) != LKCAM_PIXEL_NONE) &&
           controls_possible(cam);
}

int lkcam_add_camera(struct lkcam *c, const struct lkcam_camera *cam, struct lkcam_track **out)
{
    struct lkcam_track *mine;

    if (out)
        *out = NULL;
    if (c->stage != LKCAM_STAGE_IDLE)
        return -EBUSY;
    if (c->camera_count == LKCAM_CAMERAS_MAX)
        return -ENOSPC;
    if (!possible(cam))
        return -EINVAL;
    int err = lkcam_cam_new(&mine, c, cam);
    if (err)
        return err;
    c->cameras[c->camera_count++] = mine;
    if (out)
        *out = mine;
    return 0;
}

void lkcam_stop(struct lkcam *c)
{
    atomic_store(&c->stop, true);
    lkcam_loop_wake(&c->loop);
}

void lkcam_close(struct lkcam **c_)
{
    struct lkcam *c = *c_;
    if (!c)
        return;
    if (c->transport_open)
        lkcam_transport_deinit(&c->transport);
    lkcam_tokens_deinit(&c->tokens);
    if (c->loop.epoll_fd >= 0)
        lkcam_loop_deinit(&c->loop);
    lkcam_lock_deinit(&c->lock);
    for (int i = 0; i < c->camera_count; i++)
        lkcam_cam_free(&c->cameras[i]);
    if (c->log_cb)
        lkcam_log_remove((lkcam_log_sink)c->log_cb, c->ctx);
    free(c->cpus);
    lkcam_ca_free(&c->ca);
    free(c);
    *c_ = NULL;
}

int lkcam_first_camera(char *path, size_t len)
{
    return lkcam_v4l2_first(path, len);
}

int lkcam_devices(void (*device)(void *ctx, const struct lkcam_device *d), void *ctx)
{
    return lkcam_v4l2_devices(device, ctx);
}
