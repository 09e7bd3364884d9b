// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// ONE FRAME'S JOURNEY, from the camera's buffer to the socket, on one stack.
#include <errno.h>
#include <string.h>

#include "io/clock.h"
#include "pub/publisher.h"
#include "wire/h264.h"

// Ours: a frame behind which older packets have waited longer than this is not encoded
// (docs/design/path.md).
#define GUARD_US LKCAM_MS(40)

static void end_camera(struct lkcam_track *cam, enum lkcam_reason reason, const char *what, int err)
{
    if (err == -ENODEV)
        lkcam_end_set(&cam->end, reason, "%s: unplugged; plug it in and start again",
                      cam->source_label);
    else
        lkcam_end_set(&cam->end, reason, "%s: %s (%s)", cam->source_label, what, strerror(-err));
}

static void count_source(struct lkcam_track *cam)
{
    const struct lkcam_source_counters *n = &cam->source->counters;
    atomic_store_explicit(&cam->counters.captured, n->taken, memory_order_relaxed);
    atomic_store_explicit(&cam->counters.stale, n->stale, memory_order_relaxed);
    atomic_store_explicit(&cam->counters.damaged, n->damaged, memory_order_relaxed);
    atomic_store_explicit(&cam->counters.lost, n->lost, memory_order_relaxed);
}

static int give_back(struct lkcam_track *cam, struct lkcam_frame *frame)
{
    int err = cam->source->ops->give_back(cam->source, frame);
    if (err)
        end_camera(cam, LKCAM_REASON_CAMERA, "the source takes no buffer back", err);
    return err;
}

// Opens the frame's row. @return whether it goes on: somebody wants it, and it would not queue
// behind an older one.
static bool guard(struct lkcam_track *cam, const struct lkcam_frame *frame, lkcam_us now)
{
    bool flow = atomic_load(&cam->orders.flow), late;

    lkcam_lock_take(&cam->c->lock);
    lkcam_pacer_set(&cam->sender->pacer, atomic_load(&cam->orders.bitrate_bps), cam->path.fps_milli,
                    now);
    late = lkcam_sender_backlog_age(cam->sender, now) > GUARD_US;
    if (flow && !late && lkcam_keyreq_take(&cam->sender->stream.keyreq, now))
        cam->path.key_frame = true;
    cam->path.captured_ntp = lkcam_transport_ntp(&cam->c->transport, frame->captured);
    if (flow)
        cam->path.frame = lkcam_ledger_begin(&cam->ledger, frame->captured, now);
    if (flow && late)
        lkcam_ledger_row(&cam->ledger, cam->path.frame)->skipped = 1;
    lkcam_lock_give_back(&cam->c->lock);
    if (flow && late)
        atomic_fetch_add(&cam->counters.skipped, 1);
    return flow && !late;
}

static void begin_packets(struct lkcam_track *cam, const struct lkcam_frame *frame)
{
    lkcam_stream_begin(&cam->sender->stream, cam->path.frame, frame->captured,
                       cam->path.captured_ntp);
    lkcam_nalorder_begin(&cam->order);
    cam->path.first_packet = true;
    cam->path.sps_len = 0;
    cam->path.first_nal = cam->path.last_nal = cam->path.own_us = 0;
    cam->path.bytes = 0;
}

static void on_coded(void *ctx, const struct lkcam_coded_nal *nal)
{
    lkcam_nalorder_input(&((struct lkcam_track *)ctx)->order, nal);
}

static int encode(struct lkcam_track *cam, const struct lkcam_picture *picture)
{
    struct lkcam_encode_request r = {
        .picture = *picture,
        .number = cam->path.number++,
        .bitrate_bps = atomic_load(&cam->orders.bitrate_bps),
        .fps_milli = cam->path.fps_milli,
        .key_frame = cam->path.key_frame,
        .on_nal = on_coded,
        .ctx = cam,
    };
    cam->path.key_frame = false;
    return cam->encoder->ops->encode(cam->encoder, &r);
}

static void close_row(struct lkcam_track *cam, bool key, lkcam_us converted, lkcam_us encoded)
{
    lkcam_lock_take(&cam->c->lock);
    struct lkcam_frame_times *row = lkcam_ledger_row(&cam->ledger, cam->path.frame);
    row->converted_us = converted;
    row->first_nal_us = cam->path.first_nal;
    row->last_nal_us = cam->path.last_nal;
    row->encode_us = (int)(encoded - converted - cam->path.own_us);
    row->bytes = cam->path.bytes;
    row->key_frame = key;
    // What was not sent nobody can ask for again, and the key frame before it, however recent, is
    // no help.
    if (cam->order.broken)
        lkcam_keyreq_force(&cam->sender->stream.keyreq);
    lkcam_lock_give_back(&cam->c->lock);
    atomic_fetch_add(&cam->counters.sent, 1);
    atomic_fetch_add(&cam->counters.key_frames, (unsigned long long)key);
    atomic_fetch_add(&cam->counters.nal_bytes, (unsigned long long)cam->path.bytes);
}

int lkcam_path_frame(struct lkcam_track *cam)
{
    struct lkcam_frame frame;
    struct lkcam_picture picture;
    bool borrowed = false;
    lkcam_us now = lkcam_clock_now(), converted;

    int got = cam->source->ops->take_latest(cam->source, &frame);
    count_source(cam);
    if (got < 0)
        end_camera(cam, LKCAM_REASON_CAMERA, "the source has failed", got);
    if (got != 1)
        return got;
    cam->path.fps_milli = lkcam_fps_input(&cam->fps, frame.captured);
    atomic_store(&cam->counters.fps_milli, cam->path.fps_milli);

    if (!guard(cam, &frame, now))
        return give_back(cam, &frame);

    // A damaged JPEG is one lost frame, not the end.
    if (lkcam_convert_frame(&cam->convert, &frame, &picture, &borrowed)) {
        atomic_fetch_add(&cam->counters.damaged, 1);
        return give_back(cam, &frame);
    }
    begin_packets(cam, &frame);
    int back = borrowed ? 0 : give_back(cam, &frame);

    converted = lkcam_clock_now();
    int key = encode(cam, &picture); // calls lkcam_path_nal as slices finish
    if (borrowed)
        back = give_back(cam, &frame);
    if (key < 0) {
        end_camera(cam, LKCAM_REASON_ENCODER, "the encoder has failed", key);
        return key;
    }
    close_row(cam, key == 1, converted, lkcam_clock_now());
    return back;
}

static void commit(struct lkcam_track *cam)
{
    int n = cam->path.packets_waiting;
    cam->path.packets_waiting = 0;
    lkcam_outbound_commit(cam, n);
}

static struct lkcam_packet *next_packet(struct lkcam_track *cam)
{
    if (cam->path.packets_waiting == LKCAM_SENDBUF_BATCH)
        commit(cam);
    struct lkcam_packet *p = lkcam_stream_packet(&cam->sender->stream, cam->path.packets_waiting++,
                                                 cam->path.first_packet);
    cam->path.first_packet = false;
    return p;
}

// RFC 6184 s5.7.1: SPS and PPS together in one STAP-A, so that the first packet of a key frame
// shows what it is.
static void send_parameter_sets(struct lkcam_track *cam, const struct lkcam_coded_nal *pps,
                                lkcam_us now)
{
    struct lkcam_nal nals[2] = {{cam->path.sps, cam->path.sps_len}, {pps->p, pps->len}};
    struct lkcam_packet *p = next_packet(cam);
    int len = lkcam_h264_write_stap_a(p->bytes + p->payload_at, LKCAM_PAYLOAD_MAX, nals, 2);
    lkcam_stream_finish(p, len > 0 ? (size_t)len : 0, false, now);
}

static void send_slice(struct lkcam_track *cam, const struct lkcam_coded_nal *nal, lkcam_us now)
{
    struct lkcam_h264_cut cut;
    bool frame_ends = nal->last_mb == nal->mb_count - 1, nal_ends = false;

    lkcam_h264_cut_begin(&cut, (struct lkcam_nal){nal->p, nal->len}, LKCAM_PAYLOAD_MAX);
    while (!nal_ends) {
        struct lkcam_packet *p = next_packet(cam);
        size_t len = lkcam_h264_cut_next(&cut, p->bytes + p->payload_at, &nal_ends);
        lkcam_stream_finish(p, len, frame_ends && nal_ends, now);
    }
    commit(cam);
}

void lkcam_path_nal(void *ctx, const struct lkcam_coded_nal *nal)
{
    struct lkcam_track *cam = ctx;
    lkcam_us now = lkcam_clock_now();

    if (!cam->path.first_nal)
        cam->path.first_nal = now;
    cam->path.last_nal = now;
    cam->path.bytes += (int)nal->len;
    if (nal->first_mb >= 0) {
        send_slice(cam, nal, now);
    } else if (lkcam_nal_type(nal->p[0]) == LKCAM_NAL_SPS && nal->len <= sizeof cam->path.sps) {
        memcpy(cam->path.sps, nal->p, nal->len);
        cam->path.sps_len = nal->len;
    } else if (lkcam_nal_type(nal->p[0]) == LKCAM_NAL_PPS) {
        send_parameter_sets(cam, nal, now);
    }
    cam->path.own_us += lkcam_clock_now() - now;
}
