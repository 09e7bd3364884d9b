// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "fakecam/filler.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fakecam/stream.h"
#include "media/stamp.h"

#define SECOND_NS 1000000000
#define LATE_US 1000
#define STACK_BYTES (64 * 1024)

static int64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * SECOND_NS + t.tv_nsec;
}

int64_t fakecam_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static bool wanted(const struct fakecam_handle *h)
{
    return !atomic_load(&h->stop) && !fakecam_handle_gone(h);
}

// Orders come in between. @return false where the stream has ended.
static bool wait_until(const struct fakecam_handle *h, int64_t due_ns)
{
    struct timespec due = {due_ns / SECOND_NS, due_ns % SECOND_NS};
    for (;;) {
        uint32_t seen = atomic_load(&h->camera->changes);
        if (!wanted(h))
            return false;
        if (fakecam_now_ns() >= due_ns)
            return true;
        syscall(SYS_futex, &h->camera->changes, FUTEX_WAIT_BITSET, seen, &due, NULL,
                FUTEX_BITSET_MATCH_ANY);
    }
}

// ---- One frame ----------------------------------------------------------------------------------

// A line of blocks is drawn once, as luma, and laid into the YUYV rows that it covers.
static void draw_stamp(uint8_t *yuyv, int width, int height, uint32_t id, int64_t time_us)
{
    enum { BLOCK_MAX = 16, ACROSS = LKCAM_STAMP_COLUMNS * BLOCK_MAX };
    static _Thread_local uint8_t luma[LKCAM_STAMP_ROWS * BLOCK_MAX * ACROSS];
    uint8_t line[ACROSS * 2];
    int block = lkcam_stamp_block_px(width, height);
    lkcam_stamp_draw(luma, ACROSS, NULL, NULL, 0, width, height, id, time_us);
    for (int row = 0; row < LKCAM_STAMP_ROWS; row++) {
        int bytes = LKCAM_STAMP_COLUMNS * block * 2;
        for (int x = 0; x < bytes / 2; x++) {
            line[x * 2] = luma[row * block * ACROSS + x];
            line[x * 2 + 1] = 128;
        }
        for (int y = row * block; y < (row + 1) * block; y++)
            memcpy(yuyv + (ptrdiff_t)y * width * 2, line, (size_t)bytes);
    }
}

static bool read_picture(const struct fakecam_handle *h, uint32_t picture, uint8_t *out)
{
    size_t len = (size_t)h->clip->width_px * (size_t)h->clip->height_px * 2;
    return pread(h->clip_fd, out, len, (off_t)(picture * len)) == (ssize_t)len;
}

static bool take_damage(struct fakecam_camera *c)
{
    uint32_t left = atomic_load(&c->damage);
    while (left && !atomic_compare_exchange_weak(&c->damage, &left, left - 1))
        continue;
    return left > 0;
}

static void count_lateness(struct fakecam_camera *c, int64_t late_us)
{
    if (late_us > LATE_US)
        atomic_fetch_add(&c->late, 1);
    if (late_us > 0 && (uint64_t)late_us > atomic_load(&c->latest_us))
        atomic_store(&c->latest_us, (uint64_t)late_us);
}

static void finish(struct fakecam_handle *h, struct fakecam_buffer *b, struct fakecam_entry *e)
{
    struct fakecam_camera *c = h->camera;
    b->damaged = take_damage(c);
    b->ready_us = e->ready_us = fakecam_now_ns() / 1000;
    draw_stamp(b->bytes, h->clip->width_px, h->clip->height_px, b->id, b->ready_us);
    count_lateness(c, e->ready_us - e->due_us);
    atomic_fetch_add(&c->delivered, 1);
    atomic_store(&e->fate, b->damaged ? FAKECAM_DAMAGED : FAKECAM_DELIVERED);
}

// @return false where the stream has ended.
static bool make_frame(struct fakecam_handle *h, uint32_t sequence, int64_t due_ns)
{
    struct fakecam_camera *c = h->camera;
    uint32_t id = atomic_fetch_add(&c->last_id, 1) + 1;
    struct fakecam_entry *e = &c->log[id % FAKECAM_LOG_MAX];
    *e = (struct fakecam_entry){.id = id,
                                .sequence = sequence,
                                .picture = fakecam_picture(h->clip, id),
                                .pid = getpid(),
                                .due_us = due_ns / 1000};
    int index = fakecam_stream_take(h);
    if (index < 0) {
        atomic_fetch_add(&c->lost, 1);
        atomic_store(&e->fate, FAKECAM_LOST);
        return true;
    }
    struct fakecam_buffer *b = &h->buffer[index];
    b->id = id;
    b->sequence = sequence;
    if (!read_picture(h, e->picture, b->bytes))
        memset(b->bytes, 0, h->buffer_bytes); // the file was cut meanwhile: green, not old pictures
    if (!wait_until(h, due_ns))
        return false;
    finish(h, b, e);
    return fakecam_stream_done(h, index);
}

static void run(struct fakecam_handle *h)
{
    struct fakecam_camera *c = h->camera;
    double period_ns = SECOND_NS / (h->fps * (1 + c->ppm / 1e6));
    int64_t start_ns = fakecam_now_ns(), cpu_ns = 0;
    uint32_t sequence = 0;
    for (int64_t n = 1;; n++) {
        int64_t due_ns = start_ns + (int64_t)((double)n * period_ns);
        if (!wait_until(h, due_ns - c->take_us * INT64_C(1000)))
            return;
        if (atomic_load(&c->halted))
            continue;
        if (!make_frame(h, sequence++, due_ns))
            return;
        int64_t used_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        atomic_fetch_add(&c->cpu_ns, (uint64_t)(used_ns - cpu_ns));
        cpu_ns = used_ns;
    }
}

// ---- The thread ---------------------------------------------------------------------------------

// Shut as well as closed, because a forked child may have the peer too.
static void hang_up(struct fakecam_handle *h)
{
    fakecam_lock();
    shutdown(h->peer, SHUT_RDWR);
    syscall(SYS_close, h->peer);
    h->peer = -1;
    fakecam_unlock();
}

static void *thread_main(void *ctx)
{
    struct fakecam_handle *h = ctx;
    prctl(PR_SET_NAME, "fakecam");
    prctl(PR_SET_TIMERSLACK, 1);
    run(h);
    if (fakecam_handle_gone(h))
        hang_up(h);
    syscall(SYS_close, h->clip_fd);
    return NULL;
}

static int number_from(const char *variable)
{
    const char *text = getenv(variable);
    return text && *text ? atoi(text) : -1;
}

// Nothing of the calling thread's priority: it is the program's, and this is the camera.
static void set_attributes(pthread_attr_t *attr)
{
    int cpu = number_from("FAKECAM_CPU"), fifo = number_from("FAKECAM_FIFO");
    struct sched_param p = {.sched_priority = fifo > 0 ? fifo : 0};
    pthread_attr_init(attr);
    pthread_attr_setstacksize(attr, STACK_BYTES);
    pthread_attr_setinheritsched(attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(attr, fifo > 0 ? SCHED_FIFO : SCHED_OTHER);
    pthread_attr_setschedparam(attr, &p);
    if (cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((size_t)cpu, &set);
        pthread_attr_setaffinity_np(attr, sizeof set, &set);
    }
}

int fakecam_filler_start(struct fakecam_handle *h)
{
    pthread_attr_t attr;
    sigset_t all, before;
    h->clip_fd = (int)syscall(SYS_openat, AT_FDCWD, h->clip->path, O_RDONLY | O_CLOEXEC);
    if (h->clip_fd < 0) {
        fprintf(stderr, "fakecam: %s: %s\n", h->clip->path, strerror(errno));
        return -EIO;
    }
    atomic_store(&h->stop, false);
    set_attributes(&attr);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); // signals are for the program's own threads
    int err = pthread_create(&h->thread, &attr, thread_main, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    if (err) {
        fprintf(stderr, "fakecam: no frame thread with FAKECAM_FIFO and FAKECAM_CPU as set: %s\n",
                strerror(err));
        syscall(SYS_close, h->clip_fd);
    }
    return -err;
}

void fakecam_filler_join(struct fakecam_handle *h)
{
    pthread_join(h->thread, NULL);
}
