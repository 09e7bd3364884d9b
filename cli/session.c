// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "session.h"

#include "stop_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

/* Any thread. A terminal may stand still, so lines go through a packet pipe; a full one loses them.
 */
static void on_log(void *ctx, enum lkcam_level level, const char *line)
{
    struct lkcam_cli_session *s = ctx;
    if (level == LKCAM_DEBUG && !s->verbose)
        return;
    size_t len = strnlen(line, LINE_MAX_BYTES);
    if (len && write(s->lines[1], line, len) < 0)
        return;
}

/* Network thread; read by the main thread after the join. */
static void on_ended(void *ctx, enum lkcam_reason reason, const char *text)
{
    struct lkcam_cli_session *s = ctx;
    s->reason = reason;
    snprintf(s->text, sizeof(s->text), "%s", text);
}

static void *network_thread(void *arg)
{
    struct lkcam_cli_session *s = arg;
    s->reason = lkcam_run(s->connection);
    eventfd_write(s->done, 1);
    return NULL;
}

static void print_lines(struct lkcam_cli_session *s)
{
    char line[LINE_MAX_BYTES + 1];
    ssize_t n;
    while ((n = read(s->lines[0], line, LINE_MAX_BYTES)) > 0) {
        line[n] = '\0';
        s->line(s->ctx, line);
    }
}

static void drain(int fd)
{
    uint64_t count;
    if (read(fd, &count, sizeof(count)) < 0)
        return;
}

/* The first signal leaves the room; from then on signals do what they always do, so a second one
 * kills. */
static void stop_once(struct lkcam_cli_session *s)
{
    sigset_t set;
    lkcam_cli_stop_signals(&set);
    close(s->signals);
    s->signals = -1;
    lkcam_stop(s->connection);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void watch(struct lkcam_cli_session *s)
{
    for (;;) {
        struct pollfd fds[] = {{.fd = s->done, .events = POLLIN},
                               {.fd = s->lines[0], .events = POLLIN},
                               {.fd = s->ticks, .events = POLLIN},
                               {.fd = s->signals, .events = POLLIN}};
        if (poll(fds, 4, -1) < 0)
            continue;
        if (fds[1].revents)
            print_lines(s);
        if (fds[2].revents) {
            drain(s->ticks);
            s->second(s->ctx, s->connection);
        }
        if (fds[3].revents) {
            struct signalfd_siginfo info;
            if (read(s->signals, &info, sizeof(info)) > 0)
                stop_once(s);
        }
        if (fds[0].revents)
            return;
    }
}

static int open_signals(struct lkcam_cli_session *s)
{
    sigset_t set;
    lkcam_cli_stop_signals(&set);
    // Before any thread is started: all of them inherit the mask.
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return s->signals < 0 ? -errno : 0;
}

static int open_timer(struct lkcam_cli_session *s)
{
    const struct itimerspec second = {{1, 0}, {1, 0}};
    s->ticks = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return s->ticks < 0 || timerfd_settime(s->ticks, 0, &second, NULL) ? -errno : 0;
}

int lkcam_cli_session_open(struct lkcam_cli_session *s, struct lkcam_config *cfg)
{
    s->lines[0] = s->lines[1] = s->done = s->ticks = s->signals = -1;
    // O_DIRECT: one write is one read, whole or not at all.
    if (pipe2(s->lines, O_CLOEXEC | O_NONBLOCK | O_DIRECT))
        return -errno;
    s->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->done < 0)
        return -errno;
    int err = open_timer(s);
    if (!err)
        err = open_signals(s);
    cfg->log = on_log;
    cfg->ended = on_ended;
    cfg->ctx = s;
    return err;
}

int lkcam_cli_session_run(struct lkcam_cli_session *s, struct lkcam *c)
{
    pthread_t thread;
    s->connection = c;
    int err = pthread_create(&thread, NULL, network_thread, s);
    if (err)
        return -err;
    watch(s);
    pthread_join(thread, NULL);
    s->second(s->ctx, c);
    print_lines(s);
    return 0;
}

void lkcam_cli_session_close(struct lkcam_cli_session *s)
{
    const int fds[] = {s->lines[0], s->lines[1], s->done, s->ticks, s->signals};
    if (s->lines[0] >= 0)
        print_lines(s);
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        if (fds[i] >= 0)
            close(fds[i]);
}
