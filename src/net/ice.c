// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Checks, answers to checks, and consent, as one machine. Knows no socket, no clock, and not what
// travels on the pair that it selects (docs/design/ice.md).
#include "net/ice.h"

#include <errno.h>
#include <string.h>

// Ours: loopback and LAN answer in well under this; RFC 8489 s6.2.1 would wait 500 ms for a first
// repeat.
#define FIRST_RTO_US LKCAM_MS(50)
#define LAST_RTO_US LKCAM_MS(1600)

// Ours: the last one leaves after 4.75 s; then only a request of the peer on this very pair revives
// it.
#define CHECK_TRIES 8

// Ours: a TCP connection loses nothing; what may be missing is the server's own readiness.
#define STREAM_RTO_US LKCAM_MS(500)

// Ours: how long UDP has for an answer before TCP is tried beside it (docs/design/ice.md).
#define STREAM_DELAY_US LKCAM_MS(250)
#define STREAM_DELAY_RTTS 3

// Ours: nothing has answered for this long, or there was nobody to ask.
#define CONNECT_TIMEOUT_US LKCAM_SECONDS(15)

// RFC 7675 s5.1: consent expires 30 seconds after the last valid response.
#define CONSENT_TIMEOUT_US LKCAM_SECONDS(30)

// RFC 7675 s5.1: a check each 5 seconds, randomised between 0.8 and 1.2 of that.
#define CONSENT_INTERVAL_US LKCAM_SECONDS(5)

// RFC 8445 s7.1.1: the priority of a peer-reflexive candidate that a check would give: 2^24 x 110 +
// ...
#define CHECK_PRIORITY (110u << 24 | 65535u << 8 | 255u)

// RFC 6544 s4.2: by TCP a lower type preference, and direction preference 6 (active) above the
// rest.
#define STREAM_CHECK_PRIORITY (83u << 24 | (6u << 13 | 8191u) << 8 | 255u)

#define ROLE_CONFLICT 487

void lkcam_ice_init(struct lkcam_ice *ice, const struct lkcam_rand *rand)
{
    memset(ice, 0, sizeof *ice);
    ice->rand = rand;
    ice->selected = -1;
    ice->tie_breaker = lkcam_rand_u64(rand);
    ice->consent_until = LKCAM_NEVER;
    lkcam_rand_text(rand, ice->ufrag, LKCAM_ICE_UFRAG);
    lkcam_rand_text(rand, ice->pwd, LKCAM_ICE_PWD);
}

static bool has_credentials(const struct lkcam_ice *ice)
{
    return ice->remote_ufrag[0] != '\0';
}

// A new check of this pair is due at `when` (LKCAM_NEVER: none); nothing is awaited of the one
// before.
static void schedule(struct lkcam_ice_pair *p, lkcam_us when)
{
    p->tries = 0;
    p->next = when;
}

static void begin(struct lkcam_ice *ice, lkcam_us now)
{
    if (ice->state != LKCAM_ICE_NEW || !has_credentials(ice) || !ice->pairs[0].used)
        return;
    ice->state = LKCAM_ICE_CHECKING;
    ice->started = now;
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++)
        if (ice->pairs[i].way == LKCAM_ICE_WAY_OPEN)
            schedule(&ice->pairs[i], now);
}

int lkcam_ice_set_remote(struct lkcam_ice *ice, const char *ufrag, const char *pwd, lkcam_us now)
{
    if (has_credentials(ice))
        return -EALREADY;
    if (!ufrag[0] || !pwd[0] || strlen(ufrag) >= sizeof ice->remote_ufrag ||
        strlen(pwd) >= sizeof ice->remote_pwd)
        return -EINVAL;
    memcpy(ice->remote_ufrag, ufrag, strlen(ufrag) + 1);
    memcpy(ice->remote_pwd, pwd, strlen(pwd) + 1);
    ice->started = now;
    begin(ice, now);
    return 0;
}

static struct lkcam_ice_pair *find(struct lkcam_ice *ice, const struct lkcam_addr *remote)
{
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++)
        if (lkcam_addr_equal(&ice->pairs[i].remote, remote))
            return &ice->pairs[i];
    return NULL;
}

static int count_pairs(const struct lkcam_ice *ice, bool tcp)
{
    int n = 0;
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++)
        n += ice->pairs[i].remote.tcp == tcp;
    return n;
}

static int add_pair(struct lkcam_ice *ice, const struct lkcam_addr *remote, lkcam_us now)
{
    if (find(ice, remote))
        return -EEXIST;
    if (remote->tcp && count_pairs(ice, true) == LKCAM_ICE_STREAMS)
        return -ENOSPC;
    for (int i = 0; i < LKCAM_ICE_PAIRS; i++) {
        struct lkcam_ice_pair *p = &ice->pairs[i];
        if (p->used)
            continue;
        *p = (struct lkcam_ice_pair){.remote = *remote,
                                     .used = true,
                                     .way = remote->tcp ? LKCAM_ICE_WAY_HELD : LKCAM_ICE_WAY_OPEN,
                                     .next = LKCAM_NEVER};
        if (ice->state == LKCAM_ICE_CHECKING && p->way == LKCAM_ICE_WAY_OPEN)
            schedule(p, now);
        begin(ice, now);
        return 0;
    }
    return -ENOSPC;
}

int lkcam_ice_add_remote(struct lkcam_ice *ice, const struct lkcam_candidate *c, lkcam_us now)
{
    return c->addr.tcp && !c->tcp_passive ? -ENOTSUP : add_pair(ice, &c->addr, now);
}

void lkcam_ice_end_of_candidates(struct lkcam_ice *ice)
{
    ice->all_known = true;
}

// ---- TCP connections ----

static bool is_selected(const struct lkcam_ice *ice, const struct lkcam_ice_pair *p)
{
    return ice->selected >= 0 && p == &ice->pairs[ice->selected];
}

// What still waits to be said there is not said.
static void shut(struct lkcam_ice *ice, struct lkcam_ice_pair *p)
{
    p->way = LKCAM_ICE_WAY_SHUT;
    schedule(p, LKCAM_NEVER);
    for (size_t i = 0; i < sizeof ice->answers / sizeof ice->answers[0]; i++)
        if (lkcam_addr_equal(&ice->answers[i].to, &p->remote))
            ice->answers[i].used = false;
}

static void fail(struct lkcam_ice *ice, enum lkcam_ice_why why)
{
    ice->state = LKCAM_ICE_FAILED;
    ice->why = why;
    ice->selected = -1; // RFC 7675 s5.1: nothing may be sent there any more
}

// When connections are begun, LKCAM_NEVER: no pair waits for it.
static lkcam_us streams_from(const struct lkcam_ice *ice)
{
    bool held = false;
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++)
        held |= ice->pairs[i].way == LKCAM_ICE_WAY_HELD;
    if (!held || ice->state != LKCAM_ICE_CHECKING)
        return LKCAM_NEVER;
    if (ice->all_known && !count_pairs(ice, false))
        return ice->started;
    lkcam_us delay = STREAM_DELAY_RTTS * ice->path_rtt_us;
    return ice->started + (delay > STREAM_DELAY_US ? delay : STREAM_DELAY_US);
}

static void begin_streams(struct lkcam_ice *ice)
{
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++)
        if (ice->pairs[i].way == LKCAM_ICE_WAY_HELD)
            ice->pairs[i].way = LKCAM_ICE_WAY_WANTED;
}

int lkcam_ice_connect(struct lkcam_ice *ice, struct lkcam_addr *to)
{
    for (int i = 0; ice->state == LKCAM_ICE_CHECKING && i < LKCAM_ICE_PAIRS; i++) {
        if (ice->pairs[i].way != LKCAM_ICE_WAY_WANTED)
            continue;
        ice->pairs[i].way = LKCAM_ICE_WAY_CONNECTING;
        *to = ice->pairs[i].remote;
        return 1;
    }
    return 0;
}

void lkcam_ice_connected(struct lkcam_ice *ice, const struct lkcam_addr *to, lkcam_us now)
{
    struct lkcam_ice_pair *p = find(ice, to);
    if (!p || p->way != LKCAM_ICE_WAY_CONNECTING || ice->state != LKCAM_ICE_CHECKING)
        return;
    p->way = LKCAM_ICE_WAY_OPEN;
    schedule(p, now);
}

void lkcam_ice_broken(struct lkcam_ice *ice, const struct lkcam_addr *to, int error)
{
    struct lkcam_ice_pair *p = find(ice, to);
    if (!p || !to->tcp || p->way == LKCAM_ICE_WAY_SHUT)
        return;
    shut(ice, p);
    p->error = error;
    if (!is_selected(ice, p))
        return;
    fail(ice, LKCAM_ICE_BROKEN);
    ice->broken = (int)(p - ice->pairs);
}

bool lkcam_ice_needs(const struct lkcam_ice *ice, const struct lkcam_addr *to)
{
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++)
        if (lkcam_addr_equal(&ice->pairs[i].remote, to))
            return ice->state != LKCAM_ICE_FAILED && ice->pairs[i].way != LKCAM_ICE_WAY_SHUT;
    return false;
}

// ---- The peer's requests ----

static void answer(struct lkcam_ice *ice, const struct lkcam_stun *m, const struct lkcam_addr *to,
                   uint16_t error)
{
    // A full queue drops the request: the peer repeats it.
    for (size_t i = 0; i < sizeof ice->answers / sizeof ice->answers[0]; i++) {
        if (ice->answers[i].used)
            continue;
        ice->answers[i].used = true;
        ice->answers[i].error = error;
        ice->answers[i].to = *to;
        memcpy(ice->answers[i].tid, m->tid, sizeof m->tid);
        return;
    }
}

// RFC 8445 s7.3: "ours:theirs". Theirs may not be known yet, when the request overtakes the answer.
static bool is_for_us(const struct lkcam_ice *ice, const struct lkcam_stun *m)
{
    const size_t n = LKCAM_ICE_UFRAG;
    if (!m->username || m->username_len <= n || memcmp(m->username, ice->ufrag, n) != 0 ||
        m->username[n] != ':')
        return false;
    size_t theirs = m->username_len - n - 1;
    return !has_credentials(ice) || (theirs == strlen(ice->remote_ufrag) &&
                                     memcmp(m->username + n + 1, ice->remote_ufrag, theirs) == 0);
}

// RFC 8445 s7.3.1.4: the peer's request shows that the way is open now, so a check that was lost on
// it need not wait for its turn. One that was sent but once is most likely being answered.
static void trigger(struct lkcam_ice *ice, struct lkcam_ice_pair *p, lkcam_us now)
{
    if (ice->state != LKCAM_ICE_CHECKING || p->tries < 2)
        return;
    if (p->next == LKCAM_NEVER)
        schedule(p, now);
    p->next = lkcam_us_min(p->next, now);
}

static int input_request(struct lkcam_ice *ice, const uint8_t *bytes, size_t len,
                         const struct lkcam_stun *m, const struct lkcam_addr *from, lkcam_us now)
{
    if (!is_for_us(ice, m) || lkcam_stun_verify(bytes, len, m, ice->pwd))
        return -EACCES;
    const struct lkcam_ice_pair *known = find(ice, from);
    if (from->tcp && (!known || known->way != LKCAM_ICE_WAY_OPEN)) // we made the connections
        return -ENOENT;
    // RFC 8445 s7.3.1.1 lets the larger tie-breaker stay controlling. We always stay: we made the
    // offer, and whoever is answered 487 changes its role (s7.2.5.1), so the peer does, whichever
    // tie-breaker is larger.
    if (m->role == LKCAM_STUN_CONTROLLING) {
        answer(ice, m, from, ROLE_CONFLICT);
        return 0;
    }
    answer(ice, m, from, 0);
    // RFC 8445 s7.3.1.3: an address that no candidate told of is a peer-reflexive one. A full table
    // drops it.
    if (add_pair(ice, from, now) == -EEXIST)
        trigger(ice, find(ice, from), now);
    return 0;
}

// ---- Answers to our checks ----

static lkcam_us consent_interval(const struct lkcam_ice *ice)
{
    return CONSENT_INTERVAL_US * (lkcam_us)(800 + lkcam_rand_u32(ice->rand) % 401) / 1000;
}

// The first pair that answers stays; the others have lost. A lite server goes by the last check
// that nominates, whichever pair it came on: where one of the other protocol was on its way, ours
// is the last.
static void select_pair(struct lkcam_ice *ice, struct lkcam_ice_pair *p, lkcam_us now)
{
    bool rival = false;
    ice->selected = (int)(p - ice->pairs);
    ice->state = LKCAM_ICE_CONNECTED;
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++) {
        struct lkcam_ice_pair *other = &ice->pairs[i];
        other->next = LKCAM_NEVER;
        rival |= other->tries && other->remote.tcp != p->remote.tcp;
        if (other != p && other->remote.tcp)
            shut(ice, other);
    }
    p->next = rival ? now : now + consent_interval(ice);
}

static void succeed(struct lkcam_ice *ice, struct lkcam_ice_pair *p, lkcam_us now)
{
    p->succeeded = true;
    if (ice->selected < 0)
        select_pair(ice, p, now);
    if (is_selected(ice, p)) {
        ice->consent_until = now + CONSENT_TIMEOUT_US;
        // Only a check that was not repeated tells which request was answered (Karn).
        if (p->tries == 1)
            ice->rtt_us = now - p->sent > 0 ? now - p->sent : 1;
    }
    p->tries = 0;
}

static void refused(struct lkcam_ice *ice, struct lkcam_ice_pair *p, uint16_t error, lkcam_us now)
{
    bool again =
        error == ROLE_CONFLICT && ice->state == LKCAM_ICE_CHECKING && p->tries < CHECK_TRIES;
    if (error == ROLE_CONFLICT)
        ice->tie_breaker = lkcam_rand_u64(ice->rand);
    if (p->succeeded) // a refused consent check: the next one asks again, and meanwhile consent
                      // runs out
        return;
    if (!again) {
        schedule(p, LKCAM_NEVER);
        return;
    }
    // The count of tries goes on: two who both insist must end.
    ice->rand->fill(ice->rand->ctx, p->tid, sizeof p->tid);
    p->next = now + FIRST_RTO_US;
}

static int input_response(struct lkcam_ice *ice, const uint8_t *bytes, size_t len,
                          const struct lkcam_stun *m, const struct lkcam_addr *from, lkcam_us now)
{
    // RFC 8445 s7.2.5.2.1: it must come from where the request went.
    struct lkcam_ice_pair *p = find(ice, from);
    if (!p || !p->tries || memcmp(p->tid, m->tid, sizeof p->tid) != 0)
        return -ENOENT;
    // RFC 8489 s9.1.4: without integrity it is as if it had never come, an error too.
    if (lkcam_stun_verify(bytes, len, m, ice->remote_pwd))
        return -EACCES;
    if (m->type == LKCAM_STUN_BINDING_SUCCESS)
        succeed(ice, p, now);
    else
        refused(ice, p, m->error_code, now);
    return 0;
}

int lkcam_ice_input(struct lkcam_ice *ice, const uint8_t *bytes, size_t len,
                    const struct lkcam_addr *from, lkcam_us now)
{
    struct lkcam_stun m;
    int err = lkcam_stun_read(bytes, len, &m);
    if (err)
        return err;
    if (ice->state == LKCAM_ICE_FAILED)
        return -ENOENT;
    switch (m.type) {
    case LKCAM_STUN_BINDING_REQUEST:
        return input_request(ice, bytes, len, &m, from, now);
    case LKCAM_STUN_BINDING_SUCCESS:
    case LKCAM_STUN_BINDING_ERROR:
        return input_response(ice, bytes, len, &m, from, now);
    default: // indications keep a NAT open and ask for nothing
        return 0;
    }
}

// ---- Time ----

// When it is over unless something happens, LKCAM_NEVER: nothing is awaited yet.
static lkcam_us give_up_at(const struct lkcam_ice *ice)
{
    if (ice->state == LKCAM_ICE_CONNECTED)
        return ice->consent_until;
    return has_credentials(ice) ? ice->started + CONNECT_TIMEOUT_US : LKCAM_NEVER;
}

static bool answers_wait(const struct lkcam_ice *ice)
{
    for (size_t i = 0; i < sizeof ice->answers / sizeof ice->answers[0]; i++)
        if (ice->answers[i].used)
            return true;
    return false;
}

lkcam_us lkcam_ice_deadline(const struct lkcam_ice *ice)
{
    lkcam_us next = answers_wait(ice) ? 0 : LKCAM_NEVER;
    if (ice->state == LKCAM_ICE_FAILED)
        return LKCAM_NEVER;
    next = lkcam_us_min(next, give_up_at(ice));
    next = lkcam_us_min(next, streams_from(ice));
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++)
        next = lkcam_us_min(next, ice->pairs[i].next);
    return next;
}

void lkcam_ice_tick(struct lkcam_ice *ice, lkcam_us now)
{
    if (ice->state == LKCAM_ICE_FAILED)
        return;
    if (now >= give_up_at(ice))
        fail(ice, ice->state == LKCAM_ICE_CONNECTED ? LKCAM_ICE_EXPIRED : LKCAM_ICE_UNANSWERED);
    else if (now >= streams_from(ice))
        begin_streams(ice);
}

// ---- Output ----

static int write_out(struct lkcam_ice *ice, const struct lkcam_stun *m, const char *password,
                     const struct lkcam_addr *to, struct lkcam_datagram *out)
{
    int len = lkcam_stun_write(ice->out, sizeof ice->out, m, password);
    if (len < 0) // cannot be: a check with the longest credentials fits
        return 0;
    *out = (struct lkcam_datagram){ice->out, (size_t)len, *to};
    return 1;
}

static int output_answer(struct lkcam_ice *ice, size_t i, struct lkcam_datagram *out)
{
    struct lkcam_stun m = {.type = ice->answers[i].error ? LKCAM_STUN_BINDING_ERROR
                                                         : LKCAM_STUN_BINDING_SUCCESS,
                           .error_code = ice->answers[i].error,
                           .has_mapped = !ice->answers[i].error,
                           .mapped = ice->answers[i].to};
    memcpy(m.tid, ice->answers[i].tid, sizeof m.tid);
    ice->answers[i].used = false;
    return write_out(ice, &m, ice->pwd, &ice->answers[i].to, out);
}

// RFC 8489 s6.2.1: a repeat carries the same transaction and the wait doubles.
static void sent_check(struct lkcam_ice_pair *p, lkcam_us now)
{
    lkcam_us rto = (p->remote.tcp ? STREAM_RTO_US : FIRST_RTO_US) << p->tries;
    if (!p->tries)
        p->sent = now;
    p->tries++;
    p->next = p->tries < CHECK_TRIES ? now + lkcam_us_min(rto, LAST_RTO_US) : LKCAM_NEVER;
}

// RFC 7675 s5.1: a consent check is never repeated; the next one is a new transaction in its own
// time.
static void sent_consent_check(struct lkcam_ice *ice, struct lkcam_ice_pair *p, lkcam_us now)
{
    p->sent = now;
    p->tries = 1;
    p->next = now + consent_interval(ice);
}

static int output_check(struct lkcam_ice *ice, struct lkcam_ice_pair *p, struct lkcam_datagram *out,
                        lkcam_us now)
{
    char username[sizeof ice->remote_ufrag + LKCAM_ICE_UFRAG + 2];
    size_t n = strlen(ice->remote_ufrag);

    if (!p->tries || is_selected(ice, p))
        ice->rand->fill(ice->rand->ctx, p->tid, sizeof p->tid);
    memcpy(username, ice->remote_ufrag, n);
    username[n] = ':';
    memcpy(username + n + 1, ice->ufrag, LKCAM_ICE_UFRAG);
    struct lkcam_stun m = {
        .type = LKCAM_STUN_BINDING_REQUEST,
        .username = username,
        .username_len = n + 1 + LKCAM_ICE_UFRAG,
        .priority = p->remote.tcp ? STREAM_CHECK_PRIORITY : CHECK_PRIORITY,
        .role = LKCAM_STUN_CONTROLLING,
        .tie_breaker = ice->tie_breaker,
        .use_candidate =
            true}; // in the very first check: waiting for an answer first costs a round trip
    memcpy(m.tid, p->tid, sizeof m.tid);
    if (is_selected(ice, p))
        sent_consent_check(ice, p, now);
    else
        sent_check(p, now);
    return write_out(ice, &m, ice->remote_pwd, &p->remote, out);
}

int lkcam_ice_output(struct lkcam_ice *ice, struct lkcam_datagram *out, lkcam_us now)
{
    if (ice->state == LKCAM_ICE_FAILED)
        return 0;
    for (size_t i = 0; i < sizeof ice->answers / sizeof ice->answers[0]; i++)
        if (ice->answers[i].used)
            return output_answer(ice, i, out);
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++)
        if (now >= ice->pairs[i].next)
            return output_check(ice, &ice->pairs[i], out, now);
    return 0;
}

bool lkcam_ice_route(const struct lkcam_ice *ice, struct lkcam_addr *to)
{
    if (ice->selected < 0)
        return false;
    *to = ice->pairs[ice->selected].remote;
    return true;
}

bool lkcam_ice_knows(const struct lkcam_ice *ice, const struct lkcam_addr *from)
{
    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++)
        if (lkcam_addr_equal(&ice->pairs[i].remote, from))
            return true;
    return false;
}
