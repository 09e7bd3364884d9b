// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One camera's thread: opens source, converter and encoder, waits on the source's fd, runs path.c
// for each frame. Between it and the rest: the small block of atomics below, never a lock.
#ifndef LKCAM_PUB_CAMERA_H
#define LKCAM_PUB_CAMERA_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/err.h"
#include "media/convert.h"
#include "media/encoder.h"
#include "media/fps.h"
#include "media/source.h"
#include "pub/ledger.h"
#include "pub/nalorder.h"
#include "room/camstate.h"
#include "room/sender.h"

enum lkcam_cam_state { LKCAM_CAM_OPENING, LKCAM_CAM_OPEN, LKCAM_CAM_FAILED };

struct lkcam_track {
    struct lkcam *c;
    struct lkcam_sender *sender; // ours in c->transport
    int index;                   // in c->cameras, and of the sender

    // What was asked for; constant.
    struct lkcam_camera want;
    char *device, *file, *name, *preset;
    struct lkcam_control *controls; // want.control_count of them
    enum lkcam_pixel_format format;

    // To the camera thread, read at the next frame.
    struct {
        atomic_int bitrate_bps;
        atomic_bool flow, stop;
        int wake_fd; // eventfd: look at `stop`
    } orders;

    // From the camera thread. `state` is stored last: whoever has seen OPEN may read mode and
    // labels, FAILED `end`.
    atomic_int state;
    struct lkcam_source_mode mode;
    char source_label[LKCAM_LABEL_TEXT], encoder_label[LKCAM_LABEL_TEXT];
    struct lkcam_end end;
    struct {
        atomic_ullong captured, sent, skipped, stale, damaged, lost, key_frames, nal_bytes;
        atomic_int fps_milli;
    } counters;

    // Under the connection's lock.
    struct lkcam_camstate camstate;
    struct lkcam_ledger ledger;

    // The network thread's own.
    bool told_open, told_failed, told_late; // has been logged and acted upon
    bool mute_sent;                         // the room knows that the camera has failed

    // The camera thread's own.
    pthread_t thread;
    bool started;
    struct lkcam_source *source;
    struct lkcam_encoder *encoder;
    struct lkcam_convert convert;
    struct lkcam_fps fps;
    struct lkcam_nalorder order;
    struct {
        uint64_t frame;
        uint64_t captured_ntp;
        int64_t number;      // of encoded frames
        int packets_waiting; // filled, not yet committed
        bool first_packet;   // of this frame is still to be written
        bool key_frame;      // the next frame that is encoded has to be one
        uint8_t sps[256];
        size_t sps_len;
        lkcam_us first_nal, last_nal, own_us; // own_us: spent in our NAL callback
        int bytes, fps_milli;
    } path;
};

/** Copies what is wanted, strings too. @return 0, -ENOMEM. */
int lkcam_cam_new(struct lkcam_track **out, struct lkcam *c, const struct lkcam_camera *want);
/** The thread is not running. Accepts NULL in *cam; sets it to NULL. */
void lkcam_cam_free(struct lkcam_track **cam);

/** @return 0 or -errno. */
int lkcam_cam_start(struct lkcam_track *cam);
/** Asks the thread to stop. */
void lkcam_cam_stop(struct lkcam_track *cam);
/** Waits for the thread, which has freed what it held. */
void lkcam_cam_join(struct lkcam_track *cam);

/** Waits for the source and carries its frames until it is asked to stop. Camera thread.
 * @return 0, or -errno of a source or encoder that has failed or of a source that has fallen silent
 * (cam->end is set). */
int lkcam_cam_frames(struct lkcam_track *cam);

/**
 * path.c: the source's fd is readable. Camera thread.
 * @return 0, or -errno of a source or encoder that has failed (cam->end is set).
 */
int lkcam_path_frame(struct lkcam_track *cam);

/** path.c: one NAL of the frame, in order; ctx is the track. */
void lkcam_path_nal(void *ctx, const struct lkcam_coded_nal *nal);

#endif
