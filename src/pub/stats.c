// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Figures of the last second from the ledger, counters from everywhere.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/clock.h"
#include "pub/publisher.h"

static int compare(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

// Nearest rank; 0 of nothing.
static int percentile(int *v, int n, int percent)
{
    if (!n)
        return 0;
    qsort(v, (size_t)n, sizeof *v, compare);
    int rank = (n * percent + 99) / 100;
    return v[rank ? rank - 1 : 0];
}

static void add_latency(struct lkcam_stats *out, const struct lkcam_frame_times *rows, int count)
{
    int age[LKCAM_LEDGER_LEN], first[LKCAM_LEDGER_LEN], own[LKCAM_LEDGER_LEN],
        convert[LKCAM_LEDGER_LEN], encode[LKCAM_LEDGER_LEN], n = 0;
    int64_t bytes = 0;

    for (int i = 0; i < count; i++) {
        const struct lkcam_frame_times *r = &rows[i];
        if (!r->last_packet_us || !r->last_nal_us)
            continue;
        age[n] = (int)(r->last_packet_us - r->captured_us);
        first[n] = (int)(r->first_packet_us - r->captured_us);
        own[n] = (int)(r->last_packet_us - r->dequeued_us) - r->encode_us;
        convert[n] = (int)(r->converted_us - r->dequeued_us);
        encode[n] = r->encode_us;
        bytes += r->bytes;
        n++;
    }
    out->fps_milli = n * 1000;
    out->bitrate_bps = (int)(bytes * 8);
    out->age_p50_us = percentile(age, n, 50);
    out->age_p99_us = percentile(age, n, 99);
    out->first_packet_p50_us = percentile(first, n, 50);
    out->own_p50_us = percentile(own, n, 50);
    out->convert_p50_us = percentile(convert, n, 50);
    out->encode_p50_us = percentile(encode, n, 50);
}

static void add_camera(struct lkcam_stats *out, struct lkcam_track *cam)
{
    out->frames_captured = atomic_load(&cam->counters.captured);
    out->frames_sent = atomic_load(&cam->counters.sent);
    out->frames_skipped = atomic_load(&cam->counters.skipped);
    out->frames_stale = atomic_load(&cam->counters.stale);
    out->frames_damaged = atomic_load(&cam->counters.damaged);
    out->frames_lost = atomic_load(&cam->counters.lost);
    out->key_frames = atomic_load(&cam->counters.key_frames);
    out->nal_bytes = atomic_load(&cam->counters.nal_bytes);
    out->camera_fps_milli = atomic_load(&cam->counters.fps_milli);
    out->target_bitrate_bps = atomic_load(&cam->orders.bitrate_bps);
    if (atomic_load(&cam->state) != LKCAM_CAM_OPEN)
        return;
    out->width = cam->mode.width_px;
    out->height = cam->mode.height_px;
    memcpy(out->source, cam->source_label, sizeof out->source);
    memcpy(out->encoder, cam->encoder_label, sizeof out->encoder);
    snprintf(out->path, sizeof out->path, "%s",
             cam->want.path == LKCAM_PATH_RGBA ? "rgba" : "i420");
}

static void add_sender(struct lkcam_stats *out, const struct lkcam_sender *s)
{
    const struct lkcam_sender_counters *n = &s->counters;
    out->packets_sent = n->packets_sent;
    out->bytes_sent = n->bytes_sent;
    out->rtx_packets = n->rtx_packets;
    out->rtx_bytes = n->rtx_bytes;
    out->send_errors = n->send_errors + n->backlog_lost;
    out->nacks = n->nacks;
    out->nacked_packets = n->nacked_packets;
    out->plis = n->plis;
    out->firs = n->firs;
    out->receiver_reports = n->receiver_reports;
    out->loss_permille = s->loss_permille;
}

static void add_transport(struct lkcam_stats *out, const struct lkcam_transport *t)
{
    struct lkcam_addr to;
    char text[LKCAM_ADDR_TEXT];

    out->connected = t->ready;
    out->rtcp_errors = t->counters.rtcp_errors;
    out->clock_steps = t->wall.steps;
    out->twcc_messages = t->sentlog.messages;
    out->twcc_packets_lost = t->sentlog.lost;
    out->rtt_us = (int)(t->rtt_us ? t->rtt_us : t->ice.rtt_us);
    if (lkcam_ice_route(&t->ice, &to)) {
        lkcam_addr_text(&to, text);
        snprintf(out->transport, sizeof out->transport, "%s %s", to.tcp ? "tcp" : "udp", text);
    }
    if (t->srtp)
        snprintf(out->srtp, sizeof out->srtp, "%s",
                 t->profile == LKCAM_SRTP_AEAD_AES_128_GCM ? "AEAD_AES_128_GCM"
                                                           : "AES128_CM_HMAC_SHA1_80");
}

static void track_stats(struct lkcam_track *cam, struct lkcam_stats *out, lkcam_us now)
{
    struct lkcam_frame_times rows[LKCAM_LEDGER_LEN];
    struct lkcam *c = cam->c;
    uint64_t after = 0;
    int count = 0, from = 0;

    *out = (struct lkcam_stats){.size = sizeof *out, .cameras = 1};
    lkcam_lock_take(&c->lock);
    if (c->transport_open) {
        add_transport(out, &c->transport);
        add_sender(out, cam->sender);
    }
    if (c->signalling)
        snprintf(out->signalling, sizeof out->signalling, "%s", c->signalling);
    out->published = cam->camstate.published;
    out->muted = cam->camstate.muted;
    out->wanted = cam->camstate.wanted;
    out->first_packet_us = c->first_packet_us;
    out->uptime_us = c->started ? now - c->started : 0;
    count = lkcam_ledger_copy(&cam->ledger, &after, now, rows, LKCAM_LEDGER_LEN);
    lkcam_lock_give_back(&c->lock);
    add_camera(out, cam);
    out->priority_demotions = (int)lkcam_rt_demoted();
    snprintf(out->track, sizeof out->track, "%s", cam->name);
    out->cameras_failed = atomic_load(&cam->state) == LKCAM_CAM_FAILED;

    while (from < count && rows[from].dequeued_us < now - LKCAM_SECONDS(1))
        from++;
    add_latency(out, rows + from, count - from);
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

// A camera that has failed is not what the others are.
static void fold_state(struct lkcam_stats *all, const struct lkcam_stats *one)
{
    bool first = all->cameras_failed == all->cameras;
    if (!one->cameras_failed) {
        all->published = (first || all->published) && one->published;
        all->muted = (first || all->muted) && one->muted;
        all->wanted = (!first && all->wanted) || one->wanted;
    }
    all->cameras += one->cameras;
    all->cameras_failed += one->cameras_failed;
}

// Another camera's figures beside those of the ones before.
static void fold(struct lkcam_stats *all, const struct lkcam_stats *one)
{
    fold_state(all, one);
    all->frames_captured += one->frames_captured;
    all->frames_sent += one->frames_sent;
    all->frames_skipped += one->frames_skipped;
    all->frames_stale += one->frames_stale;
    all->frames_damaged += one->frames_damaged;
    all->frames_lost += one->frames_lost;
    all->key_frames += one->key_frames;
    all->fps_milli += one->fps_milli;
    all->camera_fps_milli += one->camera_fps_milli;
    all->nal_bytes += one->nal_bytes;
    all->packets_sent += one->packets_sent;
    all->bytes_sent += one->bytes_sent;
    all->rtx_packets += one->rtx_packets;
    all->rtx_bytes += one->rtx_bytes;
    all->send_errors += one->send_errors;
    all->bitrate_bps += one->bitrate_bps;
    all->target_bitrate_bps += one->target_bitrate_bps;
    all->nacks += one->nacks;
    all->nacked_packets += one->nacked_packets;
    all->plis += one->plis;
    all->firs += one->firs;
    all->receiver_reports += one->receiver_reports;
    all->age_p50_us = larger(all->age_p50_us, one->age_p50_us);
    all->age_p99_us = larger(all->age_p99_us, one->age_p99_us);
    all->first_packet_p50_us = larger(all->first_packet_p50_us, one->first_packet_p50_us);
    all->own_p50_us = larger(all->own_p50_us, one->own_p50_us);
    all->convert_p50_us = larger(all->convert_p50_us, one->convert_p50_us);
    all->encode_p50_us = larger(all->encode_p50_us, one->encode_p50_us);
    all->loss_permille = larger(all->loss_permille, one->loss_permille);
}

int lkcam_track_stats(struct lkcam_track *t, struct lkcam_stats *out)
{
    if (out->size != sizeof *out)
        return -EINVAL;
    track_stats(t, out, lkcam_clock_now());
    return 0;
}

int lkcam_stats(struct lkcam *c, struct lkcam_stats *out)
{
    lkcam_us now = lkcam_clock_now();
    struct lkcam_stats one;

    if (out->size != sizeof *out)
        return -EINVAL;
    *out = (struct lkcam_stats){.size = sizeof *out};
    for (int i = 0; i < c->camera_count; i++) {
        track_stats(c->cameras[i], i ? &one : out, now);
        if (i)
            fold(out, &one);
    }
    return 0;
}

int lkcam_ledger(struct lkcam_track *t, uint64_t *after, struct lkcam_frame_times *out, int cap)
{
    struct lkcam *c = t->c;
    lkcam_us before = lkcam_clock_now() - LKCAM_MS(500);
    lkcam_lock_take(&c->lock);
    if (c->stage == LKCAM_STAGE_OVER) // nothing will be added to a story any more
        before = LKCAM_NEVER;
    int n = lkcam_ledger_copy(&t->ledger, after, before, out, cap);
    lkcam_lock_give_back(&c->lock);
    return n;
}
