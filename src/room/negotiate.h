// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Offer and answer: from a transport to SDP and back.
#ifndef LKCAM_ROOM_NEGOTIATE_H
#define LKCAM_ROOM_NEGOTIATE_H

#include "room/transport.h"

#define LKCAM_NEGOTIATE_OFFER_MAX (2048 + 1280 * LKCAM_SDP_TRACKS) // always enough

/** A section for each sender that is not left out; its cid is its track id in the SDP too. Host
 * candidates: the socket's port on each address.
 * @return the text's length, or -ENOSPC. */
int lkcam_negotiate_offer(const struct lkcam_transport *t, uint64_t session_id,
                          const struct lkcam_addr *hosts, int host_count, char *out, size_t cap);

/**
 * Take the answer: payload types, extensions, credentials, DTLS role and fingerprint; begin ICE.
 * @return 0, or -EPROTO with `t->end` set and the transport failed: nothing can flow under such an
 * answer.
 */
int lkcam_negotiate_answer(struct lkcam_transport *t, const char *sdp, size_t len, lkcam_us now);

#endif
