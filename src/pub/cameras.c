// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// All cameras of a connection, seen from the network thread: they open side by side, one that fails
// touches no other, and the room is joined with those that are there.
#include "base/log.h"
#include "pub/publisher.h"

// Ours: most cameras open within a second; one that hangs in its driver must not keep the others
// from the room. It is announced with the size that was asked for and flows when it opens.
#define LATE_US LKCAM_SECONDS(3)

int lkcam_cameras_start(struct lkcam *c)
{
    int err = 0;
    for (int i = 0; i < c->camera_count && !err; i++)
        err = lkcam_cam_start(c->cameras[i]);
    return err;
}

static bool any_other_works(const struct lkcam *c)
{
    for (int i = 0; i < c->camera_count; i++)
        if (!c->cameras[i]->told_failed)
            return true;
    return false;
}

static void opened(struct lkcam_track *cam)
{
    const struct lkcam_source_mode *m = &cam->mode;
    cam->told_open = true;
    lkcam_log(LKCAM_LOG_INFO, "%s, %s %dx%d at %.3g fps; %s", cam->source_label,
              lkcam_pixel_name(m->format), m->width_px, m->height_px,
              (double)m->fps_num / m->fps_den, cam->encoder_label);
}

// Nothing can be done about a driver that hangs, but the person can.
static void late(struct lkcam_track *cam)
{
    cam->told_late = true;
    lkcam_log(LKCAM_LOG_WARNING,
              "%s (%s) has not opened within %d s: unplug it and plug it in again", cam->name,
              cam->device ? cam->device : "the first camera", (int)(LATE_US / LKCAM_SECONDS(1)));
}

// Before the join it is left out of the offer; afterwards the room is told by a mute.
static void failed(struct lkcam *c, struct lkcam_track *cam)
{
    cam->told_failed = true;
    if (c->stage < LKCAM_STAGE_CONNECTING)
        cam->sender->left_out = true;
    if (!any_other_works(c)) {
        lkcam_publisher_end(c, &cam->end);
        return;
    }
    lkcam_log(LKCAM_LOG_WARNING, "%s; without it the others go on", cam->end.text);
    if (c->track_ended_cb)
        c->track_ended_cb(c->ctx, cam, cam->end.reason, cam->end.text);
}

static void tell_room(struct lkcam *c, struct lkcam_track *cam)
{
    if (!cam->told_failed || cam->mute_sent || !cam->camstate.published)
        return;
    cam->mute_sent = true;
    lkcam_session_mute(c->session, cam->camstate.sid, true);
}

bool lkcam_cameras_step(struct lkcam *c, lkcam_us now)
{
    int opening = 0, open = 0;
    for (int i = 0; i < c->camera_count; i++) {
        struct lkcam_track *cam = c->cameras[i];
        int state = atomic_load(&cam->state);
        opening += state == LKCAM_CAM_OPENING;
        open += state == LKCAM_CAM_OPEN;
        if (state == LKCAM_CAM_OPENING && !cam->told_late && now >= c->started + LATE_US)
            late(cam);
        if (state == LKCAM_CAM_OPEN && !cam->told_open)
            opened(cam);
        if (state == LKCAM_CAM_FAILED && !cam->told_failed)
            failed(c, cam);
        tell_room(c, cam);
    }
    return open && (!opening || now >= c->started + LATE_US);
}

lkcam_us lkcam_cameras_deadline(const struct lkcam *c)
{
    return c->stage == LKCAM_STAGE_CAMERA && c->now < c->started + LATE_US ? c->started + LATE_US
                                                                           : LKCAM_NEVER;
}

static void order(struct lkcam *c, struct lkcam_track *cam, lkcam_us now)
{
    uint64_t frame;
    if (lkcam_camstate_update(&cam->camstate, c->transport.ready))
        lkcam_keyreq_begin(&cam->sender->stream.keyreq, c->transport.rtt_us, now);
    while (lkcam_sender_take_ack(cam->sender, &frame))
        lkcam_ledger_acked(&cam->ledger, frame, now);
    atomic_store(&cam->orders.flow, cam->camstate.flowing);
}

void lkcam_cameras_order(struct lkcam *c, lkcam_us now)
{
    for (int i = 0; i < c->camera_count; i++)
        order(c, c->cameras[i], now);
}

void lkcam_cameras_pause(struct lkcam *c)
{
    for (int i = 0; i < c->camera_count; i++)
        atomic_store(&c->cameras[i]->orders.flow, false);
}

// All are asked before any is waited for.
void lkcam_cameras_stop(struct lkcam *c)
{
    for (int i = 0; i < c->camera_count; i++)
        lkcam_cam_stop(c->cameras[i]);
    for (int i = 0; i < c->camera_count; i++)
        lkcam_cam_join(c->cameras[i]);
}
