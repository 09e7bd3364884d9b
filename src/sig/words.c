// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/words.h"

// Every JWT begins with {" in base64; what stands before it need not be a mark that we cut at.
static bool is_token(struct lkcam_text word)
{
    const char *begin = word.len > 20 ? memmem(word.p, word.len, "eyJ", 3) : NULL;
    return begin && (size_t)(word.p + word.len - begin) > 20;
}

static bool is_printable(char c)
{
    return c > ' ' && c < 0x7f;
}

// Cut at spaces and at the marks that stand beside a token in a header line, a URL or JSON.
static struct lkcam_text next_part(struct lkcam_text *from)
{
    struct lkcam_text part = {from->p, 0};
    while (part.len < from->len && is_printable(from->p[part.len]) &&
           !strchr("\"'=:,;&?()", from->p[part.len]))
        part.len++;
    if (part.len == 0 && from->len)
        part.len = 1;
    from->p += part.len;
    from->len -= part.len;
    return part;
}

void lkcam_words_clean(struct lkcam_text from, char out[LKCAM_WORDS_MAX])
{
    size_t n = 0;
    while (from.len && n < LKCAM_WORDS_MAX - 1) {
        struct lkcam_text part = next_part(&from);
        if (is_token(part))
            part = (struct lkcam_text){"(token)", 7};
        for (size_t i = 0; i < part.len && n < LKCAM_WORDS_MAX - 1; i++) {
            if (is_printable(part.p[i]))
                out[n++] = part.p[i];
            else if (n && out[n - 1] != ' ')
                out[n++] = ' ';
        }
    }
    while (n && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

static bool contains(struct lkcam_text text, const char *words)
{
    return text.len && memmem(text.p, text.len, words, strlen(words)) != NULL;
}

// livekit-server's own words, for a room that it does not create on joining.
static bool is_room_missing(int status, struct lkcam_text body)
{
    return status == 404 && contains(body, "requested room does not exist");
}

bool lkcam_words_is_unknown_path(int status, struct lkcam_text body)
{
    return status == 404 && !is_room_missing(status, body);
}

void lkcam_words_refused(struct lkcam_end *end, int status, struct lkcam_text body)
{
    char said[LKCAM_WORDS_MAX];
    lkcam_words_clean(body, said);
    const char *colon = said[0] ? ": " : "";

    if (status == 401 || status == 403)
        lkcam_end_set(end, LKCAM_REASON_TOKEN, "the server refused the token (HTTP %d)%s%s", status,
                      colon, said);
    else if (is_room_missing(status, body))
        lkcam_end_set(end, LKCAM_REASON_SERVER_REFUSED,
                      "requested room does not exist, and this server does not create rooms on "
                      "joining (HTTP 404)");
    else if (status == 404)
        lkcam_end_set(end, LKCAM_REASON_SERVER_REFUSED,
                      "no LiveKit signalling here: wrong URL? (HTTP 404 for /rtc/v1 and /rtc)");
    else
        lkcam_end_set(end, LKCAM_REASON_SERVER_REFUSED,
                      "the server refused the connection (HTTP %d)%s%s", status, colon, said);
}

enum { DUPLICATE_IDENTITY = 2 };

// DisconnectReason by number.
static const char *const leave_reasons[] = {
    [0] = "for a reason it does not name",
    [1] = "because we left",
    [DUPLICATE_IDENTITY] = "because another participant joined with our identity",
    [3] = "because the server is shutting down",
    [4] = "because somebody removed us from the room",
    [5] = "because the room was deleted",
    [6] = "because its state and ours do not match",
    [7] = "because the join failed",
    [8] = "to move us to another server",
    [9] = "because its signalling connection closed",
    [10] = "because the room was closed",
    [11] = "because the user is unavailable",
    [12] = "because the user rejected the call",
    [13] = "because a SIP trunk failed",
    [14] = "because the media connection timed out",
    [15] = "because media failed",
    [16] = "because of an agent's error",
};

static const char *const leave_actions[] = {"DISCONNECT", "RESUME", "RECONNECT"};

void lkcam_words_leave(struct lkcam_end *end, int32_t reason, int32_t action)
{
    const int reasons = sizeof leave_reasons / sizeof *leave_reasons;
    const char *why = leave_reasons[reason >= 0 && reason < reasons ? reason : 0];
    const char *what = action >= 0 && action < 3 ? leave_actions[action] : "unknown";
    const char *advice =
        reason == DUPLICATE_IDENTITY ? "; give each publisher its own --identity" : "";
    lkcam_end_set(end, LKCAM_REASON_LEFT,
                  "the server ended the session %s (reason %d, action %s)%s", why, (int)reason,
                  what, advice);
}

// RequestResponse.Reason by number, as far as an add_track can meet them.
static const char *const request_reasons[] = {
    [1] = "the track to extend does not exist",
    [2] = "the token does not allow publishing a camera (claims video.canPublish, "
          "video.canPublishSources)",
    [3] = "too many tracks are waiting to be published",
    [5] = "the kind of track is not supported",
};

void lkcam_words_track_refused(struct lkcam_end *end, int32_t reason, struct lkcam_text message)
{
    const int reasons = sizeof request_reasons / sizeof *request_reasons;
    const char *why = reason >= 0 && reason < reasons ? request_reasons[reason] : NULL;
    char said[LKCAM_WORDS_MAX];
    lkcam_words_clean(message, said);
    lkcam_end_set(end, reason == 2 ? LKCAM_REASON_TOKEN : LKCAM_REASON_SERVER_REFUSED,
                  "the server did not take the track: %s (reason %d)%s%s",
                  why ? why : "its reason is unknown", (int)reason, said[0] ? ": " : "", said);
}
