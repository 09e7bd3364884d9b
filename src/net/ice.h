// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The controlling side of ICE (RFC 8445) for one component over one UDP socket: checks, nomination,
// consent (RFC 7675). Owns no socket and knows nothing of DTLS.
//
//   NEW --remote credentials + candidate--> CHECKING --a check succeeds--> CONNECTED --consent
//   lost--> FAILED
#ifndef LKCAM_NET_ICE_H
#define LKCAM_NET_ICE_H

#include <stdbool.h>

#include "base/datagram.h"
#include "base/rand.h"
#include "base/time.h"
#include "wire/sdp.h"
#include "wire/stun.h"

#define LKCAM_ICE_PAIRS 16 // Ours: remote addresses tried; later ones are refused
#define LKCAM_ICE_UFRAG 8  // RFC 8839 s5.4: at least 4
#define LKCAM_ICE_PWD 24   // RFC 8839 s5.4: at least 22

enum lkcam_ice_state { LKCAM_ICE_NEW, LKCAM_ICE_CHECKING, LKCAM_ICE_CONNECTED, LKCAM_ICE_FAILED };

struct lkcam_ice_pair {
    /* private */
    struct lkcam_addr remote;
    bool used, succeeded;
    uint8_t tid[LKCAM_STUN_TID];
    int tries;           // of the check under way; 0: no answer is awaited
    lkcam_us sent, next; // its first sending; when it or the next one is due, LKCAM_NEVER: not
};

struct lkcam_ice {
    char ufrag[LKCAM_ICE_UFRAG + 1], pwd[LKCAM_ICE_PWD + 1]; // ours
    enum lkcam_ice_state state;
    lkcam_us rtt_us; // of the last answered check on the selected pair; 0: none yet
    /* private */
    const struct lkcam_rand *rand;
    char remote_ufrag[257], remote_pwd[257];
    uint64_t tie_breaker;
    struct lkcam_ice_pair pairs[LKCAM_ICE_PAIRS];
    int selected; // index, -1: none
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

/** The answer's credentials. @return 0, -EINVAL empty or too long, -EALREADY set before. */
int lkcam_ice_set_remote(struct lkcam_ice *ice, const char *ufrag, const char *pwd, lkcam_us now);

/** A remote candidate; the first check (with USE-CANDIDATE) is due at once, when credentials are
 * known.
 * @return 0, -EEXIST known already, -ENOSPC too many, -ENOTSUP TCP. */
int lkcam_ice_add_remote(struct lkcam_ice *ice, const struct lkcam_candidate *c, lkcam_us now);

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

#endif
