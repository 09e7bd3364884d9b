// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A conversation: each step is a byte (whence, how much later, and in which guise), a length and a
// datagram. Guises: as it is; signed with the password that it needs; signed, and answering the
// check under way. A length of 600 or more is no datagram but the fate of a connection: made,
// broken, or one more candidate by TCP.
#include "net/ice.h"

#include <string.h>

#include "base/bytes.h"
#include "fuzz.h"

#define PWD "peerpeerpeerpeerpeerpeer"

static void fill(void *ctx, uint8_t *out, size_t len)
{
    uint32_t *x = ctx;
    for (size_t i = 0; i < len; i++) {
        *x = *x * 1664525u + 1013904223u;
        out[i] = (uint8_t)(*x >> 24);
    }
}

// From 24 on by TCP.
static struct lkcam_addr address(unsigned n)
{
    struct lkcam_addr a;
    lkcam_addr_parse(&a, "192.0.2.1", (uint16_t)(5000 + n));
    a.tcp = n >= 24;
    return a;
}

static void pull(struct lkcam_ice *ice, lkcam_us now)
{
    struct lkcam_datagram d;
    struct lkcam_stun m;
    int n = 0;
    struct lkcam_addr to;
    lkcam_ice_tick(ice, now);
    for (int wanted = 0; lkcam_ice_connect(ice, &to); wanted++)
        fuzz_check(to.tcp && lkcam_ice_needs(ice, &to) && wanted < LKCAM_ICE_STREAMS);
    for (; lkcam_ice_output(ice, &d, now); n++)
        fuzz_check(lkcam_stun_read(d.bytes, d.len, &m) == 0 &&
                   (!d.to.tcp || lkcam_ice_needs(ice, &d.to)));
    fuzz_check(n <= LKCAM_ICE_PAIRS + 4);
    fuzz_check(lkcam_ice_deadline(ice) > now);
}

static void input(struct lkcam_ice *ice, unsigned how, const uint8_t *bytes, size_t len,
                  lkcam_us now)
{
    struct lkcam_addr from = address(how % 32), to;
    bool routed = lkcam_ice_route(ice, &to);
    uint8_t copy[LKCAM_STUN_MAX];
    struct lkcam_stun m;

    if (how & 32 && lkcam_stun_read(bytes, len, &m) == 0) {
        for (int i = 0; how & 64 && i < LKCAM_ICE_PAIRS; i++)
            if (lkcam_addr_equal(&ice->pairs[i].remote, &from))
                memcpy(m.tid, ice->pairs[i].tid, sizeof m.tid);
        int n = lkcam_stun_write(copy, sizeof copy, &m,
                                 m.type == LKCAM_STUN_BINDING_REQUEST ? ice->pwd : PWD);
        if (n > 0)
            lkcam_ice_input(ice, copy, (size_t)n, &from, now);
    } else {
        lkcam_ice_input(ice, bytes, len, &from, now);
    }
    struct lkcam_addr again;
    fuzz_check(!routed || (lkcam_ice_route(ice, &again) && lkcam_addr_equal(&to, &again)));
}

static void change(struct lkcam_ice *ice, unsigned how, size_t len, lkcam_us now)
{
    char why[300];
    struct lkcam_candidate c = {.addr = address(24 + how % 8), .tcp_passive = true};
    if (len % 4 == 0)
        lkcam_ice_add_remote(ice, &c, now);
    else if (len % 4 == 1)
        lkcam_ice_connected(ice, &c.addr, now);
    else if (len % 4 == 2)
        lkcam_ice_broken(ice, &c.addr, how & 32 ? -104 : 0);
    else
        lkcam_ice_end_of_candidates(ice);
    if (ice->state != LKCAM_ICE_FAILED)
        return;
    lkcam_ice_explain(ice, why, sizeof why);
    fuzz_check(why[0] && strlen(why) < sizeof why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_reader r = lkcam_reader_over(data, size);
    uint32_t seed = 1;
    const struct lkcam_rand rand = {fill, &seed};
    struct lkcam_candidate c = {.addr = address(0)};
    struct lkcam_ice ice;
    lkcam_us now = LKCAM_SECONDS(1);

    lkcam_ice_init(&ice, &rand);
    memcpy(ice.ufrag, "oursours", LKCAM_ICE_UFRAG);
    lkcam_ice_set_remote(&ice, "peer", PWD, now);
    lkcam_ice_add_remote(&ice, &c, now);
    pull(&ice, now);
    while (!r.bad && lkcam_read_left(&r)) {
        unsigned how = lkcam_read_u8(&r);
        size_t len = lkcam_read_u16(&r) % 640u;
        now += how & 128 ? LKCAM_MS(700) : 100;
        if (len >= 600) {
            change(&ice, how, len, now);
            pull(&ice, now);
            continue;
        }
        len = len < lkcam_read_left(&r) ? len : lkcam_read_left(&r);
        const uint8_t *bytes = lkcam_read_bytes(&r, len);
        if (bytes)
            input(&ice, how, bytes, len, now);
        pull(&ice, now);
    }
    return 0;
}
