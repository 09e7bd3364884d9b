// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "pub/camera.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/copy.h"
#include "base/log.h"
#include "pub/publisher.h"

// Ours: slices a frame; the first one leaves after a quarter of the encode
// (docs/design/encoder.md).
#define SLICES 4

// Ours: a camera silent for this long is as good as unplugged.
#define SILENCE_MS 10000

// Ours: after an event that has brought no frame; a camera that does nothing else costs some
// percent of a core, and has been silent after SILENCE_MS of it.
#define PAUSE_MS 1

// Room for the slices of one frame that threads finish out of order; touched only then.
static size_t arena_bytes(const struct lkcam_source_mode *m)
{
    return (size_t)m->width_px * (size_t)m->height_px * 3 / 2;
}

// Ours: what most cameras give at every size.
#define FPS_DEFAULT 30

// A clip that is not told otherwise keeps its own rate.
static struct lkcam_source_mode wanted(const struct lkcam_track *cam)
{
    bool own_rate = !cam->want.fps && cam->want.source == LKCAM_SOURCE_CLIP;
    return (struct lkcam_source_mode){.format = cam->format,
                                      .width_px = cam->want.width,
                                      .height_px = cam->want.height,
                                      .fps_num =
                                          cam->want.fps || own_rate ? cam->want.fps : FPS_DEFAULT,
                                      .fps_den = 1};
}

static enum lkcam_source_kind choose(const struct lkcam_track *cam)
{
    char path[64];
    if (cam->want.source != LKCAM_SOURCE_AUTO)
        return cam->want.source;
    // A camera that may not be opened is there: the opening says what to do about it.
    if (lkcam_v4l2_first(path, sizeof path) != -ENODEV)
        return LKCAM_SOURCE_V4L2;
    lkcam_log(LKCAM_LOG_INFO, "no camera on this machine: showing the test pattern");
    return LKCAM_SOURCE_PATTERN;
}

static int open_source(struct lkcam_track *cam)
{
    struct lkcam_source_mode mode = wanted(cam);
    struct lkcam_source_error why = {""};
    struct lkcam_v4l2_config v4l2 = {.device = cam->device,
                                     .want = mode,
                                     .take_camera = cam->want.take_camera,
                                     .controls = cam->controls,
                                     .control_count = cam->want.control_count};
    struct lkcam_clip_config clip = {.file = cam->file, .want = mode};
    enum lkcam_source_kind kind = choose(cam);
    int err;

    if (kind == LKCAM_SOURCE_PATTERN)
        err = lkcam_pattern_open(&cam->source, &mode, &why);
    else if (kind == LKCAM_SOURCE_CLIP)
        err = lkcam_clip_open(&cam->source, &clip, &why);
    else
        err = lkcam_v4l2_open(&cam->source, &v4l2, &why);
    if (err)
        lkcam_end_set(&cam->end, LKCAM_REASON_CAMERA, "%s",
                      why.text[0] ? why.text : strerror(-err));
    return err;
}

static enum lkcam_convert_path path_of(const struct lkcam_track *cam)
{
    return cam->want.path == LKCAM_PATH_RGBA ? LKCAM_CONVERT_RGBA : LKCAM_CONVERT_I420;
}

static int open_encoder(struct lkcam_track *cam)
{
    const struct lkcam_source_mode *m = &cam->source->mode;
    struct lkcam_encoder_config cfg = {
        .width_px = m->width_px,
        .height_px = m->height_px,
        .input = lkcam_convert_target(m->format, path_of(cam)),
        .fps_num = m->fps_num,
        .fps_den = m->fps_den,
        .bitrate_bps = atomic_load(&cam->orders.bitrate_bps),
        .threads = cam->want.threads,
        .slices = SLICES,
        .preset = cam->preset,
        .color = cam->source->color,
        .min_qp = cam->want.min_qp,
    };
    int err = lkcam_enc_x264_open(&cam->encoder, &cfg);
    if (err)
        lkcam_end_set(&cam->end, LKCAM_REASON_ENCODER,
                      "x264 does not start with preset %s at %dx%d: %s",
                      cam->preset ? cam->preset : LKCAM_ENCODER_PRESET, m->width_px, m->height_px,
                      strerror(-err));
    return err;
}

static int open_all(struct lkcam_track *cam)
{
    int err = open_source(cam);
    if (err)
        return err;
    const struct lkcam_source_mode *m = &cam->source->mode;
    err = open_encoder(cam);
    if (err)
        return err;
    err = lkcam_convert_init(&cam->convert, m->format, path_of(cam), m->width_px, m->height_px);
    if (!err)
        err = lkcam_nalorder_init(&cam->order, arena_bytes(m), lkcam_path_nal, cam);
    if (err) {
        lkcam_end_set(&cam->end, LKCAM_REASON_CAMERA, "%s: %s", cam->source->label, strerror(-err));
        return err;
    }
    lkcam_fps_init(&cam->fps, (int)((int64_t)m->fps_num * 1000 / m->fps_den));
    cam->mode = *m;
    memcpy(cam->source_label, cam->source->label, sizeof cam->source_label);
    memcpy(cam->encoder_label, cam->encoder->label, sizeof cam->encoder->label);
    return 0;
}

static void close_all(struct lkcam_track *cam)
{
    lkcam_encoder_close(&cam->encoder);
    lkcam_nalorder_deinit(&cam->order);
    lkcam_convert_deinit(&cam->convert);
    lkcam_source_close(&cam->source);
}

static void tell(struct lkcam_track *cam, enum lkcam_cam_state state)
{
    atomic_store(&cam->state, state);
    lkcam_loop_wake(&cam->c->loop);
}

static int end_silent(struct lkcam_track *cam)
{
    lkcam_end_set(&cam->end, LKCAM_REASON_CAMERA, "%s has sent no frame for %d s: check its cable",
                  cam->source_label, SILENCE_MS / 1000);
    return -ETIMEDOUT;
}

// A frame, or an event without one (a damaged picture, an error of the driver that stays): such a
// camera does not get the processor for itself. `idle` counts these events. @return 0 or -errno.
static int take_event(struct lkcam_track *cam, struct pollfd *wake, int *idle)
{
    uint64_t taken = cam->source->counters.taken;
    int err = lkcam_path_frame(cam);
    if (err)
        return err;
    if (cam->source->counters.taken != taken) {
        *idle = 0;
        return 0;
    }
    if (++*idle * PAUSE_MS >= SILENCE_MS)
        return end_silent(cam);
    poll(wake, 1, PAUSE_MS);
    return 0;
}

int lkcam_cam_frames(struct lkcam_track *cam)
{
    int idle = 0;
    struct pollfd fds[2] = {{.fd = cam->source->ops->fd(cam->source), .events = POLLIN},
                            {.fd = cam->orders.wake_fd, .events = POLLIN}};
    while (!atomic_load(&cam->orders.stop)) {
        int n = poll(fds, 2, SILENCE_MS);
        if (n < 0 && errno != EINTR) {
            int err = -errno;
            lkcam_end_set(&cam->end, LKCAM_REASON_INTERNAL, "cannot wait for %s: %s",
                          cam->source_label, strerror(-err));
            return err;
        }
        if (n == 0)
            return end_silent(cam);
        int err = n > 0 && fds[0].revents ? take_event(cam, &fds[1], &idle) : 0;
        if (err)
            return err;
    }
    return 0;
}

static void *thread_main(void *ctx)
{
    struct lkcam_track *cam = ctx;
    lkcam_rt_thread(&cam->c->rt, 0, "lkcam-camera");
    int err = open_all(cam);
    if (!err) {
        tell(cam, LKCAM_CAM_OPEN);
        err = lkcam_cam_frames(cam);
    }
    // The camera is free before anybody hears of the end.
    close_all(cam);
    if (err)
        tell(cam, LKCAM_CAM_FAILED);
    return NULL;
}

static bool copy_controls(struct lkcam_track *cam, const struct lkcam_camera *want)
{
    cam->controls = calloc(want->control_count + 1, sizeof *cam->controls);
    for (size_t i = 0; cam->controls && i < want->control_count; i++) {
        char *name, *value;
        bool both =
            lkcam_copy(&name, want->controls[i].name) & lkcam_copy(&value, want->controls[i].value);
        cam->controls[i] = (struct lkcam_control){name, value};
        if (!both)
            return false;
    }
    return cam->controls;
}

static void free_controls(struct lkcam_track *cam)
{
    for (size_t i = 0; cam->controls && i < cam->want.control_count; i++) {
        free((char *)cam->controls[i].name);
        free((char *)cam->controls[i].value);
    }
    free(cam->controls);
}

int lkcam_cam_new(struct lkcam_track **out, struct lkcam *c, const struct lkcam_camera *want)
{
    char name[32] = "camera";
    struct lkcam_track *cam = calloc(1, sizeof *cam);
    *out = cam;
    if (!cam)
        return -ENOMEM;
    cam->c = c;
    cam->index = c->camera_count;
    cam->sender = &c->transport.senders[cam->index];
    cam->want = *want;
    cam->format = want->format ? lkcam_pixel_from_name(want->format) : LKCAM_PIXEL_NONE;
    cam->camstate = lkcam_camstate_initial();
    cam->orders.wake_fd = -1;
    atomic_store(&cam->orders.bitrate_bps, want->max_bitrate_bps);
    if (cam->index)
        snprintf(name, sizeof name, "camera-%d", cam->index + 1);
    if (lkcam_copy(&cam->device, want->device) && lkcam_copy(&cam->file, want->file) &&
        lkcam_copy(&cam->preset, want->preset) &&
        lkcam_copy(&cam->name, want->name ? want->name : name) && copy_controls(cam, want))
        return 0;
    lkcam_cam_free(out);
    return -ENOMEM;
}

void lkcam_cam_free(struct lkcam_track **cam_)
{
    struct lkcam_track *cam = *cam_;
    if (!cam)
        return;
    free(cam->device);
    free(cam->file);
    free(cam->name);
    free(cam->preset);
    free_controls(cam);
    free(cam);
    *cam_ = NULL;
}

int lkcam_cam_start(struct lkcam_track *cam)
{
    pthread_attr_t attr;

    cam->orders.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (cam->orders.wake_fd < 0)
        return -errno;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 256 * 1024);
    int err = pthread_create(&cam->thread, &attr, thread_main, cam);
    pthread_attr_destroy(&attr);
    cam->started = err == 0;
    if (err)
        close(cam->orders.wake_fd);
    return -err;
}

void lkcam_cam_stop(struct lkcam_track *cam)
{
    if (!cam->started)
        return;
    atomic_store(&cam->orders.stop, true);
    eventfd_write(cam->orders.wake_fd, 1);
}

void lkcam_cam_join(struct lkcam_track *cam)
{
    if (!cam->started)
        return;
    pthread_join(cam->thread, NULL);
    close(cam->orders.wake_fd);
    cam->started = false;
}
