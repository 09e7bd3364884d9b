// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A connection's life on the network thread: cameras open, token comes -> WebSocket -> media flows
// -> leave.
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "io/clock.h"
#include "pub/publisher.h"

void lkcam_publisher_end(struct lkcam *c, const struct lkcam_end *end)
{
    if (c->ended)
        return;
    c->ended = true;
    c->end = *end;
}

static void end_with(struct lkcam *c, enum lkcam_reason reason, const char *what, int err)
{
    struct lkcam_end end;
    lkcam_end_set(&end, reason, "%s: %s", what, strerror(-err));
    lkcam_publisher_end(c, &end);
}

static void set_stage(struct lkcam *c, enum lkcam_stage stage)
{
    lkcam_lock_take(&c->lock);
    c->stage = stage;
    lkcam_lock_give_back(&c->lock);
}

// Everything that needs neither camera nor server, while the camera opens.
static int prepare(struct lkcam *c, lkcam_us now)
{
    lkcam_us at, unix_us;
    int err = lkcam_udp_open(&c->udp);
    if (err)
        return err;
    c->udp_watch = (struct lkcam_watch){c->udp.fd, lkcam_inbound_ready, c};
    c->udp_events = EPOLLIN;
    err = lkcam_loop_add(&c->loop, &c->udp_watch, c->udp_events);
    if (err)
        return err;
    lkcam_clock_pair(&at, &unix_us);
    c->clock_due = now + LKCAM_WALLCLOCK_INTERVAL_US;
    lkcam_lock_take(&c->lock);
    err = lkcam_transport_init(&c->transport, &lkcam_clock_rand, c->camera_count, at, unix_us);
    c->transport_open = err == 0;
    lkcam_lock_give_back(&c->lock);
    return err;
}

static void *warm_up(void *ctx)
{
    lkcam_srtp_prepare();
    return NULL;
}

static void start(struct lkcam *c)
{
    c->now = lkcam_clock_now();
    lkcam_lock_take(&c->lock); // figures may be read already
    c->started = c->now;
    lkcam_lock_give_back(&c->lock);
    if (!c->camera_count) {
        end_with(c, LKCAM_REASON_CONFIG, "no camera has been added", -ENODEV);
        return;
    }
    lkcam_duty_init(&c->duty, lkcam_rt_cores(), c->started, lkcam_rt_process_us());
    // Before any priority is taken: this thread must not inherit it.
    c->warming = pthread_create(&c->warm_up, NULL, warm_up, NULL) == 0;
    lkcam_rt_process(&c->rt);
    lkcam_rt_thread(&c->rt, 1, "lkcam-network");
    set_stage(c, LKCAM_STAGE_CAMERA);
    int err = lkcam_cameras_start(c);
    // A service that is quicker than the cameras costs no time.
    lkcam_tokens_want(&c->tokens, c->started);
    if (!err)
        err = prepare(c, c->started);
    if (err)
        end_with(c, LKCAM_REASON_INTERNAL, "cannot start", err);
}

static void step_cameras(struct lkcam *c, lkcam_us now)
{
    if (!lkcam_cameras_step(c, now) || c->stage != LKCAM_STAGE_CAMERA || c->ended)
        return;
    set_stage(c, LKCAM_STAGE_TOKEN);
    lkcam_tokens_want(&c->tokens, now);
}

// @return false, and the connection is over: no server is known.
static bool find_server(struct lkcam *c)
{
    const char *named = lkcam_tokens_server_url(&c->tokens);
    struct lkcam_end end;
    char why[200];

    if (c->url_given)
        return true;
    if (!*named)
        lkcam_end_set(&end, LKCAM_REASON_CONFIG,
                      "no server: none was given, and the token service names none");
    else if (lkcam_url_parse(&c->url, named, why, sizeof why))
        lkcam_end_set(&end, LKCAM_REASON_TOKEN, "the token service names no server: %s", why);
    else
        return true;
    lkcam_publisher_end(c, &end);
    return false;
}

// A service that refuses ends it while the camera is still being opened.
static void step_token(struct lkcam *c, lkcam_us now)
{
    if (c->ended)
        return;
    lkcam_tokens_tick(&c->tokens, now);
    enum lkcam_token_service_state state = lkcam_tokens_state(&c->tokens);
    if (state == LKCAM_TOKEN_SERVICE_FAILED)
        lkcam_publisher_end(c, lkcam_tokens_end(&c->tokens));
    if (state != LKCAM_TOKEN_SERVICE_READY || c->stage != LKCAM_STAGE_TOKEN || !find_server(c))
        return;
    set_stage(c, LKCAM_STAGE_CONNECTING);
    int err = lkcam_signalling_connect(c, now);
    if (err)
        end_with(c, LKCAM_REASON_INTERNAL, "cannot connect", err);
}

static void step_transport(struct lkcam *c, lkcam_us now)
{
    lkcam_lock_take(&c->lock);
    lkcam_transport_tick(&c->transport, now);
    lkcam_cameras_order(c, now);
    if (c->transport.failed)
        lkcam_publisher_end(c, &c->transport.end);
    else if (c->transport.ready && c->stage == LKCAM_STAGE_CONNECTING)
        c->stage = LKCAM_STAGE_RUNNING;
    lkcam_lock_give_back(&c->lock);
}

// After the flush, which may have found the socket full: nothing else would tell us that it has
// room again.
static void watch_socket(struct lkcam *c)
{
    lkcam_lock_take(&c->lock);
    bool blocked = c->transport.blocked && !lkcam_transport_by_tcp(&c->transport);
    lkcam_lock_give_back(&c->lock);

    uint32_t events = blocked ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (events != c->udp_events && lkcam_loop_change(&c->loop, &c->udp_watch, events) == 0)
        c->udp_events = events;
}

static void step_end(struct lkcam *c, lkcam_us now)
{
    if (!c->ended && atomic_load(&c->stop)) {
        struct lkcam_end end;
        lkcam_end_set(&end, LKCAM_REASON_STOPPED, "stopped");
        lkcam_publisher_end(c, &end);
    }
    if (c->ended && c->stage != LKCAM_STAGE_LEAVING) {
        set_stage(c, LKCAM_STAGE_LEAVING);
        lkcam_cameras_pause(c);
        lkcam_signalling_leave(c, now);
    }
    if (c->stage == LKCAM_STAGE_LEAVING && (lkcam_signalling_gone(c) || now >= c->leave_by))
        set_stage(c, LKCAM_STAGE_OVER);
}

// @return how many threads have just lost their priority for what all of them take together.
static int check_duty(struct lkcam *c, lkcam_us now)
{
    if (c->rt.priority != LKCAM_PRIORITY_FIFO || now < lkcam_duty_due(&c->duty))
        return 0;
    if (!lkcam_duty_process(&c->duty, now, lkcam_rt_process_us()))
        return 0;
    return lkcam_duty_fifo(&c->duty, now, lkcam_rt_fifo_us()) ? lkcam_rt_demote() : 0;
}

static void step_priority(struct lkcam *c, lkcam_us now)
{
    int taken_down = check_duty(c, now);
    unsigned demoted = lkcam_rt_demoted();
    if (taken_down)
        lkcam_log(LKCAM_LOG_WARNING,
                  "lkcam took more than %d %% of %d cores for 2 s: %d threads have lost their FIFO "
                  "priority; ask for a smaller picture, fewer frames or a faster preset",
                  LKCAM_DUTY_MAX_PERCENT, c->duty.cores, taken_down);
    else if (demoted != c->demoted)
        lkcam_log(LKCAM_LOG_WARNING,
                  "a thread ran without a pause for too long and has lost its FIFO priority");
    c->demoted = demoted;
}

// Ours: a reading that was interrupted for longer is left out; the next one is a second away.
#define CLOCK_DOUBT_US LKCAM_MS(1)

// No timer of its own: while there is anything to tell a time of day of, sender reports wake this
// thread each second.
static void step_clock(struct lkcam *c, lkcam_us now)
{
    lkcam_us at, unix_us;
    if (!c->transport_open || now < c->clock_due)
        return;
    c->clock_due = now + LKCAM_WALLCLOCK_INTERVAL_US;
    if (lkcam_clock_pair(&at, &unix_us) > CLOCK_DOUBT_US)
        return;
    lkcam_lock_take(&c->lock);
    lkcam_us by = lkcam_wallclock_input(&c->transport.wall, at, unix_us);
    lkcam_lock_give_back(&c->lock);
    if (by)
        lkcam_log(LKCAM_LOG_INFO,
                  "the system's clock was set by %+.3f s: the times of day that receivers are told "
                  "follow, nothing else does",
                  (double)by / 1e6);
}

static void step(struct lkcam *c, lkcam_us now)
{
    c->now = now;
    step_priority(c, now);
    step_clock(c, now);
    step_cameras(c, now);
    step_token(c, now);
    lkcam_signalling_tick(c, now);
    if (c->transport_open && !c->ended) {
        step_transport(c, now);
        lkcam_streams_step(c, now);
        lkcam_outbound_flush(c);
        watch_socket(c);
    }
    step_end(c, now);
}

static lkcam_us deadline(struct lkcam *c)
{
    lkcam_us next = lkcam_us_min(lkcam_signalling_deadline(c), lkcam_cameras_deadline(c));
    if (c->stage == LKCAM_STAGE_LEAVING)
        return lkcam_us_min(next, c->leave_by);
    next = lkcam_us_min(next, lkcam_streams_deadline(c));
    next = lkcam_us_min(next, lkcam_tokens_deadline(&c->tokens));
    if (c->transport_open) {
        lkcam_lock_take(&c->lock);
        next = lkcam_us_min(next, lkcam_transport_deadline(&c->transport, c->now));
        lkcam_lock_give_back(&c->lock);
    }
    return next;
}

static void finish(struct lkcam *c)
{
    lkcam_cameras_stop(c);
    if (c->warming)
        pthread_join(c->warm_up, NULL);
    lkcam_signalling_close(c);
    if (c->udp_watch.fd >= 0 && c->udp_watch.ready)
        lkcam_loop_remove(&c->loop, &c->udp_watch);
    lkcam_udp_close(&c->udp);
    lkcam_streams_close(c);
    lkcam_log(LKCAM_LOG_DEBUG, "over: %s", c->end.text);
    if (c->ended_cb)
        c->ended_cb(c->ctx, c->end.reason, c->end.text);
}

enum lkcam_reason lkcam_run(struct lkcam *c)
{
    lkcam_us now;

    if (c->stage != LKCAM_STAGE_IDLE)
        return c->end.reason;
    start(c);
    step_end(c, c->now);
    while (c->stage != LKCAM_STAGE_OVER) {
        int err = lkcam_loop_wait(&c->loop, deadline(c), &now);
        if (err) { // without a wait no farewell either: it would be a loop that never pauses
            end_with(c, LKCAM_REASON_INTERNAL, "cannot wait", err);
            set_stage(c, LKCAM_STAGE_OVER);
            break;
        }
        step(c, now);
    }
    finish(c);
    return c->end.reason;
}
