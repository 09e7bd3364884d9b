// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The two session descriptions of a publisher: the offer that it writes and the answer that it
// reads (RFC 8866, RFC 9429). Not a general SDP library.
#ifndef LKCAM_WIRE_SDP_H
#define LKCAM_WIRE_SDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "wire/rtp.h"

#define LKCAM_SDP_TRACKS 16     // Ours: more cameras than any machine we know carries
#define LKCAM_SDP_CANDIDATES 16 // Ours: of one description
#define LKCAM_SDP_MAX 65536     // Ours: an answer above this is refused

enum lkcam_sdp_setup { LKCAM_SETUP_ACTPASS, LKCAM_SETUP_ACTIVE, LKCAM_SETUP_PASSIVE };

enum lkcam_candidate_type {
    LKCAM_CANDIDATE_HOST,
    LKCAM_CANDIDATE_SRFLX,
    LKCAM_CANDIDATE_PRFLX,
    LKCAM_CANDIDATE_RELAY
};

/** RFC 8839 s5.1. */
struct lkcam_candidate {
    struct lkcam_addr addr;
    uint32_t priority;
    enum lkcam_candidate_type type;
    bool tcp_passive; // RFC 6544 s4.5: of a TCP address; else it is active
};

struct lkcam_sdp_track {
    const char *mid, *stream, *cid; // cid = the msid's track id = AddTrackRequest.cid
    uint32_t ssrc, rtx_ssrc;
    uint8_t payload_type, rtx_payload_type; // rtx_ssrc 0: no RTX offered
};

struct lkcam_sdp_offer {
    uint64_t session_id;
    uint64_t session_version; // RFC 8866 s5.2: one more with each changed offer
    const char *ufrag, *pwd, *cname;
    uint8_t fingerprint[32]; // SHA-256
    enum lkcam_sdp_setup setup;
    struct lkcam_rtp_ext_ids ext;
    const struct lkcam_sdp_track *tracks;
    int track_count;
    const struct lkcam_candidate *candidates;
    int candidate_count;
};

/** The offer of server.md's form. @return its length without terminator, or -ENOSPC. */
int lkcam_sdp_write_offer(char *out, size_t cap, const struct lkcam_sdp_offer *o);

struct lkcam_sdp_section {
    char mid[17];
    bool rejected;        // port 0
    uint8_t payload_type; // the first one: the server drops packets of any other
    bool h264, rtx, nack, twcc;
    uint8_t rtx_payload_type;
    struct lkcam_rtp_ext_ids ext;
};

struct lkcam_sdp_answer {
    char ufrag[257], pwd[257]; // RFC 8839 s5.4: up to 256 characters
    bool has_fingerprint;
    uint8_t fingerprint[32]; // SHA-256
    enum lkcam_sdp_setup setup;
    bool ice_lite;
    struct lkcam_sdp_section sections[LKCAM_SDP_TRACKS];
    int section_count;
    struct lkcam_candidate candidates[LKCAM_SDP_CANDIDATES];
    int candidate_count;
    bool candidates_end; // RFC 8838 s8.2: there are no more
};

/** Unknown lines are passed over; CRLF or LF. @return 0, or -EBADMSG (no credentials, no section,
 * too long). */
int lkcam_sdp_read_answer(const char *text, size_t len, struct lkcam_sdp_answer *out);

/** One candidate line, with or without "a=" and with "candidate:" (trickled or in a description).
 * @return 0, -EBADMSG, or -ENOTSUP for what we cannot use (a host name, component 2, TCP active).
 */
int lkcam_sdp_read_candidate(const char *line, size_t len, struct lkcam_candidate *out);

#endif
