// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/sdp.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"

static int read_line(const char *line, struct lkcam_candidate *out)
{
    return lkcam_sdp_read_candidate(line, strlen(line), out);
}

static void assert_address(const struct lkcam_candidate *c, const char *expected)
{
    char text[LKCAM_ADDR_TEXT];
    lkcam_addr_text(&c->addr, text);
    assert_string_equal(text, expected);
}

// As livekit-server 1.13.5 trickles it.
static void host_of_the_server(void **state)
{
    struct lkcam_candidate c;
    assert_int_equal(
        read_line(
            "candidate:2878742611 1 udp 2130706431 127.0.0.1 27882 typ host ufrag qhEUvlxORsNPEJHl",
            &c),
        0);
    assert_address(&c, "127.0.0.1:27882");
    assert_int_equal(c.priority, 2130706431);
    assert_int_equal(c.type, LKCAM_CANDIDATE_HOST);
    assert_false(c.addr.tcp);
    assert_false(c.tcp_passive);
}

static void passive_tcp(void **state)
{
    struct lkcam_candidate c;
    assert_int_equal(
        read_line("a=candidate:1 1 TCP 1671430143 2001:db8::1 7881 typ host tcptype passive\r\n",
                  &c),
        0);
    assert_address(&c, "[2001:db8::1]:7881");
    assert_true(c.addr.tcp);
    assert_true(c.tcp_passive);
}

static void tcptype_of_udp_means_nothing(void **state)
{
    struct lkcam_candidate c;
    assert_int_equal(read_line("candidate:1 1 udp 1 10.0.0.1 7881 typ host tcptype passive", &c),
                     0);
    assert_false(c.addr.tcp || c.tcp_passive);
}

static void every_type(void **state)
{
    struct lkcam_candidate c;
    assert_int_equal(
        read_line("candidate:1 1 UDP 1 203.0.113.7 50000 typ srflx raddr 10.0.0.1 rport 9", &c), 0);
    assert_int_equal(c.type, LKCAM_CANDIDATE_SRFLX);
    assert_int_equal(read_line("candidate:1 1 UDP 4294967295 203.0.113.7 65535 typ prflx", &c), 0);
    assert_int_equal(c.type, LKCAM_CANDIDATE_PRFLX);
    assert_int_equal(c.priority, 4294967295);
    assert_int_equal(
        read_line("candidate:1 1 UDP 1 203.0.113.7 1 typ relay raddr 0.0.0.0 rport 0 generation 0",
                  &c),
        0);
    assert_int_equal(c.type, LKCAM_CANDIDATE_RELAY);
}

static void unusable(void **state)
{
    static const char *const lines[] = {
        "candidate:1 1 udp 1 d4c6a9d2.local 5000 typ host",
        "candidate:1 1 udp 1 a-name-longer-than-any-address-could-ever-be.example 1 typ host",
        "candidate:1 1 udp 1 fe80::1%eth0 5000 typ host",
        "candidate:1 2 udp 1 10.0.0.1 5000 typ host",
        "candidate:1 1 sctp 1 10.0.0.1 5000 typ host",
        "candidate:1 1 udp 1 10.0.0.1 5000 typ novel",
        "candidate:1 1 tcp 1 10.0.0.1 9 typ host tcptype active",
        "candidate:1 1 tcp 1 10.0.0.1 9 typ host tcptype so",
        "candidate:1 1 tcp 1 10.0.0.1 9 typ host",
    };
    struct lkcam_candidate c;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(read_line(lines[i], &c), -ENOTSUP);
}

static void malformed(void **state)
{
    static const char *const lines[] = {
        "",
        "candidate:",
        "1 1 udp 1 10.0.0.1 5000 typ host",
        "candidate:1 one udp 1 10.0.0.1 5000 typ host",
        "candidate:1 257 udp 1 10.0.0.1 5000 typ host",
        "candidate:1 1 udp 4294967296 10.0.0.1 5000 typ host",
        "candidate:1 1 udp 1 10.0.0.1 65536 typ host",
        "candidate:1 1 udp 1 10.0.0.1 0 typ host",
        "candidate:1 1 udp 1 10.0.0.1 5000 type host",
        "candidate:1 1 udp 1 10.0.0.1 5000",
    };
    struct lkcam_candidate c;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(read_line(lines[i], &c), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_of_the_server),
        cmocka_unit_test(passive_tcp),
        cmocka_unit_test(tcptype_of_udp_means_nothing),
        cmocka_unit_test(every_type),
        cmocka_unit_test(unusable),
        cmocka_unit_test(malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
