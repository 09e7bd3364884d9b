// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// lkcam publishes cameras into a LiveKit room with the lowest latency that hardware and network
// allow.
//
//     struct lkcam_config cfg;
//     lkcam_config_default(&cfg);
//     cfg.url = "ws://localhost:7880";
//     cfg.token = token;
//     struct lkcam *c;
//     struct lkcam_camera cam;
//     lkcam_camera_default(&cam);
//     if (lkcam_open(&c, &cfg) == 0 && lkcam_add_camera(c, &cam, NULL) == 0)
//         lkcam_run(c);           // until lkcam_stop() or the room is lost
//     lkcam_close(&c);
//
// Functions return 0 or -errno; what goes wrong later is told by the `ended` callback with a
// reason. Unless a comment says otherwise strings are copied, and a function belongs to the thread
// that opened the connection.
#ifndef LKCAM_LKCAM_H
#define LKCAM_LKCAM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LKCAM_API __attribute__((visibility("default")))
#else
#define LKCAM_API
#endif

struct lkcam;       /* one room connection */
struct lkcam_track; /* one published camera; lives as long as its connection */

#define LKCAM_CAMERAS_MAX 16
#define LKCAM_CONTROLS_MAX 64

/** Why a connection ended or could not be made. */
enum lkcam_reason {
    LKCAM_REASON_STOPPED, /* lkcam_stop() */
    LKCAM_REASON_CONFIG,  /* a value that cannot work (URL, size) */
    LKCAM_REASON_TOKEN,   /* missing, malformed, expired, or refused by the server */
    LKCAM_REASON_CAMERA,  /* missing, busy, forbidden, no camera, unplugged */
    LKCAM_REASON_ENCODER,
    LKCAM_REASON_SERVER_UNREACHABLE,
    LKCAM_REASON_SERVER_REFUSED, /* HTTP status or answer that we cannot work with */
    LKCAM_REASON_CODEC,          /* the room does not take what we encode */
    LKCAM_REASON_LEFT,        /* the server said leave: removed, duplicate identity, room closed */
    LKCAM_REASON_SIGNAL_LOST, /* the WebSocket closed or went silent */
    LKCAM_REASON_MEDIA_LOST,  /* ICE or DTLS failed, consent lost */
    LKCAM_REASON_INTERNAL
};

enum lkcam_level { LKCAM_ERROR, LKCAM_WARNING, LKCAM_INFO, LKCAM_DEBUG };

enum lkcam_priority { LKCAM_PRIORITY_NONE, LKCAM_PRIORITY_NICE, LKCAM_PRIORITY_FIFO };

struct lkcam_config {
    size_t size;       /* set by lkcam_config_default */
    const char *url;   /* ws:, wss:, http: or https: URL of the server; NULL: the token service's */
    const char *token; /* a LiveKit access token; NULL: token_url is asked */
    /** http: or https: URL of a token service, asked for a fresh token at every connect: by
     * LiveKit's standard POST or, where that is not known, by GET. Passed over where there is a
     * token. */
    const char *token_url;
    const char *room, *identity; /* asked of token_url; NULL: its own choice */
    /** PEM file: the only authorities by whom server and token service are believed (TLS), read in
     * lkcam_open; NULL: the system's. */
    const char *ca_file;
    enum lkcam_priority priority;
    int priority_level; /* FIFO 1-97 or nice -20..19; 0 takes the default (FIFO 15, nice -10) */
    const char *cpus;   /* "2", "0,2-3": where our threads may run; NULL: anywhere */
    int lock_memory;    /* 1: mlockall with MCL_ONFAULT */

    /** One line, without line end, borrowed. Any thread. Of the process: all lines go to the log of
     * the connection opened last, until it is closed. */
    void (*log)(void *ctx, enum lkcam_level level, const char *line);
    /** Once, when the connection is over; text is one line for a person. Network thread; may call
     * lkcam_stop. */
    void (*ended)(void *ctx, enum lkcam_reason reason, const char *text);
    /** One of several cameras has failed; the others go on, and its track is muted. As `ended`. */
    void (*track_ended)(void *ctx, struct lkcam_track *t, enum lkcam_reason reason,
                        const char *text);
    void *ctx;
};

LKCAM_API void lkcam_config_default(struct lkcam_config *cfg);

enum lkcam_source_kind {
    LKCAM_SOURCE_V4L2,
    LKCAM_SOURCE_PATTERN,
    LKCAM_SOURCE_CLIP,
    LKCAM_SOURCE_AUTO /* a camera where there is one, else the pattern; said in the log */
};

enum lkcam_path {
    LKCAM_PATH_I420, /* to 4:2:0 in one step */
    LKCAM_PATH_RGBA  /* by way of RGBA: slower, for comparison */
};

/** A control of a camera, to be set before it streams. */
struct lkcam_control {
    const char *name;  /* as v4l2-ctl spells it: "brightness", "white_balance_automatic" */
    const char *value; /* a number (decimal or 0x), true or false, a menu item's number or name, or
                          text; NULL for a button */
};

struct lkcam_camera {
    size_t size; /* set by lkcam_camera_default */
    enum lkcam_source_kind source;
    const char
        *device; /* V4L2: path, by-id name or part of the name; NULL: the first capture device */
    const char *file;   /* clip: .y4m, or raw frames of `format` and size */
    const char *format; /* "YUYV" "UYVY" "NV12" "I420" "RGB24" "BGR24" "MJPEG"; NULL: the best */
    enum lkcam_path path;
    const char *name;    /* the track's name in the room; NULL: camera, camera-2, camera-3 ... */
    int width, height;   /* asked for; the nearest that the source has is taken */
    int fps;             /* likewise; 0: 30, or a clip's own */
    int max_bitrate_bps; /* of NAL bytes; headers and retransmissions come on top */
    const char *encoder; /* "x264" */
    const char *preset;  /* "lkcam" (also NULL), or x264's own: "ultrafast" "superfast" ... */
    int threads;         /* slice threads of the encoder: 1 to 8 */
    int min_qp;          /* the encoder's finest quantiser, 0 to 51. 0: a scene at rest is refined
                            until the rate is used; 24: it costs a fraction of that */
    int take_camera;     /* 1: end whatever program holds the camera */
    const struct lkcam_control *controls; /* V4L2: set in this order. A camera that may lower its
                                             rate in the dark (exposure_dynamic_framerate) is kept
                                             from it unless that one is named here */
    size_t control_count;                 /* at most LKCAM_CONTROLS_MAX */
};

LKCAM_API void lkcam_camera_default(struct lkcam_camera *cam);

/** Make a connection object; connects nothing yet. @return 0, -EINVAL (a value that cannot work:
 * the log tells which), -ENOMEM, -EMFILE or -ENFILE (no descriptors left). */
LKCAM_API int lkcam_open(struct lkcam **out, const struct lkcam_config *cfg);

/** Publish a camera: a track and a thread of its own, on the connection's one transport. Before
 * lkcam_run, in which the cameras are opened side by side; the room is joined when each of them is
 * open or has failed, after 3 s with those that are. One that fails touches no other; when none is
 * left the connection ends. `out` may be NULL.
 * @return 0, -EINVAL, -ENOMEM, -ENOSPC (more than LKCAM_CAMERAS_MAX), -EBUSY (running). */
LKCAM_API int lkcam_add_camera(struct lkcam *c, const struct lkcam_camera *cam,
                               struct lkcam_track **out);

/** Connect and publish on this thread, which becomes the network thread, until lkcam_stop() or the
 * end. Once a connection: a second call returns the same reason at once.
 * @return the reason that `ended` was told. */
LKCAM_API enum lkcam_reason lkcam_run(struct lkcam *c);

/** Any thread, any signal handler; leaves the room at once and makes lkcam_run return, which waits
 * for its camera threads: one that hangs inside a driver it cannot cut short. */
LKCAM_API void lkcam_stop(struct lkcam *c);

/** Frees; sets *c to NULL; accepts NULL. Not while lkcam_run is running. */
LKCAM_API void lkcam_close(struct lkcam **c);

LKCAM_API const char *lkcam_version(void);

#define LKCAM_TRANSPORT_TEXT 64
#define LKCAM_LABEL_TEXT 96

/** Counters since the start and figures of the last second; docs/statistics.md defines each, and
 * how those of several cameras become one. */
struct lkcam_stats {
    size_t size; /* set by the caller to sizeof(struct lkcam_stats) */
    int64_t uptime_us;
    int cameras, cameras_failed;
    int connected;     /* media flows: ICE and DTLS are done */
    int published;     /* the server has the track; of several: all whose camera works */
    int muted, wanted; /* by the server; 0 subscribers have it */
    /* frames */
    uint64_t frames_captured, frames_sent, frames_skipped, frames_stale, frames_damaged,
        frames_lost;
    uint64_t key_frames;
    int fps_milli;        /* sent, last second */
    int camera_fps_milli; /* true rate of the source */
    int width, height;
    /* bytes and packets */
    uint64_t nal_bytes, packets_sent, bytes_sent, rtx_packets, rtx_bytes, send_errors;
    int bitrate_bps; /* NAL bytes, last second */
    int target_bitrate_bps;
    /* latency, last second, us */
    int age_p50_us, age_p99_us; /* captured -> last packet handed to the socket */
    int first_packet_p50_us;    /* captured -> first packet */
    int own_p50_us;             /* dequeued -> last packet, less the time inside the encoder */
    int convert_p50_us;         /* dequeued -> in the encoder's pixel format */
    int encode_p50_us;
    /* feedback */
    uint64_t nacks, nacked_packets, plis, firs, twcc_messages, twcc_packets_lost, receiver_reports,
        rtcp_errors;
    int rtt_us;                           /* 0: not known yet */
    int loss_permille;                    /* last receiver report */
    int64_t first_packet_us;              /* lkcam_run -> first RTP packet; 0: none yet */
    char transport[LKCAM_TRANSPORT_TEXT]; /* "udp 10.0.0.1:7882", "tcp 10.0.0.1:7881" */
    char encoder[LKCAM_LABEL_TEXT];
    char source[LKCAM_LABEL_TEXT];
    char track[LKCAM_LABEL_TEXT]; /* its name */
    char path[8];                 /* "i420" or "rgba" */
    char srtp[32];                /* negotiated profile */
    char signalling[16];          /* "v1", "v1 two-step" or "v0" (servers older than 1.9.1) */
    /* the machine */
    uint64_t clock_steps;   /* how often the system's clock was set while we ran */
    int priority_demotions; /* threads of the process that have lost FIFO to a guard */
};

/** The connection and its cameras together: counters and rates are added up, of latencies and loss
 * the camera that is worst off counts. Any thread. @return 0, -EINVAL (size). */
LKCAM_API int lkcam_stats(struct lkcam *c, struct lkcam_stats *out);

/** The same for one camera. Any thread. @return 0, -EINVAL (size). */
LKCAM_API int lkcam_track_stats(struct lkcam_track *t, struct lkcam_stats *out);

/** One frame's story; instants in us of CLOCK_MONOTONIC, 0 = did not happen (yet).
 * docs/statistics.md defines each. */
struct lkcam_frame_times {
    uint64_t frame; /* counts every frame taken from the source, from 1 */
    int64_t captured_us, dequeued_us, converted_us;
    int64_t first_nal_us, last_nal_us;
    int64_t first_packet_us, last_packet_us, acked_us;
    int encode_us;      /* inside the encoder, less our own work in its callback */
    int bytes, packets; /* NAL bytes; RTP packets */
    int key_frame;
    int skipped; /* 1: given back before the encode, because older frames were still waiting to
                    leave */
};

/**
 * Copy the stories of the camera's frames after `*after` that are at least half a second old (once
 * lkcam_run has returned: all), oldest first, and move `*after` on. The last 256 frames are kept.
 * Any thread.
 * @return their number (at most cap).
 */
LKCAM_API int lkcam_ledger(struct lkcam_track *t, uint64_t *after, struct lkcam_frame_times *out,
                           int cap);

/** What a token allows; LiveKit's video grant. */
struct lkcam_grant {
    size_t size; /* set by lkcam_grant_default */
    const char *api_key, *api_secret;
    const char *room, *identity, *name; /* name: NULL = none */
    int can_publish, can_subscribe;
    int64_t now_unix, valid_seconds; /* seconds since 1970; default 6 h */
};

LKCAM_API void lkcam_grant_default(struct lkcam_grant *g);

/** Sign an access token on this machine; its roomConfig asks for playout delay 0/1. No secret in it
 * but the signature. Any thread. @return its length, -EINVAL (something missing), -ENOSPC. */
LKCAM_API int lkcam_token_mint(const struct lkcam_grant *g, char *out, size_t len);

/**
 * Look at a token as the server will, but for the signature: form, exp, nbf, roomJoin, canPublish.
 * `why` gets one line that names the claim and never the token. Any thread. @return 0, -EBADMSG,
 * -EKEYEXPIRED, -EACCES.
 */
LKCAM_API int lkcam_token_check(const char *token, int64_t now_unix, char *why, size_t why_len);

/** The path of the first V4L2 capture device in number order. Any thread. @return 0, -ENODEV, or
 * -EACCES: none, but `path` is a device that this user may not open. */
LKCAM_API int lkcam_first_camera(char *path, size_t len);

/** Frames a second: num / den. */
struct lkcam_rate {
    int num, den;
};

struct lkcam_device_size {
    int width, height;           /* of a range of sizes: the smallest */
    int max_width, max_height;   /* a single size: the same again */
    int step_width, step_height; /* a single size: 0 */
    /* Of a range of sizes: those of the largest. None where the driver names none. */
    const struct lkcam_rate *rates;
    size_t rate_count;
    int rate_range; /* 1: `rates` are the slowest and the quickest of a range */
};

struct lkcam_device_format {
    char fourcc[8];       /* V4L2's code: "YUYV", "YU12"; big-endian ones end with "-BE" */
    char description[32]; /* the driver's */
    const char *name;     /* what lkcam_camera.format calls it; NULL: not read */
    const struct lkcam_device_size *sizes; /* none where the driver lists none: ask for any */
    size_t size_count;
};

enum lkcam_control_type {
    LKCAM_CONTROL_INTEGER,
    LKCAM_CONTROL_INTEGER64,
    LKCAM_CONTROL_BOOLEAN,
    LKCAM_CONTROL_MENU,
    LKCAM_CONTROL_INTEGER_MENU,
    LKCAM_CONTROL_BUTTON,
    LKCAM_CONTROL_BITMASK,
    LKCAM_CONTROL_STRING
};

/** Why a control cannot be set, or read, now. */
enum lkcam_control_flags {
    LKCAM_CONTROL_READ_ONLY = 1,
    LKCAM_CONTROL_WRITE_ONLY = 2,
    LKCAM_CONTROL_INACTIVE = 4, /* another control rules it out, as automatic exposure its time */
    LKCAM_CONTROL_GRABBED = 8   /* another program has it, or the stream */
};

struct lkcam_menu_item {
    int index;     /* what the control is set to */
    char name[32]; /* of an integer menu: "" */
    int64_t value; /* of an integer menu */
};

struct lkcam_device_control {
    uint32_t id;
    char name[32];  /* as v4l2-ctl spells it */
    char title[32]; /* the driver's */
    enum lkcam_control_type type;
    unsigned flags;                        /* of enum lkcam_control_flags */
    int64_t min, max, step, default_value; /* of a string: lengths; default_value has no meaning */
    int64_t value;
    int readable;   /* 0: the driver does not tell the value */
    char text[256]; /* of a string: its value, cut short */
    const struct lkcam_menu_item *items;
    size_t item_count;
};

/** A camera of this machine. Text of the driver is made UTF-8 without control characters. */
struct lkcam_device {
    const char *path;         /* /dev/videoN */
    const char *const *names; /* links in /dev/v4l/by-id and by-path: they outlive a replug */
    size_t name_count;
    char card[33], driver[17], bus[33];
    const char *problem; /* why it cannot be opened, and what to do; NULL: it can */
    int holder_pid;      /* another process that has it open; 0: none is seen */
    char holder[64];     /* its program */
    const struct lkcam_device_format *formats;
    size_t format_count;
    const struct lkcam_device_control *controls; /* those that hold one value */
    size_t control_count;
};

/** Calls `device` for each capture device, in number order; what it gets lives until it returns.
 * Looks without disturbing who streams; may take some hundred ms. Of devices that this user may not
 * open only path, names, card, holder and problem are known. Any thread.
 * @return how many, or -ENOMEM. */
LKCAM_API int lkcam_devices(void (*device)(void *ctx, const struct lkcam_device *d), void *ctx);

#ifdef __cplusplus
}
#endif
#endif
