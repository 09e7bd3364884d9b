// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "figures.h"

#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum kind { BOOL, INT, INT64, UINT64, TEXT };

struct figure {
    const char *key;
    enum kind kind;
    size_t offset;
    int of_connection; /* 1: not told of each track */
    int of_track;      /* 1: told of tracks alone */
};

#define FIGURE(kind, field)                                                                        \
    {                                                                                              \
#field, kind, offsetof(struct lkcam_stats, field), 0, 0                                    \
    }
#define OF_CONNECTION(kind, field)                                                                 \
    {                                                                                              \
#field, kind, offsetof(struct lkcam_stats, field), 1, 0                                    \
    }
#define OF_TRACK(kind, field)                                                                      \
    {                                                                                              \
#field, kind, offsetof(struct lkcam_stats, field), 0, 1                                    \
    }

static const struct figure figures[] = {
    OF_CONNECTION(INT64, uptime_us),
    OF_CONNECTION(BOOL, connected),
    OF_CONNECTION(INT, cameras),
    FIGURE(INT, cameras_failed),
    OF_TRACK(TEXT, track),
    FIGURE(BOOL, published),
    FIGURE(BOOL, muted),
    FIGURE(BOOL, wanted),
    FIGURE(UINT64, frames_captured),
    FIGURE(UINT64, frames_sent),
    FIGURE(UINT64, frames_skipped),
    FIGURE(UINT64, frames_stale),
    FIGURE(UINT64, frames_damaged),
    FIGURE(UINT64, frames_lost),
    FIGURE(UINT64, key_frames),
    FIGURE(INT, fps_milli),
    FIGURE(INT, camera_fps_milli),
    FIGURE(INT, width),
    FIGURE(INT, height),
    FIGURE(UINT64, nal_bytes),
    FIGURE(UINT64, packets_sent),
    FIGURE(UINT64, bytes_sent),
    FIGURE(UINT64, rtx_packets),
    FIGURE(UINT64, rtx_bytes),
    FIGURE(UINT64, send_errors),
    FIGURE(INT, bitrate_bps),
    FIGURE(INT, target_bitrate_bps),
    FIGURE(INT, age_p50_us),
    FIGURE(INT, age_p99_us),
    FIGURE(INT, first_packet_p50_us),
    FIGURE(INT, own_p50_us),
    FIGURE(INT, convert_p50_us),
    FIGURE(INT, encode_p50_us),
    FIGURE(UINT64, nacks),
    FIGURE(UINT64, nacked_packets),
    FIGURE(UINT64, plis),
    FIGURE(UINT64, firs),
    OF_CONNECTION(UINT64, twcc_messages),
    OF_CONNECTION(UINT64, twcc_packets_lost),
    FIGURE(UINT64, receiver_reports),
    OF_CONNECTION(UINT64, rtcp_errors),
    OF_CONNECTION(INT, rtt_us),
    FIGURE(INT, loss_permille),
    OF_CONNECTION(INT64, first_packet_us),
    OF_CONNECTION(TEXT, transport),
    FIGURE(TEXT, encoder),
    FIGURE(TEXT, source),
    FIGURE(TEXT, path),
    OF_CONNECTION(TEXT, srtp),
    OF_CONNECTION(TEXT, signalling),
    OF_CONNECTION(UINT64, clock_steps),
    OF_CONNECTION(INT, priority_demotions),
};

static json_t *value_of(const struct figure *f, const void *at)
{
    switch (f->kind) {
    case BOOL:
        return json_boolean(*(const int *)at);
    case INT:
        return json_integer(*(const int *)at);
    case INT64:
        return json_integer(*(const int64_t *)at);
    case UINT64:
        return json_integer((json_int_t) * (const uint64_t *)at);
    case TEXT:
        return json_string(at);
    }
    return NULL;
}

static json_t *object_of(const struct lkcam_stats *s, int of_track)
{
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        if (!(of_track ? figures[i].of_connection : figures[i].of_track))
            json_object_set_new(object, figures[i].key,
                                value_of(&figures[i], (const char *)s + figures[i].offset));
    return object;
}

int lkcam_cli_figures_write(const struct lkcam_stats *all, const struct lkcam_stats *each,
                            int count, FILE *out)
{
    json_t *object = object_of(all, 0), *tracks = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(tracks, object_of(&each[i], 1));
    json_object_set_new(object, "tracks", tracks);
    int err = json_dumpf(object, out, JSON_COMPACT);
    json_decref(object);
    return err || fputc('\n', out) < 0 || fflush(out) ? -EIO : 0;
}
