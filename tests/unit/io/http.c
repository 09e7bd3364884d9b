// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "io/clock.h"

// ---- A server on a thread of its own: reads one request, gives one answer ----------------------

static const struct lkcam_ca system_roots;

struct server {
    int listener;
    uint16_t port;
    pthread_t thread;
    const char *answer;
    size_t filler;    // bytes of 'x' behind it
    char asked[2048]; // read after server_end
};

static bool is_whole(const char *request)
{
    const char *end = strstr(request, "\r\n\r\n");
    const char *length = strstr(request, "Content-Length: ");
    return end && strlen(end + 4) >= (length ? strtoul(length + 16, NULL, 10) : 0);
}

static void *serve(void *ctx)
{
    struct server *s = ctx;
    size_t len = 0;
    ssize_t n = 1;
    int fd = accept(s->listener, NULL, NULL);
    while (n > 0 && !is_whole(s->asked)) {
        n = read(fd, s->asked + len, sizeof s->asked - 1 - len);
        len += n > 0 ? (size_t)n : 0;
    }
    n = send(fd, s->answer, strlen(s->answer), MSG_NOSIGNAL);
    for (size_t i = 0; i < s->filler && n > 0; i += 1024) {
        char bytes[1024];
        memset(bytes, 'x', sizeof bytes);
        n = send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
    }
    close(fd);
    return NULL;
}

static void server_begin(struct server *s, const char *answer, size_t filler)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    *s = (struct server){.answer = answer, .filler = filler};
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&a, len), 0);
    assert_int_equal(listen(s->listener, 1), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&a, &len), 0);
    s->port = ntohs(a.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_end(struct server *s)
{
    pthread_join(s->thread, NULL);
    close(s->listener);
}

// ---- The client side ----------------------------------------------------------------------------

struct client {
    struct lkcam_loop loop;
    struct lkcam_http *http;
    int answered, failed, error, status;
    bool cut;
    size_t len;
    char body[64], location[256], why[256];
};

static void on_answered(void *ctx, const struct lkcam_http_answer *a, lkcam_us now)
{
    struct client *c = ctx;
    c->answered++;
    c->status = a->status;
    c->cut = a->cut;
    c->len = a->len;
    snprintf(c->body, sizeof c->body, "%.*s", (int)a->len, a->body);
    snprintf(c->location, sizeof c->location, "%s", a->location ? a->location : "(none)");
}

static void on_failed(void *ctx, int error, const char *why, lkcam_us now)
{
    struct client *c = ctx;
    c->failed++;
    c->error = error;
    snprintf(c->why, sizeof c->why, "%s", why);
}

static void ask(struct client *c, const char *url, const char *json)
{
    const struct lkcam_http_events events = {on_answered, on_failed, c};
    lkcam_us now = lkcam_clock_now(), end = now + LKCAM_SECONDS(15);

    *c = (struct client){.status = 0};
    assert_int_equal(lkcam_loop_init(&c->loop), 0);
    assert_int_equal(lkcam_http_open(&c->http, &c->loop, url, json, &system_roots, &events), 0);
    while (!c->answered && !c->failed) {
        assert_true(now < end);
        assert_int_equal(
            lkcam_loop_wait(&c->loop, lkcam_us_min(end, lkcam_http_deadline(c->http)), &now), 0);
        lkcam_http_tick(c->http, now);
    }
    assert_int_equal(c->answered + c->failed, 1);
    assert_int_equal(lkcam_http_deadline(c->http), LKCAM_NEVER);
    lkcam_http_close(&c->http);
    assert_null(c->http);
    lkcam_http_close(&c->http);
    lkcam_loop_deinit(&c->loop);
}

static void ask_server(struct client *c, struct server *s, const char *answer, size_t filler,
                       const char *json)
{
    char url[128];
    server_begin(s, answer, filler);
    snprintf(url, sizeof url, "http://user:pass@127.0.0.1:%u/api/token?a=1", s->port);
    ask(c, url, json);
    server_end(s);
}

static void a_get(void **state)
{
    struct server s;
    struct client c;
    ask_server(&c, &s, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 0, NULL);
    assert_int_equal(c.status, 200);
    assert_string_equal(c.body, "hello");
    assert_string_equal(c.location, "(none)");
    assert_false(c.cut);
    assert_non_null(strstr(s.asked, "GET /api/token?a=1 HTTP/1.1\r\n"));
    assert_non_null(strstr(s.asked, "Authorization: Basic dXNlcjpwYXNz\r\n"));
    assert_null(strstr(s.asked, "Content-Type"));
}

static void a_post(void **state)
{
    struct server s;
    struct client c;
    ask_server(&c, &s, "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n", 0, "{\"room\":1}");
    assert_int_equal(c.status, 405);
    assert_int_equal(c.len, 0);
    assert_non_null(strstr(s.asked, "POST /api/token?a=1 HTTP/1.1\r\n"));
    assert_non_null(strstr(s.asked, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(s.asked, "\r\n\r\n{\"room\":1}"));
    assert_null(strstr(s.asked, "Expect"));
}

static void a_redirect_is_told_and_not_followed(void **state)
{
    struct server s;
    struct client c;
    char expected[128];
    ask_server(&c, &s, "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", 0,
               NULL);
    assert_int_equal(c.status, 302);
    snprintf(expected, sizeof expected, "127.0.0.1:%u/other", s.port);
    assert_non_null(strstr(c.location, expected));
}

static void a_long_body_is_cut(void **state)
{
    struct server s;
    struct client c;
    ask_server(&c, &s, "HTTP/1.1 200 OK\r\n\r\n", LKCAM_HTTP_BODY_MAX, NULL);
    assert_int_equal(c.len, LKCAM_HTTP_BODY_MAX);
    assert_false(c.cut);
    ask_server(&c, &s, "HTTP/1.1 200 OK\r\n\r\n", 10 * 1024 * 1024, NULL);
    assert_int_equal(c.status, 200);
    assert_int_equal(c.len, LKCAM_HTTP_BODY_MAX);
    assert_true(c.cut);
}

static void what_is_no_http_is_told(void **state)
{
    struct server s;
    struct client c;
    ask_server(&c, &s, "SSH-2.0-OpenSSH\r\n", 0, NULL);
    assert_int_equal(c.failed, 1);
    assert_true(strlen(c.why) > 0);
    ask_server(&c, &s, "", 0, NULL);
    assert_int_equal(c.failed, 1);
    ask_server(&c, &s, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", 0, NULL);
    assert_int_equal(c.failed, 1);
}

static void a_refused_port_is_told(void **state)
{
    struct server s;
    struct client c;
    char url[64];
    ask_server(&c, &s, "HTTP/1.1 200 OK\r\n\r\n", 0, NULL); // to have a port that is free again
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", s.port);
    ask(&c, url, NULL);
    assert_int_equal(c.error, -ECONNREFUSED);
    assert_string_equal(c.why, "connection refused");
}

static void the_proxy_of_the_environment_is_asked(void **state)
{
    struct server s;
    struct client c;
    char url[64];
    server_begin(&s, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", s.port);
    unsetenv("no_proxy");
    setenv("http_proxy", url, 1);
    ask(&c, "http://service.invalid:3000/t", NULL);
    unsetenv("http_proxy");
    setenv("no_proxy", "*", 1);
    server_end(&s);
    assert_string_equal(c.body, "ok");
    assert_non_null(strstr(s.asked, "GET http://service.invalid:3000/t HTTP/1.1\r\n"));
}

static void other_schemes_are_refused(void **state)
{
    struct client c;
    ask(&c, "file:///etc/hostname", NULL);
    assert_int_equal(c.failed, 1);
}

// The server's answer comes never; the request is given up in the middle.
static void closing_gives_it_up(void **state)
{
    struct lkcam_http_events events = {on_answered, on_failed, NULL};
    struct lkcam_loop loop;
    struct lkcam_http *http;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    lkcam_us now = lkcam_clock_now();
    char url[64];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", ntohs(a.sin_port));
    assert_int_equal(lkcam_loop_init(&loop), 0);
    assert_int_equal(lkcam_http_open(&http, &loop, url, NULL, &system_roots, &events), 0);
    for (int i = 0; i < 5; i++) {
        lkcam_http_tick(http, now);
        assert_int_equal(lkcam_loop_wait(&loop, now + LKCAM_MS(10), &now), 0);
    }
    lkcam_http_close(&http);
    lkcam_loop_deinit(&loop);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_get),
        cmocka_unit_test(a_post),
        cmocka_unit_test(a_redirect_is_told_and_not_followed),
        cmocka_unit_test(a_long_body_is_cut),
        cmocka_unit_test(what_is_no_http_is_told),
        cmocka_unit_test(a_refused_port_is_told),
        cmocka_unit_test(the_proxy_of_the_environment_is_asked),
        cmocka_unit_test(other_schemes_are_refused),
        cmocka_unit_test(closing_gives_it_up),
    };
    setenv("no_proxy", "*", 1); // the machine's own proxies are not the subject
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
