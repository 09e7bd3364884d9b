// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "io/clock.h"

// ---- A server on a thread of its own: takes one connection and runs a script
// ---------------------

struct server {
    int listener;
    uint16_t port;
    pthread_t thread;
    void (*script)(struct server *s, int fd);
    sem_t gate; // posted by a test whose script waits
    size_t got; // read after server_end
    char text[512];
};

static void *serve(void *ctx)
{
    struct server *s = ctx;
    int fd = accept(s->listener, NULL, NULL);
    if (fd < 0)
        return NULL;
    s->script(s, fd);
    close(fd);
    return NULL;
}

static void server_begin(struct server *s, void (*script)(struct server *s, int fd))
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    *s = (struct server){.script = script};
    assert_int_equal(sem_init(&s->gate, 0, 0), 0);
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
    sem_destroy(&s->gate);
}

static void echo(struct server *s, int fd)
{
    char bytes[4096];
    ssize_t n;
    while ((n = read(fd, bytes, sizeof bytes)) > 0) {
        s->got += (size_t)n;
        if (write(fd, bytes, (size_t)n) != n)
            return;
    }
}

static void close_at_once(struct server *s, int fd)
{
}

static void reset_at_once(struct server *s, int fd)
{
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    sem_wait(&s->gate);
}

static void say_bye(struct server *s, int fd)
{
    if (write(fd, "bye", 3) == 3)
        s->got = 3;
}

// The bytes count up; a hole or a repeat shows.
static void drain_late(struct server *s, int fd)
{
    static uint8_t bytes[65536];
    ssize_t n;
    sem_wait(&s->gate);
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < n; i++, s->got++)
            if (bytes[i] != (uint8_t)(s->got % 251))
                return;
}

static void be_a_proxy(struct server *s, int fd)
{
    static const char yes[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    size_t len = 0;
    while (len < sizeof s->text - 1 && !strstr(s->text, "\r\n\r\n")) {
        ssize_t n = read(fd, s->text + len, sizeof s->text - 1 - len);
        if (n <= 0)
            return;
        len += (size_t)n;
    }
    if (write(fd, yes, sizeof yes - 1) > 0)
        echo(s, fd);
}

// No TLS at all: the client hello gets an answer that is none.
static void speak_no_tls(struct server *s, int fd)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    char bytes[512];
    if (read(fd, bytes, sizeof bytes) > 0 && write(fd, http, sizeof http - 1) > 0)
        s->got = 1;
}

// ---- The client side
// -----------------------------------------------------------------------------

static const struct lkcam_ca no_ca;

struct client {
    struct lkcam_loop loop;
    struct lkcam_tcp *stream;
    int opened, closed, error;
    size_t len;
    char why[256];
    uint8_t bytes[64];
    bool inside; // of one of our own calls: no event may come
};

static void on_opened(void *ctx, lkcam_us now)
{
    struct client *c = ctx;
    assert_false(c->inside);
    c->opened++;
}

static void on_received(void *ctx, const uint8_t *bytes, size_t len, lkcam_us now)
{
    struct client *c = ctx;
    assert_false(c->inside);
    for (size_t i = 0; i < len; i++)
        c->bytes[c->len++ % sizeof c->bytes] = bytes[i];
}

static void on_closed(void *ctx, int error, const char *why, lkcam_us now)
{
    struct client *c = ctx;
    assert_false(c->inside);
    c->closed++;
    c->error = error;
    strncpy(c->why, why, sizeof c->why - 1);
}

static void client_begin(struct client *c, const char *host, uint16_t port, bool tls)
{
    struct lkcam_tcp_events events = {on_opened, on_received, on_closed, c};
    *c = (struct client){.inside = true};
    assert_int_equal(lkcam_loop_init(&c->loop), 0);
    assert_int_equal(lkcam_tcp_open(&c->stream, &c->loop, host, port, tls, &no_ca, &events), 0);
    assert_true(lkcam_tcp_flushed(c->stream));
    assert_int_equal(lkcam_tcp_send(c->stream, (const uint8_t *)"x", 1, 0), -ENOTCONN);
    c->inside = false;
}

static void client_end(struct client *c)
{
    c->inside = true;
    lkcam_tcp_close(&c->stream);
    assert_null(c->stream);
    lkcam_tcp_close(&c->stream);
    lkcam_loop_deinit(&c->loop);
}

static bool is_opened(struct client *c)
{
    return c->opened;
}

static bool is_closed(struct client *c)
{
    return c->closed;
}

static bool is_flushed(struct client *c)
{
    return lkcam_tcp_flushed(c->stream);
}

static bool has_five(struct client *c)
{
    return c->len >= 5;
}

static void run_until(struct client *c, bool (*done)(struct client *c))
{
    lkcam_us now = lkcam_clock_now(), end = now + LKCAM_SECONDS(15);
    while (!done(c)) {
        if (now >= end)
            fail_msg("not within 15 s; why: %s", c->why);
        assert_int_equal(
            lkcam_loop_wait(&c->loop, lkcam_us_min(end, lkcam_tcp_deadline(c->stream)), &now), 0);
        if (now >= lkcam_tcp_deadline(c->stream))
            lkcam_tcp_tick(c->stream, now);
    }
}

static int send_all(struct client *c, const void *bytes, size_t len)
{
    c->inside = true;
    int err = lkcam_tcp_send(c->stream, bytes, len, lkcam_clock_now());
    c->inside = false;
    return err;
}

static void what_is_sent_comes_back(void **state)
{
    struct server s;
    struct client c;

    server_begin(&s, echo);
    client_begin(&c, "127.0.0.1", s.port, false);
    run_until(&c, is_opened);
    assert_int_equal(lkcam_tcp_deadline(c.stream), LKCAM_NEVER);
    assert_int_equal(send_all(&c, "hello", 5), 0);
    assert_true(lkcam_tcp_flushed(c.stream));
    run_until(&c, has_five);
    assert_int_equal(c.len, 5);
    assert_memory_equal(c.bytes, "hello", 5);
    assert_int_equal(c.opened, 1);
    assert_int_equal(c.closed, 0);
    client_end(&c);
    server_end(&s);
    assert_int_equal(s.got, 5);
}

static void names_are_resolved(void **state)
{
    struct server s;
    struct client c;

    server_begin(&s, say_bye);
    client_begin(&c, "localhost", s.port, false);
    run_until(&c, is_closed);
    assert_int_equal(c.opened, 1);
    client_end(&c);
    server_end(&s);
}

static void a_refused_port_is_told(void **state)
{
    struct server s;
    struct client c, warm;

    server_begin(&s, close_at_once); // to have a port that is free again
    client_begin(&warm, "127.0.0.1", s.port, false);
    run_until(&warm, is_closed);
    client_end(&warm);
    server_end(&s);
    client_begin(&c, "127.0.0.1", s.port, false);
    run_until(&c, is_closed);
    assert_int_equal(c.opened, 0);
    assert_int_equal(c.error, -ECONNREFUSED);
    assert_string_equal(c.why, "connection refused");
    assert_int_equal(lkcam_tcp_deadline(c.stream), LKCAM_NEVER);
    assert_int_equal(send_all(&c, "x", 1), -ENOTCONN);
    client_end(&c);
}

static void an_ipv6_address_is_taken(void **state)
{
    struct client c;

    client_begin(&c, "::1", 1, false); // tcpmux: nobody's
    run_until(&c, is_closed);
    client_end(&c);
    if (c.error == -EADDRNOTAVAIL || c.error == -EAFNOSUPPORT || c.error == -ENETUNREACH)
        skip(); // a machine without IPv6
    assert_int_equal(c.error, -ECONNREFUSED);
}

static void a_name_that_is_not_is_told(void **state)
{
    struct client c;

    // RFC 6761 s6.4: never exists.
    client_begin(&c, "no-such-host.invalid", 7880, false);
    run_until(&c, is_closed);
    assert_int_equal(c.opened, 0);
    client_end(&c);
    if (c.error == -ETIMEDOUT)
        skip(); // a machine whose name server is out of reach
    assert_int_equal(c.error, -EHOSTUNREACH);
    assert_string_equal(c.why, "no such host");
}

static void closing_does_not_wait_for_the_resolver(void **state)
{
    struct client c;
    lkcam_us begin = lkcam_clock_now();

    client_begin(&c, "no-such-host.invalid", 7880, false);
    lkcam_tcp_tick(c.stream, lkcam_clock_now());
    client_end(&c);
    assert_true(lkcam_clock_now() - begin < LKCAM_SECONDS(1));
}

static void the_peer_says_bye(void **state)
{
    struct server s;
    struct client c;

    server_begin(&s, say_bye);
    client_begin(&c, "127.0.0.1", s.port, false);
    run_until(&c, is_closed);
    assert_int_equal(c.len, 3);
    assert_memory_equal(c.bytes, "bye", 3);
    assert_int_equal(c.error, 0);
    assert_string_equal(c.why, "the server closed the connection");
    assert_int_equal(c.closed, 1);
    client_end(&c);
    server_end(&s);
}

static void closed_at_once(void **state)
{
    struct server s;
    struct client c;

    server_begin(&s, close_at_once);
    client_begin(&c, "127.0.0.1", s.port, false);
    run_until(&c, is_closed);
    assert_int_equal(c.closed, 1);
    assert_int_equal(c.len, 0);
    client_end(&c);
    server_end(&s);
}

static void a_reset_is_an_error(void **state)
{
    struct server s;
    struct client c;

    server_begin(&s, reset_at_once);
    client_begin(&c, "127.0.0.1", s.port, false);
    run_until(&c, is_opened);
    sem_post(&s.gate);
    run_until(&c, is_closed);
    assert_int_equal(c.error, -ECONNRESET);
    assert_int_equal(c.closed, 1);
    client_end(&c);
    server_end(&s);
}

static void a_megabyte_waits_for_a_slow_peer(void **state)
{
    enum { MAX = 1024 * 1024, PIECE = 65536 };
    struct server s;
    struct client c;
    uint8_t *piece = malloc(PIECE);
    size_t sent = 0;
    int err = 0;

    server_begin(&s, drain_late);
    client_begin(&c, "127.0.0.1", s.port, false);
    run_until(&c, is_opened);
    // The kernel takes some megabytes (twice), we hold one, and the rest is refused whole.
    while (sent < 64 * MAX) {
        for (size_t i = 0; i < PIECE; i++)
            piece[i] = (uint8_t)((sent + i) % 251);
        err = send_all(&c, piece, PIECE);
        if (err)
            break;
        sent += PIECE;
    }
    assert_int_equal(err, -ENOBUFS);
    assert_true(sent >= MAX);
    assert_false(lkcam_tcp_flushed(c.stream));
    sem_post(&s.gate);
    run_until(&c, is_flushed);
    assert_int_equal(c.closed, 0);
    client_end(&c);
    server_end(&s);
    assert_int_equal(s.got, sent);
    free(piece);
}

static void the_proxy_of_the_environment_is_asked_for_a_tunnel(void **state)
{
    struct server s;
    struct client c;
    char url[64];

    server_begin(&s, be_a_proxy);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", s.port);
    unsetenv("no_proxy");
    setenv("http_proxy", url, 1);
    client_begin(&c, "livekit.invalid", 7880, false);
    run_until(&c, is_opened);
    assert_int_equal(send_all(&c, "hello", 5), 0);
    run_until(&c, has_five);
    assert_memory_equal(c.bytes, "hello", 5);
    client_end(&c);
    server_end(&s);
    unsetenv("http_proxy");
    setenv("no_proxy", "*", 1);
    static const char asked[] = "CONNECT livekit.invalid:7880 HTTP/1.1\r\n";
    assert_memory_equal(s.text, asked, sizeof asked - 1);
}

static void a_server_without_tls_is_told(void **state)
{
    struct server s;
    struct client c;

    server_begin(&s, speak_no_tls);
    client_begin(&c, "127.0.0.1", s.port, true);
    run_until(&c, is_closed);
    assert_int_equal(c.opened, 0);
    assert_int_equal(c.error, -EPROTO);
    assert_non_null(strstr(c.why, "TLS"));
    assert_null(strpbrk(c.why, "\r\n"));
    client_end(&c);
    server_end(&s);
}

static void an_address_too_long_is_refused(void **state)
{
    struct lkcam_loop loop;
    struct lkcam_tcp *stream = NULL;
    struct lkcam_tcp_events events = {on_opened, on_received, on_closed, NULL};
    char host[600];

    memset(host, 'a', sizeof host - 1);
    host[sizeof host - 1] = '\0';
    assert_int_equal(lkcam_loop_init(&loop), 0);
    assert_int_equal(lkcam_tcp_open(&stream, &loop, host, 1, false, &no_ca, &events), -EINVAL);
    assert_null(stream);
    lkcam_loop_deinit(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_comes_back),
        cmocka_unit_test(names_are_resolved),
        cmocka_unit_test(a_refused_port_is_told),
        cmocka_unit_test(an_ipv6_address_is_taken),
        cmocka_unit_test(a_name_that_is_not_is_told),
        cmocka_unit_test(closing_does_not_wait_for_the_resolver),
        cmocka_unit_test(the_peer_says_bye),
        cmocka_unit_test(closed_at_once),
        cmocka_unit_test(a_reset_is_an_error),
        cmocka_unit_test(a_megabyte_waits_for_a_slow_peer),
        cmocka_unit_test(the_proxy_of_the_environment_is_asked_for_a_tunnel),
        cmocka_unit_test(a_server_without_tls_is_told),
        cmocka_unit_test(an_address_too_long_is_refused),
    };
    setenv("no_proxy", "*", 1); // the machine's own proxies are not the subject
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
