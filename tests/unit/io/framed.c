// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/framed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "io/clock.h"

// Both ends on this thread: the peer's are plain descriptors that the test reads and writes.
struct rig {
    struct lkcam_loop loop;
    struct lkcam_framed f;
    int listener, peer;
    struct lkcam_addr to;
    int opened, writable, closed, error;
    uint8_t got[4096];
    size_t got_len;
    int got_count;
};

static void on_opened(void *ctx, struct lkcam_framed *f, lkcam_us now)
{
    ((struct rig *)ctx)->opened++;
}

static void on_received(void *ctx, struct lkcam_framed *f, uint8_t *bytes, size_t len, lkcam_us now)
{
    struct rig *r = ctx;
    assert_in_range(r->got_len + len, 0, sizeof r->got);
    memcpy(r->got + r->got_len, bytes, len);
    memset(bytes, 0xee, len); // as an unprotection in place
    r->got_len += len;
    r->got_count++;
}

static void on_writable(void *ctx, struct lkcam_framed *f, lkcam_us now)
{
    ((struct rig *)ctx)->writable++;
}

static void on_closed(void *ctx, struct lkcam_framed *f, int error, lkcam_us now)
{
    struct rig *r = ctx;
    r->closed++;
    r->error = error;
}

// Until *count is reached; fails after 5 s.
static void wait_for(struct rig *r, const int *count, int reached)
{
    lkcam_us end = lkcam_clock_now() + LKCAM_SECONDS(5), now = 0;
    while (*count < reached && now < end)
        assert_int_equal(lkcam_loop_wait(&r->loop, end, &now), 0);
    assert_int_equal(*count, reached);
}

static void listen_on(struct rig *r)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int small = 4096;
    r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(r->listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof small); // a peer soon full
    assert_int_equal(bind(r->listener, (struct sockaddr *)&a, len), 0);
    assert_int_equal(listen(r->listener, 1), 0);
    assert_int_equal(getsockname(r->listener, (struct sockaddr *)&a, &len), 0);
    assert_int_equal(lkcam_addr_parse(&r->to, "127.0.0.1", ntohs(a.sin_port)), 0);
    r->to.tcp = true;
}

static int begin(struct rig *r)
{
    const struct lkcam_framed_events events = {on_opened, on_received, on_writable, on_closed, r};
    return lkcam_framed_connect(&r->f, &r->loop, &r->to, &events);
}

static struct rig *prepare(void)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->peer = -1;
    assert_int_equal(lkcam_loop_init(&r->loop), 0);
    listen_on(r);
    return r;
}

static struct rig *open_rig(void)
{
    struct rig *r = prepare();
    assert_int_equal(begin(r), 0);
    r->peer = accept(r->listener, NULL, NULL);
    assert_true(r->peer >= 0);
    wait_for(r, &r->opened, 1);
    return r;
}

static void hang_up(struct rig *r, bool reset)
{
    struct linger now = {1, 0};
    if (reset)
        setsockopt(r->peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(r->peer);
    r->peer = -1;
}

static void close_rig(struct rig *r)
{
    lkcam_framed_close(&r->f);
    lkcam_framed_close(&r->f); // no harm
    assert_false(r->f.used);
    if (r->peer >= 0)
        close(r->peer);
    close(r->listener);
    lkcam_loop_deinit(&r->loop);
    free(r);
}

static void peer_read(struct rig *r, void *out, size_t len)
{
    assert_int_equal(recv(r->peer, out, len, MSG_WAITALL), len);
}

static void peer_write(struct rig *r, const void *bytes, size_t len)
{
    assert_int_equal(send(r->peer, bytes, len, 0), len);
}

static void both_ways(void **state)
{
    struct rig *r = open_rig();
    uint8_t bytes[7];
    assert_int_equal(lkcam_framed_send(&r->f, (const uint8_t *)"hello", 5, lkcam_clock_now()), 0);
    assert_false(lkcam_framed_full(&r->f));
    peer_read(r, bytes, 7);
    assert_memory_equal(bytes, "\0\5hello", 7);
    peer_write(r, "\0\3one\0\0\0\3two", 12); // an empty one between them
    wait_for(r, &r->got_count, 2);
    assert_memory_equal(r->got, "onetwo", 6);
    close_rig(r);
}

static void half_frames_are_put_together(void **state)
{
    static const char stream[] = "\0\3one\0\3two";
    struct rig *r = open_rig();
    for (size_t i = 0; i < sizeof stream - 1; i++) {
        peer_write(r, stream + i, 1);
        lkcam_us now;
        assert_int_equal(lkcam_loop_wait(&r->loop, LKCAM_NEVER, &now), 0);
        assert_int_equal(r->got_count, i < 4 ? 0 : i < 9 ? 1 : 2);
    }
    assert_memory_equal(r->got, "onetwo", 6);
    close_rig(r);
}

static void refused(void **state)
{
    struct rig *r = prepare();
    close(r->listener);
    r->listener = -1;
    if (begin(r) == 0)
        wait_for(r, &r->closed, 1);
    assert_int_equal(r->error, -ECONNREFUSED);
    assert_int_equal(r->opened, 0);
    assert_int_equal(lkcam_framed_send(&r->f, (const uint8_t *)"x", 1, lkcam_clock_now()),
                     -ENOTCONN);
    close_rig(r);
}

static void no_way_there(void **state)
{
    struct rig *r = prepare();
    assert_int_equal(lkcam_addr_parse(&r->to, "255.255.255.255", 1), 0); // TCP has no broadcast
    assert_in_range(-begin(r), 1, 200);
    assert_false(r->f.used);
    close_rig(r);
}

// Datagrams whose bytes all say which one it is.
#define LEN 1200

static int fill(struct rig *r)
{
    uint8_t bytes[LEN];
    int n = 0;
    while (!lkcam_framed_full(&r->f)) {
        memset(bytes, n, LEN);
        assert_int_equal(lkcam_framed_send(&r->f, bytes, LEN, lkcam_clock_now()), 0);
        assert_in_range(++n, 1, 4000);
    }
    return n;
}

static void assert_next(struct rig *r, int i, size_t expected)
{
    uint8_t bytes[LEN];
    peer_read(r, bytes, 2);
    assert_int_equal(bytes[0] << 8 | bytes[1], expected);
    peer_read(r, bytes, expected);
    assert_int_equal(bytes[0], (uint8_t)i);
    assert_int_equal(bytes[expected - 1], (uint8_t)i);
}

static void a_slow_reader_gets_whole_datagrams(void **state)
{
    struct rig *r = open_rig();
    uint8_t small[100];
    int sent = fill(r), behind = 0;
    assert_int_equal(r->writable, 0);

    // Small ones find room behind what waits, but not for ever, and a large one does not fit in
    // part.
    memset(small, 0xcc, sizeof small);
    while (lkcam_framed_send(&r->f, small, sizeof small, lkcam_clock_now()) == 0)
        assert_in_range(++behind, 1, 100);
    assert_in_range(behind, 20, 40);
    static const uint8_t large[LEN];
    assert_int_equal(lkcam_framed_send(&r->f, large, LEN, lkcam_clock_now()), -EAGAIN);

    for (int i = 0; i < sent + behind; i++) {
        // The loop turns while there is anything to write: reading makes room.
        lkcam_us now;
        while (lkcam_framed_full(&r->f) && recv(r->peer, small, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
            assert_int_equal(lkcam_loop_wait(&r->loop, LKCAM_NEVER, &now), 0);
        assert_next(r, i < sent ? i : 0xcc, i < sent ? LEN : sizeof small);
        if (lkcam_framed_full(&r->f))
            assert_int_equal(lkcam_loop_wait(&r->loop, lkcam_clock_now(), &now), 0);
    }
    wait_for(r, &r->writable, 1);
    assert_false(lkcam_framed_full(&r->f));
    close_rig(r);
}

// The kernel must not hide a backlog: beyond what the peer's window takes it holds little.
static void little_is_unsent_in_the_kernel(void **state)
{
    struct rig *r = open_rig();
    int sent = fill(r);
    int window = 0;
    socklen_t len = sizeof window;
    assert_int_equal(getsockopt(r->peer, SOL_SOCKET, SO_RCVBUF, &window, &len), 0);
    assert_in_range(sent * LEN, 1, window + 4096 + 2 * LEN);
    close_rig(r);
}

// Sent and not acknowledged, or not even sent.
static int queued(const struct rig *r)
{
    int bytes = 0;
    assert_int_equal(ioctl(r->f.watch.fd, SIOCOUTQ, &bytes), 0);
    return bytes;
}

static void what_is_late_lets_nothing_follow(void **state)
{
    struct rig *r = open_rig();
    uint8_t bytes[LEN] = {0};
    lkcam_us now = lkcam_clock_now();
    int sent = 0;

    // Until the peer's window is full, and the kernel would take more all the same.
    for (lkcam_us t; queued(r) < LEN; sent++) {
        assert_int_equal(lkcam_framed_send(&r->f, bytes, LEN, now), 0);
        assert_int_equal(lkcam_loop_wait(&r->loop, lkcam_clock_now(), &t), 0);
    }
    assert_false(lkcam_framed_full(&r->f));
    assert_int_equal(lkcam_framed_deadline(&r->f), LKCAM_NEVER);

    now += LKCAM_SECONDS(1);
    assert_int_equal(lkcam_framed_send(&r->f, bytes, 10, now), 0);
    assert_true(lkcam_framed_full(&r->f));
    assert_int_equal(lkcam_framed_deadline(&r->f), now + LKCAM_MS(5));
    lkcam_framed_tick(&r->f, now + LKCAM_MS(5));
    assert_true(lkcam_framed_full(&r->f));
    assert_int_equal(r->writable, 0);

    for (int i = 0; i < sent; i++)
        assert_next(r, 0, LEN);
    assert_next(r, 0, 10);
    // A small one between must not swallow the news that there is room.
    for (lkcam_us end = lkcam_clock_now() + LKCAM_SECONDS(5); queued(r);)
        assert_true(lkcam_clock_now() < end);
    assert_int_equal(lkcam_framed_send(&r->f, bytes, 10, now + LKCAM_MS(6)), 0);
    assert_true(lkcam_framed_full(&r->f));
    lkcam_framed_tick(&r->f, now + LKCAM_MS(10));
    assert_false(lkcam_framed_full(&r->f));
    assert_int_equal(r->writable, 1);
    assert_int_equal(lkcam_framed_deadline(&r->f), LKCAM_NEVER);
    close_rig(r);
}

static void reset(void **state)
{
    struct rig *r = open_rig();
    hang_up(r, true);
    wait_for(r, &r->closed, 1);
    assert_int_equal(r->error, -ECONNRESET);
    assert_false(r->f.open);
    close_rig(r);
}

static void closed_by_the_peer(void **state)
{
    struct rig *r = open_rig();
    peer_write(r, "\0\3one\0\3tw", 9); // the rest of it never comes
    hang_up(r, false);
    wait_for(r, &r->closed, 1);
    assert_int_equal(r->error, 0);
    assert_int_equal(r->got_count, 1);
    close_rig(r);
}

static void sending_into_a_broken_one_is_told_once(void **state)
{
    struct rig *r = open_rig();
    int err = 0;
    hang_up(r, true);
    for (int i = 0; i < 100 && !err; i++)
        err = lkcam_framed_send(&r->f, (const uint8_t *)"x", 1, lkcam_clock_now());
    assert_int_equal(err, -ECONNRESET);
    // Nor does the next one end the program with SIGPIPE.
    assert_int_equal(lkcam_framed_send(&r->f, (const uint8_t *)"x", 1, lkcam_clock_now()), -EPIPE);
    wait_for(r, &r->closed, 1);
    assert_int_equal(r->error, err);
    assert_int_equal(lkcam_framed_send(&r->f, (const uint8_t *)"x", 1, lkcam_clock_now()),
                     -ENOTCONN);
    close_rig(r);
}

static void broken_while_full(void **state)
{
    struct rig *r = open_rig();
    fill(r);
    hang_up(r, true);
    wait_for(r, &r->closed, 1);
    assert_int_equal(r->writable, 0);
    close_rig(r);
}

static void closed_while_connecting(void **state)
{
    struct rig *r = prepare();
    assert_int_equal(begin(r), 0);
    lkcam_framed_close(&r->f);
    assert_int_equal(r->closed, 0);
    assert_int_equal(begin(r), 0); // and used again
    wait_for(r, &r->opened, 1);
    close_rig(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(half_frames_are_put_together),
        cmocka_unit_test(refused),
        cmocka_unit_test(no_way_there),
        cmocka_unit_test(a_slow_reader_gets_whole_datagrams),
        cmocka_unit_test(little_is_unsent_in_the_kernel),
        cmocka_unit_test(what_is_late_lets_nothing_follow),
        cmocka_unit_test(reset),
        cmocka_unit_test(closed_by_the_peer),
        cmocka_unit_test(sending_into_a_broken_one_is_told_once),
        cmocka_unit_test(broken_while_full),
        cmocka_unit_test(closed_while_connecting),
    };
    return cmocka_run_group_tests_name("framed", tests, NULL, NULL);
}
