// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/udp.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "io/clock.h"

// The wall clock as somebody has set it since the kernel stamped: by this much.
static lkcam_us set_by;

int clock_gettime(clockid_t id, struct timespec *t)
{
    long err = syscall(SYS_clock_gettime, id, t);
    if (id == CLOCK_REALTIME) {
        lkcam_us us = LKCAM_SECONDS(t->tv_sec) + t->tv_nsec / 1000 + set_by;
        t->tv_sec = us / 1000000;
        t->tv_nsec = us % 1000000 * 1000;
    }
    return (int)err;
}

struct received {
    int count;
    size_t len;
    uint8_t bytes[LKCAM_DATAGRAM_MAX];
    struct lkcam_addr from;
    lkcam_us arrival;
};

static void on_datagram(void *ctx, uint8_t *bytes, size_t len, const struct lkcam_addr *from,
                        lkcam_us arrival)
{
    struct received *r = ctx;
    r->count++;
    r->len = len;
    memcpy(r->bytes, bytes, len);
    memset(bytes, 0xee, LKCAM_DATAGRAM_MAX); // it may be changed in place, all of it
    r->from = *from;
    r->arrival = arrival;
}

static int recv_one(struct lkcam_udp *u, struct received *r, lkcam_us *now)
{
    struct pollfd p = {u->fd, POLLIN, 0};
    assert_int_equal(poll(&p, 1, 2000), 1);
    *now = lkcam_clock_now();
    return lkcam_udp_recv(u, *now, on_datagram, r);
}

static struct lkcam_addr address(const char *ip, uint16_t port)
{
    struct lkcam_addr a;
    assert_int_equal(lkcam_addr_parse(&a, ip, port), 0);
    return a;
}

static void there_and_back(const char *ip)
{
    struct lkcam_udp a, b;
    struct received r = {0};
    lkcam_us sent, now;

    assert_int_equal(lkcam_udp_open(&a), 0);
    assert_int_equal(lkcam_udp_open(&b), 0);
    assert_int_not_equal(a.port, 0);
    assert_int_not_equal(a.port, b.port);
    for (size_t len = 0; len <= LKCAM_DATAGRAM_MAX; len += 500) {
        uint8_t bytes[LKCAM_DATAGRAM_MAX];
        memset(bytes, (int)(len / 500) + 1, sizeof bytes);
        struct lkcam_datagram d = {bytes, len, address(ip, b.port)};
        r = (struct received){0};
        sent = lkcam_clock_now();
        assert_int_equal(lkcam_udp_send(&a, &d), 0);
        assert_int_equal(recv_one(&b, &r, &now), 1);
        assert_int_equal(r.count, 1);
        assert_int_equal(r.len, len);
        assert_memory_equal(r.bytes, bytes, len);
        struct lkcam_addr from = address(ip, a.port);
        assert_true(lkcam_addr_equal(&r.from, &from));
        assert_true(r.arrival <= now);
        assert_true(r.arrival >= sent - LKCAM_MS(1)); // the two clocks are read one after the other
    }
    lkcam_udp_close(&a);
    lkcam_udp_close(&b);
}

static void ipv4_goes_there_and_back(void **state)
{
    there_and_back("127.0.0.1");
}

static void ipv6_goes_there_and_back(void **state)
{
    struct lkcam_addr hosts[64];
    struct lkcam_addr wanted = address("::1", 0);
    int n = lkcam_udp_host_addresses(hosts, 64, true);
    for (int i = 0; i < n; i++) {
        hosts[i].port = 0;
        if (lkcam_addr_equal(&hosts[i], &wanted)) {
            there_and_back("::1");
            return;
        }
    }
    skip(); // a machine without IPv6
}

// What lay in the socket for a while arrived then, not when it is read.
static void the_kernel_says_when_it_arrived(void **state)
{
    struct lkcam_udp a, b;
    struct received r = {0};
    lkcam_us now;

    assert_int_equal(lkcam_udp_open(&a), 0);
    assert_int_equal(lkcam_udp_open(&b), 0);
    struct lkcam_datagram d = {(const uint8_t *)"x", 1, address("127.0.0.1", b.port)};
    lkcam_us before, after;
    // The kernel begins to stamp a moment after it was asked to, a longer one on a busy machine.
    for (int tries = 0; tries < 20; tries++) {
        before = lkcam_clock_now();
        assert_int_equal(lkcam_udp_send(&a, &d), 0);
        after = lkcam_clock_now();
        assert_int_equal(poll(NULL, 0, 50), 0);
        recv_one(&b, &r, &now);
        if (r.arrival <= after + LKCAM_MS(20))
            break;
    }
    assert_true(r.arrival >= before - LKCAM_MS(1));
    assert_true(r.arrival <= after + LKCAM_MS(20));
    assert_true(r.arrival < now - LKCAM_MS(20));
    // A `now` of before the arrival is not overtaken.
    assert_int_equal(lkcam_udp_send(&a, &d), 0);
    assert_int_equal(lkcam_udp_recv(&b, before, on_datagram, &r), 1);
    assert_true(r.arrival == before);
    lkcam_udp_close(&a);
    lkcam_udp_close(&b);
}

// A stamp of another time of day than ours: nothing is dated before the last look into the socket,
// nor after this one.
static void the_wall_clock_is_set_while_it_lies_there(void **state)
{
    static const lkcam_us steps[] = {LKCAM_SECONDS(3600), -LKCAM_SECONDS(3600), LKCAM_MS(300),
                                     -LKCAM_MS(300), LKCAM_SECONDS(1790000000)};
    struct lkcam_udp a, b;
    struct received r = {0};
    lkcam_us now, looked;

    assert_int_equal(lkcam_udp_open(&a), 0);
    assert_int_equal(lkcam_udp_open(&b), 0);
    struct lkcam_datagram d = {(const uint8_t *)"x", 1, address("127.0.0.1", b.port)};
    assert_int_equal(lkcam_udp_send(&a, &d), 0);
    recv_one(&b, &r, &looked);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        set_by = 0;
        assert_int_equal(lkcam_udp_send(&a, &d), 0);
        set_by = steps[i];
        assert_int_equal(recv_one(&b, &r, &now), 1);
        assert_true(r.arrival >= looked && r.arrival <= now);
        looked = now;
    }
    set_by = 0;
    lkcam_udp_close(&a);
    lkcam_udp_close(&b);
}

static void at_most_64_at_a_time(void **state)
{
    struct lkcam_udp a, b;
    struct received r = {0};

    assert_int_equal(lkcam_udp_open(&a), 0);
    assert_int_equal(lkcam_udp_open(&b), 0);
    for (uint8_t i = 0; i < 100; i++) {
        struct lkcam_datagram d = {&i, 1, address("127.0.0.1", b.port)};
        assert_int_equal(lkcam_udp_send(&a, &d), 0);
    }
    assert_int_equal(lkcam_udp_recv(&b, lkcam_clock_now(), on_datagram, &r), 64);
    assert_int_equal(r.bytes[0], 63);
    assert_int_equal(lkcam_udp_recv(&b, lkcam_clock_now(), on_datagram, &r), 36);
    assert_int_equal(r.bytes[0], 99);
    assert_int_equal(lkcam_udp_recv(&b, lkcam_clock_now(), on_datagram, &r), 0);
    assert_int_equal(r.count, 100);
    lkcam_udp_close(&a);
    lkcam_udp_close(&b);
}

static void one_too_long_is_passed_over(void **state)
{
    struct lkcam_udp a, b;
    struct received r = {0};
    uint8_t bytes[LKCAM_DATAGRAM_MAX + 1] = {0};
    lkcam_us now;

    assert_int_equal(lkcam_udp_open(&a), 0);
    assert_int_equal(lkcam_udp_open(&b), 0);
    struct lkcam_datagram d = {bytes, sizeof bytes, address("127.0.0.1", b.port)};
    assert_int_equal(lkcam_udp_send(&a, &d), 0);
    assert_int_equal(recv_one(&b, &r, &now), 1);
    assert_int_equal(r.count, 0);
    lkcam_udp_close(&a);
    lkcam_udp_close(&b);
}

static void nobody_there_breaks_nothing(void **state)
{
    struct lkcam_udp a, gone;
    struct received r = {0};

    assert_int_equal(lkcam_udp_open(&a), 0);
    assert_int_equal(lkcam_udp_open(&gone), 0);
    struct lkcam_datagram d = {(const uint8_t *)"x", 1, address("127.0.0.1", gone.port)};
    lkcam_udp_close(&gone);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(lkcam_udp_send(&a, &d), 0);
        assert_int_equal(lkcam_udp_recv(&a, lkcam_clock_now(), on_datagram, &r), 0);
    }
    lkcam_udp_close(&a);
}

static int option(const struct lkcam_udp *u, int level, int name)
{
    int value = -1;
    socklen_t len = sizeof value;
    assert_int_equal(getsockopt(u->fd, level, name, &value, &len), 0);
    return value;
}

static void the_socket_has_its_class_and_room(void **state)
{
    struct lkcam_udp u;

    assert_int_equal(lkcam_udp_open(&u), 0);
    assert_int_equal(option(&u, IPPROTO_IP, IP_TOS), 0x88);
    if (u.v6)
        assert_int_equal(option(&u, IPPROTO_IPV6, IPV6_TCLASS), 0x88);
    assert_int_equal(option(&u, SOL_SOCKET, SO_PRIORITY), 6);
    assert_true(option(&u, SOL_SOCKET, SO_SNDBUF) >= 256 * 1024);
    lkcam_udp_close(&u);
    assert_int_equal(u.fd, -1);
    lkcam_udp_close(&u);
}

static int count_loopback(const struct lkcam_addr *a, int n)
{
    int loopback = 0;
    for (int i = 0; i < n; i++)
        loopback += lkcam_addr_is_loopback(&a[i]);
    return loopback;
}

static void loopback_only_where_asked(void **state)
{
    struct lkcam_addr hosts[64];
    int with = lkcam_udp_host_addresses(hosts, 64, true);
    int loopback = count_loopback(hosts, with);
    bool found = false;

    for (int i = 0; i < with; i++) {
        char text[LKCAM_ADDR_TEXT];
        lkcam_addr_ip_text(&hosts[i], text);
        found |= strcmp(text, "127.0.0.1") == 0;
        assert_true(strncmp(text, "fe80:", 5) != 0 && strncmp(text, "169.254.", 8) != 0);
    }
    assert_true(found);
    int without = lkcam_udp_host_addresses(hosts, 64, false);
    assert_int_equal(count_loopback(hosts, without), 0);
    assert_int_equal(without, with - loopback);
    assert_int_equal(lkcam_udp_host_addresses(hosts, 1, true), 1);
    assert_int_equal(lkcam_udp_host_addresses(hosts, 0, true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4_goes_there_and_back),
        cmocka_unit_test(ipv6_goes_there_and_back),
        cmocka_unit_test(the_kernel_says_when_it_arrived),
        cmocka_unit_test(the_wall_clock_is_set_while_it_lies_there),
        cmocka_unit_test(at_most_64_at_a_time),
        cmocka_unit_test(one_too_long_is_passed_over),
        cmocka_unit_test(nobody_there_breaks_nothing),
        cmocka_unit_test(the_socket_has_its_class_and_room),
        cmocka_unit_test(loopback_only_where_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
