// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Connections that come to nothing, through the public header: each ends once, with its reason, and
// leaves no thread, no file descriptor and no memory behind.
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "lkcam/lkcam.h"

static int ends;
static enum lkcam_reason last;

static void on_ended(void *ctx, enum lkcam_reason reason, const char *text)
{
    ends++;
    last = reason;
    assert_true(strlen(text) > 0);
}

static struct lkcam *open_to(int port)
{
    struct lkcam_config cfg;
    struct lkcam *c;
    char url[64];
    snprintf(url, sizeof url, "ws://127.0.0.1:%d", port);
    lkcam_config_default(&cfg);
    cfg.url = url;
    cfg.token = "a.b.c";
    cfg.ended = on_ended;
    ends = 0;
    assert_int_equal(lkcam_open(&c, &cfg), 0);
    return c;
}

static void add_pattern(struct lkcam *c)
{
    struct lkcam_camera cam;
    lkcam_camera_default(&cam);
    cam.source = LKCAM_SOURCE_PATTERN;
    cam.width = 320;
    cam.height = 240;
    assert_int_equal(lkcam_add_camera(c, &cam, NULL), 0);
}

// Accepts, says nothing. @return its fd.
static int silent_server(int *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

static int closed_port(void)
{
    int port, fd = silent_server(&port);
    close(fd);
    return port;
}

static int entries(const char *path)
{
    int n = 0;
    DIR *d = opendir(path);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void expect_end(struct lkcam **c, enum lkcam_reason reason)
{
    assert_int_equal(lkcam_run(*c), reason);
    assert_int_equal(ends, 1);
    assert_int_equal(last, reason);
    lkcam_close(c);
    assert_null(*c);
}

static void what_cannot_be_opened_leaves_nothing(void **state)
{
    struct lkcam_config cfg;
    struct lkcam *c = (struct lkcam *)&cfg;
    lkcam_config_default(&cfg);
    assert_int_equal(lkcam_open(&c, &cfg), -EINVAL);
    assert_null(c);
    cfg.token = "a.b.c";
    cfg.url = "ftp://somewhere";
    assert_int_equal(lkcam_open(&c, &cfg), -EINVAL);
    assert_null(c);
    cfg.url = "ws://somewhere";
    cfg.cpus = "9999";
    assert_int_equal(lkcam_open(&c, &cfg), -EINVAL);
    assert_null(c);
    lkcam_close(&c);
}

static void count_line(void *ctx, enum lkcam_level level, const char *line)
{
    ++*(int *)ctx;
}

// A closed connection's context may be gone.
static void a_closed_connection_hears_no_more_lines(void **state)
{
    struct lkcam_config cfg;
    struct lkcam *c, *other;
    int lines = 0;
    lkcam_config_default(&cfg);
    cfg.url = "ws://h";
    cfg.token = "a.b.c";
    cfg.log = count_line;
    cfg.ctx = &lines;
    assert_int_equal(lkcam_open(&c, &cfg), 0);
    cfg.url = "nonsense";
    cfg.log = NULL;
    assert_int_equal(lkcam_open(&other, &cfg), -EINVAL);
    assert_int_equal(lines, 1);
    lkcam_close(&c);
    assert_int_equal(lkcam_open(&other, &cfg), -EINVAL);
    assert_int_equal(lines, 1);
    cfg.log = count_line;
    assert_int_equal(lkcam_open(&other, &cfg), -EINVAL); // why it failed is said
    assert_int_equal(lines, 2);
}

static int opens(const char *url, const char *token, const char *token_url, const char *room)
{
    struct lkcam_config cfg;
    struct lkcam *c;
    lkcam_config_default(&cfg);
    cfg.url = url;
    cfg.token = token;
    cfg.token_url = token_url;
    cfg.room = room;
    int err = lkcam_open(&c, &cfg);
    assert_int_equal(err == 0, c != NULL);
    lkcam_close(&c);
    return err;
}

static void who_must_name_server_and_token(void **state)
{
    assert_int_equal(opens("ws://h", "a.b.c", NULL, NULL), 0);
    assert_int_equal(opens("ws://h", NULL, "http://h/t", "r"), 0);
    assert_int_equal(opens(NULL, NULL, "http://h/t", NULL), 0);
    assert_int_equal(opens("ws://h", "a.b.c", "nonsense", NULL), 0); // passed over
    assert_int_equal(opens("ws://h", NULL, NULL, NULL), -EINVAL);
    assert_int_equal(opens(NULL, "a.b.c", "http://h/t", NULL), -EINVAL);
    assert_int_equal(opens("ws://h", NULL, "ws://h/t", NULL), -EINVAL);
    assert_int_equal(opens("ws://h", NULL, "http://h/t", "\xff"), -EINVAL);
}

static void opened_and_closed_without_a_run(void **state)
{
    struct lkcam *c = open_to(1);
    add_pattern(c);
    struct lkcam_track *t = NULL;
    struct lkcam_camera more;
    lkcam_camera_default(&more);
    for (int i = 1; i < LKCAM_CAMERAS_MAX; i++)
        assert_int_equal(lkcam_add_camera(c, &more, &t), 0);
    struct lkcam_stats stats = {.size = sizeof stats};
    assert_int_equal(lkcam_track_stats(t, &stats), 0);
    assert_string_equal(stats.track, "camera-16");
    assert_int_equal(lkcam_stats(c, &stats), 0);
    assert_int_equal(stats.cameras, LKCAM_CAMERAS_MAX);
    assert_int_equal(lkcam_add_camera(c, &more, &t), -ENOSPC);
    assert_null(t);
    lkcam_close(&c);
    assert_int_equal(ends, 0);
}

static void controls_are_checked(void **state)
{
    struct lkcam *c = open_to(1);
    struct lkcam_control wanted[] = {{"brightness", "5"}, {"focus_now", NULL}};
    struct lkcam_camera cam;
    struct lkcam_track *t;
    lkcam_camera_default(&cam);
    cam.controls = wanted;
    cam.control_count = 2;
    assert_int_equal(lkcam_add_camera(c, &cam, &t), 0);
    wanted[1].name = NULL;
    assert_int_equal(lkcam_add_camera(c, &cam, &t), -EINVAL);
    cam.control_count = LKCAM_CONTROLS_MAX + 1;
    assert_int_equal(lkcam_add_camera(c, &cam, &t), -EINVAL);
    cam.controls = NULL;
    cam.control_count = 1;
    assert_int_equal(lkcam_add_camera(c, &cam, &t), -EINVAL);
    lkcam_close(&c);
}

static void without_a_camera_there_is_nothing_to_run(void **state)
{
    struct lkcam *c = open_to(1);
    expect_end(&c, LKCAM_REASON_CONFIG);
}

static void stopped_before_the_run(void **state)
{
    struct lkcam *c = open_to(closed_port());
    add_pattern(c);
    lkcam_stop(c);
    expect_end(&c, LKCAM_REASON_STOPPED);
}

static void a_source_that_is_not_there(void **state)
{
    struct lkcam *c = open_to(closed_port());
    struct lkcam_camera cam;
    lkcam_camera_default(&cam);
    cam.source = LKCAM_SOURCE_CLIP;
    cam.file = "/nonexistent.y4m";
    assert_int_equal(lkcam_add_camera(c, &cam, NULL), 0);
    expect_end(&c, LKCAM_REASON_CAMERA);
}

static void a_preset_that_does_not_exist(void **state)
{
    struct lkcam *c = open_to(closed_port());
    struct lkcam_camera cam;
    lkcam_camera_default(&cam);
    cam.source = LKCAM_SOURCE_PATTERN;
    cam.preset = "wrong";
    assert_int_equal(lkcam_add_camera(c, &cam, NULL), 0);
    expect_end(&c, LKCAM_REASON_ENCODER);
}

static void a_server_that_is_not_there(void **state)
{
    struct lkcam *c = open_to(closed_port());
    add_pattern(c);
    expect_end(&c, LKCAM_REASON_SERVER_UNREACHABLE);
}

static struct lkcam *open_to_service(int port)
{
    struct lkcam_config cfg;
    struct lkcam *c;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/api/token", port);
    lkcam_config_default(&cfg);
    cfg.token_url = url;
    cfg.ended = on_ended;
    ends = 0;
    assert_int_equal(lkcam_open(&c, &cfg), 0);
    add_pattern(c);
    return c;
}

static void a_token_service_that_is_not_there(void **state)
{
    struct lkcam *c = open_to_service(closed_port());
    expect_end(&c, LKCAM_REASON_TOKEN);
}

struct stopper {
    struct lkcam *c;
    int server;
};

// Once the client has connected, and so waits for the answer to its upgrade.
static void *stop_when_connected(void *ctx)
{
    struct stopper *s = ctx;
    struct lkcam_stats stats = {.size = sizeof stats};
    char request[64];
    int fd = accept(s->server, NULL, NULL);
    if (read(fd, request, sizeof request) > 0 && lkcam_stats(s->c, &stats) == 0)
        lkcam_stop(s->c);
    return (void *)(intptr_t)fd;
}

static void stop_in_the_middle(struct stopper s)
{
    pthread_t thread;
    void *fd;
    assert_int_equal(pthread_create(&thread, NULL, stop_when_connected, &s), 0);
    assert_int_equal(lkcam_run(s.c), LKCAM_REASON_STOPPED);
    pthread_join(thread, &fd);
    close((int)(intptr_t)fd);
    close(s.server);
    assert_int_equal(ends, 1);
    lkcam_close(&s.c);
}

static void stopped_while_connecting(void **state)
{
    struct stopper s;
    int port;
    s.server = silent_server(&port);
    s.c = open_to(port);
    add_pattern(s.c);
    stop_in_the_middle(s);
}

// From before the run to its end; a race detector is what this is for.
static void *read_figures(void *ctx)
{
    struct lkcam *c = ctx;
    struct lkcam_stats stats = {.size = sizeof stats};
    do {
        stats.size = sizeof stats;
        assert_int_equal(lkcam_stats(c, &stats), 0);
    } while (!stats.uptime_us || stats.frames_captured < 3);
    lkcam_stop(c);
    return NULL;
}

static void figures_are_read_by_any_thread(void **state)
{
    int port, server = silent_server(&port);
    struct lkcam *c = open_to(port);
    pthread_t thread;
    add_pattern(c);
    add_pattern(c);
    assert_int_equal(pthread_create(&thread, NULL, read_figures, c), 0);
    assert_int_equal(lkcam_run(c), LKCAM_REASON_STOPPED);
    pthread_join(thread, NULL);
    close(server);
    lkcam_close(&c);
}

static void stopped_while_the_token_service_is_asked(void **state)
{
    struct stopper s;
    int port;
    s.server = silent_server(&port);
    s.c = open_to_service(port);
    stop_in_the_middle(s);
}

// A first run opens what libraries keep for good.
static void nothing_is_left_behind(void **state)
{
    a_server_that_is_not_there(state);
    a_token_service_that_is_not_there(state);
    int fds = entries("/proc/self/fd"), threads = entries("/proc/self/task");
    for (int i = 0; i < 5; i++) {
        a_server_that_is_not_there(state);
        a_source_that_is_not_there(state);
        stopped_while_connecting(state);
        a_token_service_that_is_not_there(state);
        stopped_while_the_token_service_is_asked(state);
        what_cannot_be_opened_leaves_nothing(state);
    }
    assert_int_equal(entries("/proc/self/fd"), fds);
    assert_int_equal(entries("/proc/self/task"), threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_opened_leaves_nothing),
        cmocka_unit_test(a_closed_connection_hears_no_more_lines),
        cmocka_unit_test(who_must_name_server_and_token),
        cmocka_unit_test(opened_and_closed_without_a_run),
        cmocka_unit_test(controls_are_checked),
        cmocka_unit_test(without_a_camera_there_is_nothing_to_run),
        cmocka_unit_test(stopped_before_the_run),
        cmocka_unit_test(a_source_that_is_not_there),
        cmocka_unit_test(a_preset_that_does_not_exist),
        cmocka_unit_test(a_server_that_is_not_there),
        cmocka_unit_test(a_token_service_that_is_not_there),
        cmocka_unit_test(stopped_while_connecting),
        cmocka_unit_test(figures_are_read_by_any_thread),
        cmocka_unit_test(stopped_while_the_token_service_is_asked),
        cmocka_unit_test(nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
