// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// lkcam publish: from flags to a running connection, and from its end to an exit code.
#include "commands.h"
#include "credentials.h"
#include "exit_code.h"
#include "ledger.h"
#include "options.h"
#include "say.h"
#include "session.h"
#include "status.h"
#include "values.h"

#include <errno.h>
#include <lkcam/lkcam.h>
#include <string.h>

#define SIX_HOURS_S 21600
#define FPS_MAX 240
#define THREADS_MAX 8
#define QP_MAX 51

struct wishes {
    struct lkcam_cli_wish token;
    const char *url, *ca_file, *token_file, *token_url, *priority, *cpus, *ledger;
    struct lkcam_camera camera; /* what all have in common */
    struct lkcam_cli_list devices, names, controls;
    struct lkcam_cli_setting settings[LKCAM_CLI_LIST_MAX];
    struct lkcam_control wanted[LKCAM_CLI_LIST_MAX];
    int source, format, path, encoder, preset, stats,
        verbose; /* indices of choices; source and path are enums of lkcam.h */
    int size_px[2];
    int asks; /* 1: the token service is asked, and may name the server */
    char identity[LKCAM_CLI_NAME_MAX];
};

/* What a running session shows. */
struct view {
    struct lkcam_cli_status status;
    struct lkcam_cli_ledger ledger;
    struct lkcam_track *tracks[LKCAM_CAMERAS_MAX];
    int track_count;
};

static const char *const sources[] = {"v4l2", "pattern", "clip", "auto", NULL};
static const char *const formats[] = {"YUYV",  "UYVY",  "NV12",  "I420",
                                      "RGB24", "BGR24", "MJPEG", NULL};
static const char *const paths[] = {"i420", "rgba", NULL};
static const char *const encoders[] = {"x264", NULL};
static const char *const presets[] = {"lkcam",  "ultrafast", "superfast", "veryfast",
                                      "faster", "fast",      "medium",    "slow",
                                      "slower", "veryslow",  "placebo",   NULL};
static const char *const stats_formats[] = {"auto", "text", "json", "none", NULL};

static int read_flags(struct wishes *w, int argc, char **argv)
{
    struct lkcam_camera *cam = &w->camera;
    const struct lkcam_cli_option table[] = {
        {"url", LKCAM_CLI_TEXT, &w->url, "server, as ws://host:7880 or wss://host", "URL",
         "LIVEKIT_URL"},
        {"ca-file", LKCAM_CLI_TEXT, &w->ca_file,
         "PEM file of the authority of a wss:// server (the system's)", "FILE"},
        {"room", LKCAM_CLI_TEXT, &w->token.room, "room, where no token is given (lkcam)", "NAME",
         "LIVEKIT_ROOM"},
        {"identity", LKCAM_CLI_TEXT, &w->token.identity,
         "who joins, where no token is given (lkcam-<hostname>)", "NAME", "LIVEKIT_IDENTITY"},
        {"token-file", LKCAM_CLI_TEXT, &w->token_file, "file that holds the token", "FILE"},
        {"token-url", LKCAM_CLI_TEXT, &w->token_url,
         "service that is asked for a token, as http://host:3000/api/token", "URL",
         "LIVEKIT_TOKEN_URL"},
        {"source", LKCAM_CLI_CHOICE, &w->source, "where pictures come from (v4l2)",
         "v4l2|pattern|clip|auto", .choices = sources},
        {"device", LKCAM_CLI_LIST, &w->devices,
         "camera: path, or part of its name (the first); again for each further one", "CAMERA",
         "CAMERA_DEVICE"},
        {"name", LKCAM_CLI_LIST, &w->names,
         "name of the track (camera, camera-2 ...); again for each camera", "NAME"},
        {"file", LKCAM_CLI_TEXT, &cam->file, "clip: .y4m, or raw frames of --format and --size",
         "FILE"},
        {"size", LKCAM_CLI_SIZE, w->size_px, "picture size (1280x720)", "WxH"},
        {"fps", LKCAM_CLI_NUMBER, &cam->fps, "frames a second (30, or a clip's own)", "N", .min = 1,
         .max = FPS_MAX},
        {"format", LKCAM_CLI_CHOICE, &w->format, "pixel format of the source (the best)",
         "YUYV|UYVY|NV12|I420|RGB24|BGR24|MJPEG", .choices = formats},
        {"path", LKCAM_CLI_CHOICE, &w->path,
         "to 4:2:0 in one step (i420), or by way of RGBA, to compare", "i420|rgba",
         .choices = paths},
        {"control", LKCAM_CLI_LIST, &w->controls,
         "set a control, as brightness=128 ('lkcam devices' lists them); again for more",
         "NAME=VALUE"},
        {"encoder", LKCAM_CLI_CHOICE, &w->encoder, "encoder (x264)", "x264", .choices = encoders},
        {"preset", LKCAM_CLI_CHOICE, &w->preset,
         "the encoder's preset (lkcam): lkcam, or x264's own: ultrafast superfast veryfast faster "
         "fast medium slow slower veryslow placebo",
         "NAME", .choices = presets},
        {"threads", LKCAM_CLI_NUMBER, &cam->threads, "threads of the encoder (1)", "N", .min = 1,
         .max = THREADS_MAX},
        {"min-qp", LKCAM_CLI_NUMBER, &cam->min_qp,
         "finest quantiser (0); with 24 a scene at rest costs little", "N", .max = QP_MAX},
        {"max-bitrate", LKCAM_CLI_BITRATE, &cam->max_bitrate_bps,
         "upper bound, as 3M or 2500k (3M)", "RATE"},
        {"priority", LKCAM_CLI_TEXT, &w->priority, "scheduling of our threads (none)",
         "fifo[:N]|nice[:N]|none"},
        {"cpus", LKCAM_CLI_TEXT, &w->cpus, "where our threads may run, as 0,2-3", "LIST"},
        {"take-camera", LKCAM_CLI_FLAG, &cam->take_camera, "end the program that holds the camera"},
        {"stats", LKCAM_CLI_CHOICE, &w->stats, "each second (text on a terminal, else none)",
         "auto|text|json|none", .choices = stats_formats},
        {"ledger", LKCAM_CLI_TEXT, &w->ledger, "write every frame's times to a CSV file", "FILE"},
        {"verbose", LKCAM_CLI_FLAG, &w->verbose, "say more on standard error"},
        {0}};
    return lkcam_cli_options_read(table, "publish", "Publishes a camera until it is interrupted.",
                                  argc, argv);
}

/* "fifo", "fifo:20", "nice:-5", "none". */
static int read_priority(const char *text, struct lkcam_config *cfg)
{
    static const char *const names[] = {"none", "nice", "fifo"};
    static const int bounds[][2] = {{0, 0}, {-20, -1}, {1, 97}};
    size_t len = strcspn(text, ":");
    for (int i = LKCAM_PRIORITY_NONE; i <= LKCAM_PRIORITY_FIFO; i++) {
        if (strlen(names[i]) != len || memcmp(names[i], text, len))
            continue;
        cfg->priority = (enum lkcam_priority)i;
        // Who asks for real time does not mean to wait for a page from the disk.
        cfg->lock_memory = i == LKCAM_PRIORITY_FIFO;
        if (!text[len])
            return 0;
        if (i == LKCAM_PRIORITY_NONE)
            return -EINVAL;
        return lkcam_cli_read_number(text + len + 1, bounds[i][0], bounds[i][1],
                                     &cfg->priority_level);
    }
    return -EINVAL;
}

static int usage(const char *line)
{
    lkcam_cli_say("%s", line);
    return LKCAM_EXIT_USAGE;
}

static int read_controls(struct wishes *w)
{
    if (w->controls.count && (w->source == LKCAM_SOURCE_PATTERN || w->source == LKCAM_SOURCE_CLIP))
        return usage("--control is for cameras; a pattern or a clip has none");
    for (int i = 0; i < w->controls.count; i++) {
        struct lkcam_cli_setting *s = &w->settings[i];
        if (lkcam_cli_read_setting(w->controls.items[i], s)) {
            lkcam_cli_say("--control '%.80s': must be NAME=VALUE, as brightness=128",
                          w->controls.items[i]);
            return LKCAM_EXIT_USAGE;
        }
        w->wanted[i] = (struct lkcam_control){s->name, s->value};
    }
    return LKCAM_EXIT_DONE;
}

/* A camera is asked for the nearest that it has; a pattern or a clip has just what is asked for. */
static int check_picture(const struct wishes *w)
{
    if (w->source != LKCAM_SOURCE_PATTERN && w->source != LKCAM_SOURCE_CLIP)
        return LKCAM_EXIT_DONE;
    if (w->size_px[0] % 2 || w->size_px[1] % 2)
        return usage("--size of a pattern or a clip must have even sides, as 1280x720");
    if (w->format >= 0 && !strcmp(formats[w->format], "MJPEG"))
        return usage("--format MJPEG is for cameras; name another, or a .y4m file and none");
    return LKCAM_EXIT_DONE;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* Each device is a camera; a pattern or a clip, which has none, is one for each name. */
static int cameras(const struct wishes *w)
{
    return larger(1, larger(w->devices.count, w->names.count));
}

static int check_cameras(const struct wishes *w)
{
    const int drawn = w->source == LKCAM_SOURCE_PATTERN || w->source == LKCAM_SOURCE_CLIP;
    if (cameras(w) > LKCAM_CAMERAS_MAX)
        return usage("too many cameras: one connection carries 16; start lkcam twice");
    if (!drawn && w->names.count > larger(1, w->devices.count))
        return usage("more --name than --device: each camera needs its --device");
    for (int i = 0; i < w->devices.count; i++)
        for (int k = 0; k < i; k++)
            if (!strcmp(w->devices.items[i], w->devices.items[k]))
                return usage("one --device is given twice; name each camera once");
    for (int i = 0; i < w->names.count; i++)
        for (int k = 0; k < i; k++)
            if (!strcmp(w->names.items[i], w->names.items[k]))
                return usage("one --name is given twice; viewers could not tell the tracks apart");
    return LKCAM_EXIT_DONE;
}

/* Flags that only make sense together. */
static int check(struct wishes *w, struct lkcam_config *cfg)
{
    const int clip = w->source == LKCAM_SOURCE_CLIP;
    if (!w->url && !w->asks)
        return usage("no server: set LIVEKIT_URL or give --url ws://host:7880");
    if (clip && !w->camera.file)
        return usage("--source clip needs --file FILE");
    if (!clip && w->camera.file)
        return usage("--file needs --source clip");
    if (w->priority && read_priority(w->priority, cfg))
        return usage("--priority must be none, nice[:-20..-1] or fifo[:1..97]");
    int code = check_cameras(w);
    if (!code)
        code = read_controls(w);
    return code ? code : check_picture(w);
}

static void fill_camera(struct wishes *w)
{
    // A camera that was named and is missing is an error, never a reason for the pattern.
    if (w->source == LKCAM_SOURCE_AUTO && w->devices.count)
        w->source = LKCAM_SOURCE_V4L2;
    w->camera.source = (enum lkcam_source_kind)w->source;
    w->camera.width = w->size_px[0];
    w->camera.height = w->size_px[1];
    w->camera.path = (enum lkcam_path)w->path;
    w->camera.encoder = encoders[w->encoder];
    w->camera.preset = w->preset < 0 ? NULL : presets[w->preset];
    w->camera.format = w->format < 0 ? NULL : formats[w->format];
    w->camera.controls = w->wanted;
    w->camera.control_count = (size_t)w->controls.count;
}

static void on_second(void *ctx, struct lkcam *c)
{
    struct view *v = ctx;
    lkcam_cli_status_show(&v->status, c, v->tracks, v->track_count);
    if (lkcam_cli_ledger_write(&v->ledger, v->tracks, v->track_count))
        lkcam_cli_status_log(&v->status, "the ledger ends here: its file takes no more");
}

static void on_line(void *ctx, const char *line)
{
    struct view *v = ctx;
    lkcam_cli_status_log(&v->status, line);
}

static int code_of(enum lkcam_reason reason)
{
    switch (reason) {
    case LKCAM_REASON_STOPPED:
        return LKCAM_EXIT_DONE;
    case LKCAM_REASON_CONFIG:
        return LKCAM_EXIT_USAGE;
    case LKCAM_REASON_TOKEN:
        return LKCAM_EXIT_TOKEN;
    case LKCAM_REASON_CAMERA:
        return LKCAM_EXIT_CAMERA;
    case LKCAM_REASON_SERVER_UNREACHABLE:
    case LKCAM_REASON_SERVER_REFUSED:
    case LKCAM_REASON_CODEC:
    case LKCAM_REASON_LEFT:
    case LKCAM_REASON_SIGNAL_LOST:
    case LKCAM_REASON_MEDIA_LOST:
        return LKCAM_EXIT_SERVER;
    case LKCAM_REASON_ENCODER:
    case LKCAM_REASON_INTERNAL:
        return LKCAM_EXIT_OTHER;
    }
    return LKCAM_EXIT_OTHER;
}

static int failed(const char *what, int err)
{
    lkcam_cli_say("%s: %s", what, strerror(-err));
    return err == -EINVAL ? LKCAM_EXIT_USAGE : LKCAM_EXIT_OTHER;
}

static int add_cameras(const struct wishes *w, struct view *v, struct lkcam *c)
{
    for (int i = 0; i < cameras(w); i++) {
        struct lkcam_camera cam = w->camera;
        cam.device = i < w->devices.count ? w->devices.items[i] : NULL;
        cam.name = i < w->names.count ? w->names.items[i] : NULL;
        int err = lkcam_add_camera(c, &cam, &v->tracks[i]);
        if (err)
            return err;
        v->track_count++;
    }
    return 0;
}

static int run(const struct wishes *w, struct lkcam_config *cfg, struct lkcam_cli_session *s)
{
    struct view *v = s->ctx;
    struct lkcam *c = NULL;
    int err = lkcam_cli_session_open(s, cfg);
    if (!err)
        err = lkcam_open(&c, cfg);
    const int opened = c != NULL;
    if (!err)
        err = add_cameras(w, v, c);
    if (!err)
        err = lkcam_cli_session_run(s, c);
    lkcam_close(&c);
    lkcam_cli_session_close(s);
    lkcam_cli_status_close(&v->status);
    if (err == -EINVAL && !opened)
        return LKCAM_EXIT_USAGE; // the log has told why
    if (err)
        return failed("cannot start", err);
    if (s->reason != LKCAM_REASON_STOPPED)
        lkcam_cli_say("%s", s->text);
    return code_of(s->reason);
}

static int run_with_view(const struct wishes *w, struct lkcam_config *cfg)
{
    struct view v = {.track_count = 0};
    struct lkcam_cli_session s = {
        .second = on_second, .line = on_line, .ctx = &v, .verbose = w->verbose};
    lkcam_cli_status_init(&v.status, (enum lkcam_cli_stats)w->stats);
    int err = lkcam_cli_ledger_open(&v.ledger, w->ledger);
    if (err) {
        lkcam_cli_say("cannot write the ledger %s: %s", w->ledger, strerror(-err));
        return LKCAM_EXIT_OTHER;
    }
    int code = run(w, cfg, &s);
    if (lkcam_cli_ledger_close(&v.ledger))
        lkcam_cli_say("the last rows of the ledger %s are lost", w->ledger);
    return code;
}

/* The token service beats key and secret; a token at hand beats both. */
static void choose_token(struct wishes *w)
{
    const char *at_hand = lkcam_cli_token_at_hand(w->token_file);
    w->asks = w->token_url && !at_hand;
    if (w->token_url && at_hand)
        lkcam_cli_say("the token service is not asked: there is a token in %s", at_hand);
}

/* `token` is filled where the service is not asked. */
static int fill_config(struct wishes *w, struct lkcam_config *cfg, char *token, size_t len)
{
    cfg->url = w->url;
    cfg->ca_file = w->ca_file;
    cfg->cpus = w->cpus;
    if (!w->asks) {
        cfg->token = token;
        return lkcam_cli_find_token(w->token_file, &w->token, token, len);
    }
    lkcam_cli_own_identity(w->identity);
    cfg->token_url = w->token_url;
    cfg->room = w->token.room;
    cfg->identity = w->token.identity ? w->token.identity : w->identity;
    return LKCAM_EXIT_DONE;
}

int lkcam_cli_publish(int argc, char **argv)
{
    struct wishes w = {.token = {.room = "lkcam", .can_publish = 1, .valid_seconds = SIX_HOURS_S},
                       .source = LKCAM_SOURCE_V4L2,
                       .format = -1,
                       .preset = -1};
    struct lkcam_config cfg;
    lkcam_config_default(&cfg);
    lkcam_camera_default(&w.camera);
    w.size_px[0] = w.camera.width;
    w.size_px[1] = w.camera.height;
    int over = read_flags(&w, argc, argv);
    if (over != LKCAM_CLI_GO_ON)
        return over;
    choose_token(&w);
    int code = check(&w, &cfg);
    if (code)
        return code;
    fill_camera(&w);
    char token[LKCAM_CLI_TOKEN_MAX];
    code = fill_config(&w, &cfg, token, sizeof(token));
    if (code)
        return code;
    return run_with_view(&w, &cfg);
}
