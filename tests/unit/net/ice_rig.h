// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One machine and a scripted peer: it reads each check as the wire has it and answers what the test
// says, when it says.
#ifndef TESTS_UNIT_NET_ICE_RIG_H
#define TESTS_UNIT_NET_ICE_RIG_H

#include <stdio.h>

#include "../seeded.h"
#include "net/ice.h"

#define UFRAG "peer"
#define PWD "peerpeerpeerpeerpeerpeer"
#define T0 LKCAM_SECONDS(1000) // any time but 0

struct sent {
    struct lkcam_stun m;
    struct lkcam_addr to;
    lkcam_us at;
    uint8_t bytes[LKCAM_STUN_MAX];
    size_t len;
};

struct rig {
    uint64_t seed;
    struct lkcam_rand rand;
    struct lkcam_ice ice;
    struct sent sent[64];
    int count;
};

#define BY_TCP 1000 // address(BY_TCP + n) is address(n) by TCP

static struct lkcam_addr address(int n)
{
    struct lkcam_addr a;
    assert_int_equal(lkcam_addr_parse(&a, "192.0.2.1", (uint16_t)(5000 + n % BY_TCP)), 0);
    a.tcp = n >= BY_TCP;
    return a;
}

static struct lkcam_candidate candidate(int n)
{
    return (struct lkcam_candidate){.addr = address(n), .priority = 1, .tcp_passive = n >= BY_TCP};
}

static void start(struct rig *r, uint64_t seed)
{
    *r = (struct rig){.seed = seed};
    r->rand = seeded(&r->seed);
    lkcam_ice_init(&r->ice, &r->rand);
}

// Everything that is due, in order; `sent` is emptied before.
static void pull(struct rig *r, lkcam_us now)
{
    struct lkcam_datagram d;
    r->count = 0;
    lkcam_ice_tick(&r->ice, now);
    while (lkcam_ice_output(&r->ice, &d, now)) {
        assert_in_range(r->count, 0, 63);
        struct sent *s = &r->sent[r->count++];
        *s = (struct sent){.to = d.to, .at = now, .len = d.len};
        memcpy(s->bytes, d.bytes, d.len);
        assert_int_equal(lkcam_stun_read(s->bytes, s->len, &s->m), 0);
        assert_true(s->m.has_fingerprint);
    }
}

// Goes from deadline to deadline; `sent` has what left on the way.
static void run(struct rig *r, lkcam_us until)
{
    struct sent all[64];
    int n = 0;
    for (lkcam_us next; (next = lkcam_ice_deadline(&r->ice)) <= until;) {
        pull(r, next);
        for (int i = 0; i < r->count; i++, n++) {
            assert_in_range(n, 0, 63);
            all[n] = r->sent[i];
            all[n].m.username = NULL;
        }
    }
    memcpy(r->sent, all, sizeof all);
    r->count = n;
}

static int input(struct rig *r, const struct lkcam_stun *m, const char *pwd, int from, lkcam_us now)
{
    uint8_t bytes[LKCAM_STUN_MAX];
    struct lkcam_addr a = address(from);
    int len = lkcam_stun_write(bytes, sizeof bytes, m, pwd);
    assert_true(len > 0);
    return lkcam_ice_input(&r->ice, bytes, (size_t)len, &a, now);
}

static int answer(struct rig *r, const struct sent *check, uint16_t error, int from, lkcam_us now)
{
    struct lkcam_stun m = {.type = error ? LKCAM_STUN_BINDING_ERROR : LKCAM_STUN_BINDING_SUCCESS,
                           .error_code = error,
                           .has_mapped = !error,
                           .mapped = address(99)};
    memcpy(m.tid, check->m.tid, sizeof m.tid);
    return input(r, &m, PWD, from, now);
}

static int request_as(struct rig *r, const char *theirs, const char *pwd, enum lkcam_stun_role role,
                      int from, lkcam_us now)
{
    char username[64];
    snprintf(username, sizeof username, "%s%s", r->ice.ufrag, theirs);
    struct lkcam_stun m = {.type = LKCAM_STUN_BINDING_REQUEST,
                           .tid = "theirrequest",
                           .username = username,
                           .username_len = strlen(username),
                           .priority = 1,
                           .role = role,
                           .tie_breaker = UINT64_MAX};
    return input(r, &m, pwd, from, now);
}

static int request(struct rig *r, int from, lkcam_us now)
{
    return request_as(r, ":" UFRAG, r->ice.pwd, LKCAM_STUN_CONTROLLED, from, now);
}

static inline void start_checking(struct rig *r, int candidates)
{
    start(r, 1);
    assert_int_equal(lkcam_ice_set_remote(&r->ice, UFRAG, PWD, T0), 0);
    for (int i = 0; i < candidates; i++) {
        struct lkcam_candidate c = candidate(i);
        assert_int_equal(lkcam_ice_add_remote(&r->ice, &c, T0), 0);
    }
    pull(r, T0);
    assert_int_equal(r->count, candidates);
}

static inline void start_connected(struct rig *r)
{
    start_checking(r, 1);
    assert_int_equal(answer(r, &r->sent[0], 0, 0, T0 + 300), 0);
    assert_int_equal(r->ice.state, LKCAM_ICE_CONNECTED);
}

#endif
