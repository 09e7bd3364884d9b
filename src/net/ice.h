// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The controlling side of ICE (RFC 8445, RFC 6544) for one component: checks, nomination, consent
// (RFC 7675), over one UDP socket and, where that leads nowhere, over TCP connections that its
// owner makes when asked. Owns no socket and knows nothing of DTLS.
//
//   NEW --remote credentials + candidate--> CHECKING --a check succeeds--> CONNECTED --consent
//   lost, or the connection broken--> FAILED; also where none of them happens in time
#ifndef LKCAM_NET_ICE_H
#define LKCAM_NET_ICE_H

#include <stdbool.h>

#include "base/datagram.h"
#include "base/rand.h"
#include "base/time.h"
#include "wire/sdp.h"
#include "wire/stun.h"

#define LKCAM_ICE_PAIRS 16  // Ours: remote addresses tried; later ones are refused
#define LKCAM_ICE_STREAMS 4 // Ours: of them by TCP
#define LKCAM_ICE_UFRAG 8   // RFC 8839 s5.4: at least 4
#define LKCAM_ICE_PWD 24    // RFC 8839 s5.4: at least 22

enum lkcam_ice_state { LKCAM_ICE_NEW, LKCAM_ICE_CHECKING, LKCAM_ICE_CONNECTED, LKCAM_ICE_FAILED };

enum lkcam_ice_way {
    LKCAM_ICE_WAY_OPEN, // datagrams can go there: always so by UDP
    // By TCP:
    LKCAM_ICE_WAY_HELD,       // not begun: UDP comes first
    LKCAM_ICE_WAY_WANTED,     // the owner is to connect
    LKCAM_ICE_WAY_CONNECTING, // it does so
    LKCAM_ICE_WAY_SHUT,       // refused, broken, or needed no more
};

enum lkcam_ice_why { LKCAM_ICE_UNANSWERED, LKCAM_ICE_EXPIRED, LKCAM_ICE_BROKEN };

struct lkcam_ice_pair {
    /* private */
    struct lkcam_addr remote;
    bool used, succeeded;
    enum lkcam_ice_way way;
    int error; // of a way that is shut: -errno; 0: none, or the peer closed it
    uint8_t tid[LKCAM_STUN_TID];
    int tries;           // of the check under way; 0: no answer is awaited
    lkcam_us sent, next; // its first sending; when it or the next one is due, LKCAM_NEVER: not
};

struct lkcam_ice {
    char ufrag[LKCAM_ICE_UFRAG + 1], pwd[LKCAM_ICE_PWD + 1]; // ours
    enum lkcam_ice_state state;
    lkcam_us rtt_us;        // of the last answered check on the selected pair; 0: none yet
    lkcam_us path_rtt_us;   // what the owner knows of the way to the server; 0: nothing
    enum lkcam_ice_why why; // it has FAILED
    /* private */
    const struct lkcam_rand *rand;
    char remote_ufrag[257], remote_pwd[257];
    uint64_t tie_breaker;
    struct lkcam_ice_pair pairs[LKCAM_ICE_PAIRS];
    int selected;   // index, -1: none
    bool all_known; // no more candidates will come
    int broken;     // index of the selected pair, when its connection was why
    lkcam_us started, consent_until;
    uint8_t out[LKCAM_STUN_MAX];
    // Answers waiting to be pulled: the request's tid and where it came from.
    struct {
        bool used;
        uint16_t error;
        uint8_t tid[LKCAM_STUN_TID];
        struct lkcam_addr to;
    } answers[4];
};

/** `rand` is borrowed for the life of the machine. */
void lkcam_ice_init(struct lkcam_ice *ice, const struct lkcam_rand *rand);

/** The answer's credentials; time runs from here. @return 0, -EINVAL empty or too long, -EALREADY
 * set before. */
int lkcam_ice_set_remote(struct lkcam_ice *ice, const char *ufrag, const char *pwd, lkcam_us now);

/** A remote candidate; the first check (with USE-CANDIDATE) is due at once, when credentials are
 * known.
 * By TCP it waits until UDP has had its time, and then for a connection.
 * @return 0, -EEXIST known already, -ENOSPC too many, -ENOTSUP an active TCP candidate. */
int lkcam_ice_add_remote(struct lkcam_ice *ice, const struct lkcam_candidate *c, lkcam_us now);

/** No more candidates will come (RFC 8838 s8.2): without one of UDP, TCP need not wait. */
void lkcam_ice_end_of_candidates(struct lkcam_ice *ice);

/** Connect there by TCP, and tell what has come of it. Ask after each tick. @return 1 = here is
 * one, 0 = no more. */
int lkcam_ice_connect(struct lkcam_ice *ice, struct lkcam_addr *to);
void lkcam_ice_connected(struct lkcam_ice *ice, const struct lkcam_addr *to, lkcam_us now);
/** It could not be made, or broke: -errno, 0: the peer closed it. The selected one: FAILED. */
void lkcam_ice_broken(struct lkcam_ice *ice, const struct lkcam_addr *to, int error);
/** Whether a connection is still of use; else the owner closes it without a word. */
bool lkcam_ice_needs(const struct lkcam_ice *ice, const struct lkcam_addr *to);

/** A STUN datagram. @return 0, or what was wrong with it: -EBADMSG, -ENOTSUP (an attribute that
 * must be understood), -EACCES (integrity, username), -ENOENT (answers nothing of ours, or we have
 * FAILED). */
int lkcam_ice_input(struct lkcam_ice *ice, const uint8_t *bytes, size_t len,
                    const struct lkcam_addr *from, lkcam_us now);

lkcam_us lkcam_ice_deadline(const struct lkcam_ice *ice);
void lkcam_ice_tick(struct lkcam_ice *ice, lkcam_us now);

/** @return 1 = here is one, 0 = no more. */
int lkcam_ice_output(struct lkcam_ice *ice, struct lkcam_datagram *out, lkcam_us now);

/** Whether the address belongs to a pair: nobody else has anything to say to us. */
bool lkcam_ice_knows(const struct lkcam_ice *ice, const struct lkcam_addr *from);

/** The selected remote address: where everything else goes. @return false while there is none, and
 * after FAILED. */
bool lkcam_ice_route(const struct lkcam_ice *ice, struct lkcam_addr *to);

/** Why it has FAILED, for a person: one line. */
void lkcam_ice_explain(const struct lkcam_ice *ice, char *out, size_t cap);

#endif
