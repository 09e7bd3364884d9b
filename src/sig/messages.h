// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// LiveKit's signalling messages as bytes: those that a publisher writes and those that it reads.
// Knows no order of messages and no time; everything read is borrowed from the message.
#ifndef LKCAM_SIG_MESSAGES_H
#define LKCAM_SIG_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sig/session.h"
#include "wire/text.h"

#define LKCAM_SIGNAL_PROTOCOL 17      // the protocol number that we announce
#define LKCAM_MESSAGE_WRITTEN_MAX 128 // any of the messages written below that say so

enum lkcam_message_type {
    LKCAM_MESSAGE_OTHER, // of no meaning to a publisher, or newer than we are
    LKCAM_MESSAGE_JOIN,
    LKCAM_MESSAGE_ANSWER,
    LKCAM_MESSAGE_TRICKLE,
    LKCAM_MESSAGE_TRACK_PUBLISHED,
    LKCAM_MESSAGE_LEAVE,
    LKCAM_MESSAGE_MUTE,
    LKCAM_MESSAGE_QUALITY, // subscribed_quality_update
    LKCAM_MESSAGE_REFRESH_TOKEN,
    LKCAM_MESSAGE_PONG_RESP,
    LKCAM_MESSAGE_REQUEST_RESPONSE,
};

#define LKCAM_LEAVE_RECONNECT 2 // of LeaveRequest.Action

// RequestResponse.Reason
enum lkcam_request_reason {
    LKCAM_REQUEST_OK,
    LKCAM_REQUEST_NOT_FOUND,
    LKCAM_REQUEST_NOT_ALLOWED,
    LKCAM_REQUEST_LIMIT_EXCEEDED,
    LKCAM_REQUEST_QUEUED,
};

/** Texts are of length 0 where the server left them out. */
struct lkcam_message {
    enum lkcam_message_type type;
    union {
        struct {
            struct lkcam_text server_version;
            int32_t ping_timeout_s, ping_interval_s;
        } join;
        struct {
            struct lkcam_text type, sdp;
            uint32_t id;
        } answer;
        struct {
            struct lkcam_text candidate_init; // JSON
            bool final;                       // no more will come
        } trickle;
        struct {
            struct lkcam_text cid, sid, mime_type; // mime_type of the first codec
            struct lkcam_text
                track_info; // the TrackInfo as it came, to be given back when resuming
        } published;
        struct {
            int32_t reason, action; // enums DisconnectReason, LeaveRequest.Action
        } leave;
        struct {
            struct lkcam_text sid;
            bool muted;
        } mute;
        struct {
            struct lkcam_text sid;
            bool h264_named; // the message says something about H.264
            bool wanted;     // some quality of it is enabled
        } quality;
        struct lkcam_text token;
        int64_t last_ping_ms;
        struct {
            int32_t reason;                 // enum lkcam_request_reason and newer ones
            struct lkcam_text message, cid; // cid: the request echoed was an add_track
        } response;
    };
};

/** Read one SignalResponse. @return 0 (also for what we do not know), or -EBADMSG. */
int lkcam_message_read(struct lkcam_message *out, const uint8_t *message, size_t len);

/** The WrappedJoinRequest of `cfg`; `whole`: with its tracks and its offer. Here and in the next
 * two nothing is written with `out` NULL. @return its length, or -ENOSPC. */
int lkcam_message_write_join(uint8_t *out, size_t cap, const struct lkcam_session_config *cfg,
                             bool whole);
/** SignalRequest{add_track}. @return its length, or -ENOSPC. */
int lkcam_message_write_add_track(uint8_t *out, size_t cap, const struct lkcam_session_track *t);
/** SignalRequest{offer} with LKCAM_SESSION_OFFER_ID. @return its length, or -ENOSPC. */
int lkcam_message_write_offer(uint8_t *out, size_t cap, const char *sdp);

// One SignalRequest each. @return its length; LKCAM_MESSAGE_WRITTEN_MAX is always enough, else
// -ENOSPC.
int lkcam_message_write_ping(uint8_t *out, size_t cap, int64_t now_ms);
int lkcam_message_write_ping_req(uint8_t *out, size_t cap, int64_t now_ms, int64_t rtt_ms);
int lkcam_message_write_mute(uint8_t *out, size_t cap, const char *sid, bool muted);
/** CLIENT_INITIATED, DISCONNECT. */
int lkcam_message_write_leave(uint8_t *out, size_t cap);

#endif
