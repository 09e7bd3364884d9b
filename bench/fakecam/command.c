// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// fakecam: makes a set of fake cameras, runs programs with it, gives it orders, tells what it did.
#include <errno.h>
#include <limits.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fakecam/ioctls.h"
#include "fakecam/state.h"

static const char usage[] =
    "usage: fakecam new FILE CAMERA...       make cameras; they live in FILE\n"
    "       fakecam run FILE PROGRAM [ARG]   run a program that sees them as /dev/videoN\n"
    "       fakecam order FILE I ORDER [N]   tell camera I (from 0, as made) what to do\n"
    "       fakecam show FILE                settings and counters, JSON\n"
    "       fakecam log FILE I               each frame of camera I, CSV, times in us\n"
    "CAMERA: clip=WIDTHxHEIGHT:FILE[,clip=...][,number=N][,ppm=N][,take_us=N][,name=TEXT]"
    "[,colorspace=N][,quantization=N]\n"
    "        raw YUYV clips, one a size; device number; drift; a frame takes its buffer so long\n"
    "        before it is due (3000); colour in V4L2's numbers (sRGB and its default range)\n"
    "ORDER:  unplug, plug [NUMBER], busy, free, forbid, allow, halt, go, damage N\n"
    "In PROGRAM's environment FAKECAM_CPU pins the frame threads, FAKECAM_FIFO is their real-time\n"
    "priority.\n";

__attribute__((format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("fakecam: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static int whole(const char *text, const char *what, long min, long max)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    if (errno || end == text || *end || n < min || n > max)
        die("%s '%s': must be a whole number from %ld to %ld", what, text, min, max);
    return (int)n;
}

static struct fakecam_state *state_at(const char *path)
{
    struct fakecam_state *s = fakecam_state_open(path, NULL);
    if (!s)
        die("%s: %s", path, errno == EINVAL ? "not a file of fake cameras" : strerror(errno));
    return s;
}

static struct fakecam_camera *camera_at(struct fakecam_state *s, const char *index)
{
    return &s->camera[whole(index, "camera", 0, (long)s->count - 1)];
}

// ---- new ----------------------------------------------------------------------------------------

static void add_clip(struct fakecam_camera *c, const char *text)
{
    struct fakecam_clip *clip = &c->clips[c->clip_count];
    struct stat st;
    int path_at = 0;
    char full[PATH_MAX];
    if (c->clip_count == FAKECAM_CLIPS_MAX)
        die("a camera has at most %d clips", FAKECAM_CLIPS_MAX);
    if (sscanf(text, "%dx%d:%n", &clip->width_px, &clip->height_px, &path_at) != 2 || !path_at ||
        clip->width_px < 16 || clip->height_px < 16 || clip->width_px > 7680 ||
        clip->height_px > 7680 || clip->width_px % 2)
        die("clip=%s: must be WIDTHxHEIGHT:FILE", text);
    // Programs run in other folders.
    if (!realpath(text + path_at, full) || stat(full, &st))
        die("%s: %s", text + path_at, strerror(errno));
    if (snprintf(clip->path, sizeof clip->path, "%s", full) >= (int)sizeof clip->path)
        die("%s: the name is too long", full);
    off_t frame = (off_t)clip->width_px * clip->height_px * 2;
    if (st.st_size < frame || st.st_size % frame || st.st_size / frame > INT32_MAX)
        die("%s: %lld bytes are no whole frames of YUYV %dx%d", full, (long long)st.st_size,
            clip->width_px, clip->height_px);
    clip->frames = (uint32_t)(st.st_size / frame);
    c->clip_count++;
}

static void set_key(struct fakecam_camera *c, const char *key, const char *value)
{
    if (!strcmp(key, "clip"))
        add_clip(c, value);
    else if (!strcmp(key, "number"))
        atomic_store(&c->number, whole(value, key, 0, 255));
    else if (!strcmp(key, "ppm"))
        c->ppm = whole(value, key, -100000, 100000);
    else if (!strcmp(key, "take_us"))
        c->take_us = whole(value, key, 0, 1000000);
    else if (!strcmp(key, "colorspace"))
        c->colorspace = (uint32_t)whole(value, key, 0, INT32_MAX);
    else if (!strcmp(key, "quantization"))
        c->quantization = (uint32_t)whole(value, key, 0, INT32_MAX);
    else if (!strcmp(key, "name"))
        snprintf(c->name, sizeof c->name, "%s", value);
    else
        die("%s: no such setting of a camera; clip, number, ppm, take_us, name, colorspace, "
            "quantization",
            key);
}

static void describe(struct fakecam_camera *c, int index, char *text)
{
    snprintf(c->name, sizeof c->name, "Fake Camera %d", index);
    snprintf(c->bus, sizeof c->bus, "usb-fakecam-%d", index);
    c->take_us = 3000;
    c->colorspace = V4L2_COLORSPACE_SRGB;
    atomic_store(&c->number, index);
    atomic_store(&c->plugs, 1);
    atomic_store(&c->fps, FAKECAM_FPS_DEFAULT);
    fakecam_controls_reset(c);
    for (char *pair = strtok(text, ","); pair; pair = strtok(NULL, ",")) {
        char *value = strchr(pair, '=');
        if (!value)
            die("'%s': must be KEY=VALUE", pair);
        *value = '\0';
        set_key(c, pair, value + 1);
    }
    if (!c->clip_count)
        die("camera %d has no clip", index);
}

static int do_new(int argc, char **argv)
{
    if (argc < 2 || argc - 1 > FAKECAM_CAMERAS_MAX)
        die("give a file and 1 to %d cameras", FAKECAM_CAMERAS_MAX);
    struct fakecam_state *s = fakecam_state_new(argv[0]);
    if (!s)
        die("%s: %s", argv[0], strerror(errno));
    for (int i = 0; i < argc - 1; i++)
        describe(&s->camera[i], i, argv[i + 1]);
    s->count = (uint32_t)argc - 1;
    return 0;
}

// ---- run ----------------------------------------------------------------------------------------

// The library lies beside this program.
static int do_run(int argc, char **argv)
{
    char library[PATH_MAX], file[PATH_MAX], all[2 * PATH_MAX];
    if (argc < 2)
        die("give a file and a program");
    state_at(argv[0]);
    ssize_t len = readlink("/proc/self/exe", library, sizeof library - 32);
    if (len < 0 || !realpath(argv[0], file))
        die("%s", strerror(errno));
    library[len] = '\0';
    strcpy(strrchr(library, '/') + 1, "libfakecam.so");
    const char *before = getenv("LD_PRELOAD");
    snprintf(all, sizeof all, "%s%s%s", library, before && *before ? ":" : "",
             before ? before : "");
    setenv("FAKECAM", file, 1);
    setenv("LD_PRELOAD", all, 1);
    execvp(argv[1], argv + 1);
    die("%s: %s", argv[1], strerror(errno));
    return 1;
}

// ---- order --------------------------------------------------------------------------------------

static const char *plug(struct fakecam_camera *c, bool in, const char *number)
{
    if (fakecam_plugged(c) == in)
        return in ? "it is plugged in" : "it is unplugged";
    if (number)
        atomic_store(&c->number, whole(number, "number", 0, 255));
    atomic_fetch_add(&c->plugs, 1);
    return NULL;
}

static const char *obey(struct fakecam_camera *c, const char *order, const char *n)
{
    static const char *const flags[][2] = {{"busy", "free"}, {"forbid", "allow"}, {"halt", "go"}};
    _Atomic bool *flag[] = {&c->busy, &c->forbidden, &c->halted};
    if (!strcmp(order, "unplug") && !n)
        return plug(c, false, NULL);
    if (!strcmp(order, "plug"))
        return plug(c, true, n);
    if (!strcmp(order, "damage") && n) {
        atomic_fetch_add(&c->damage, (uint32_t)whole(n, order, 1, 1000000));
        return NULL;
    }
    for (int i = 0; i < 3 && !n; i++)
        for (int off = 0; off < 2; off++)
            if (!strcmp(order, flags[i][off])) {
                atomic_store(flag[i], !off);
                return NULL;
            }
    return "no such order; see fakecam --help";
}

static int do_order(int argc, char **argv)
{
    if (argc < 3 || argc > 4)
        die("give a file, a camera and an order");
    struct fakecam_camera *c = camera_at(state_at(argv[0]), argv[1]);
    const char *why = obey(c, argv[2], argc == 4 ? argv[3] : NULL);
    if (why)
        die("%s: %s", argv[2], why);
    fakecam_state_changed(c);
    return 0;
}

// ---- show and log -------------------------------------------------------------------------------

static void show_controls(const struct fakecam_camera *c)
{
    char name[32];
    for (int i = 0; fakecam_control_name(i, name); i++)
        printf("%s\"%s\": %d", i ? ", " : "", name, atomic_load(&c->controls[i]));
}

static void show(const struct fakecam_camera *c)
{
    const struct fakecam_clip *clip = &c->clips[atomic_load(&c->clip)];
    printf("{\"name\": \"%s\", \"number\": %d, \"plugged\": %s, \"held\": %s, ", c->name,
           atomic_load(&c->number), fakecam_plugged(c) ? "true" : "false",
           atomic_load(&c->holder_ino) ? "true" : "false");
    printf("\"width_px\": %d, \"height_px\": %d, \"fps\": %d, \"ppm\": %d, ", clip->width_px,
           clip->height_px, atomic_load(&c->fps), c->ppm);
    printf("\"frames\": %u, \"delivered\": %llu, \"lost\": %llu, \"late\": %llu, "
           "\"latest_us\": %llu, ",
           atomic_load(&c->last_id), (unsigned long long)atomic_load(&c->delivered),
           (unsigned long long)atomic_load(&c->lost), (unsigned long long)atomic_load(&c->late),
           (unsigned long long)atomic_load(&c->latest_us));
    printf("\"cpu_us\": %llu, \"filler_bytes\": %llu, \"controls\": {",
           (unsigned long long)atomic_load(&c->cpu_ns) / 1000,
           (unsigned long long)atomic_load(&c->filler_bytes));
    show_controls(c);
    printf("}}");
}

static int do_show(int argc, char **argv)
{
    if (argc != 1)
        die("give a file");
    const struct fakecam_state *s = state_at(argv[0]);
    printf("{\"cameras\": [");
    for (uint32_t i = 0; i < s->count; i++) {
        printf("%s", i ? ", " : "");
        show(&s->camera[i]);
    }
    printf("]}\n");
    return 0;
}

static int do_log(int argc, char **argv)
{
    static const char *const fates[] = {"not yet", "delivered", "damaged", "lost"};
    if (argc != 2)
        die("give a file and a camera");
    const struct fakecam_camera *c = camera_at(state_at(argv[0]), argv[1]);
    uint32_t last = atomic_load(&c->last_id);
    printf("id,sequence,picture,pid,fate,due_us,ready_us,dequeued_us\n");
    for (uint32_t id = last >= FAKECAM_LOG_MAX ? last - FAKECAM_LOG_MAX + 1 : 1; id <= last; id++) {
        const struct fakecam_entry *e = &c->log[id % FAKECAM_LOG_MAX];
        printf("%u,%u,%u,%d,%s,%lld,%lld,%lld\n", e->id, e->sequence, e->picture, e->pid,
               fates[atomic_load(&e->fate)], (long long)e->due_us, (long long)e->ready_us,
               (long long)e->dequeued_us);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {
        {"new", do_new}, {"run", do_run}, {"order", do_order}, {"show", do_show}, {"log", do_log}};
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(argv[1], commands[i].name))
            return commands[i].run(argc - 2, argv + 2);
    bool asked = argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"));
    fputs(usage, asked ? stdout : stderr);
    return asked ? 0 : 2;
}
