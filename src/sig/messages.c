// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The one home of nanopb. Strings are never copied into fixed fields: one that is longer than
// expected would fail the whole message. They are taken as borrowed stretches of it instead.
#include "sig/messages.h"

#include <assert.h>
#include <errno.h>
#include <pb_decode.h>
#include <pb_encode.h>

#include "livekit.pb.h"

// ---- reading ----

// nanopb's own memory stream does not say where it stands; ours does.
struct place {
    const char *p;
};

static bool read_on(pb_istream_t *stream, pb_byte_t *out, size_t count)
{
    struct place *at = stream->state;
    if (out)
        memcpy(out, at->p, count);
    at->p += count;
    return true;
}

static pb_istream_t stream_over(struct place *at, struct lkcam_text bytes)
{
    at->p = bytes.p;
    return (pb_istream_t){.callback = read_on, .state = at, .bytes_left = bytes.len};
}

// A field that came as a number where we expect bytes is handed over in a stream of nanopb's own,
// whose bytes do not outlive the call.
static bool take_rest(pb_istream_t *stream, struct lkcam_text *out)
{
    if (stream->callback != read_on)
        return false;
    const struct place *at = stream->state;
    *out = (struct lkcam_text){at->p, stream->bytes_left};
    return pb_read(stream, NULL, stream->bytes_left);
}

static bool take_text(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
    (void)field;
    return take_rest(stream, *arg);
}

static pb_callback_t into(struct lkcam_text *out)
{
    return (pb_callback_t){.funcs.decode = take_text, .arg = out};
}

static int decode(struct lkcam_text bytes, const pb_msgdesc_t *fields, void *out)
{
    struct place at;
    pb_istream_t stream = stream_over(&at, bytes);
    return pb_decode(&stream, fields, out) ? 0 : -EBADMSG;
}

static int read_join(struct lkcam_message *out, struct lkcam_text body)
{
    struct lkcam_text old_field = {0}, version = {0};
    lkcam_pb_JoinResponse m = {.server_version = into(&old_field),
                               .server_info.version = into(&version)};
    if (decode(body, lkcam_pb_JoinResponse_fields, &m) < 0)
        return -EBADMSG;
    out->join.server_version = version.len ? version : old_field;
    out->join.ping_timeout_s = m.ping_timeout;
    out->join.ping_interval_s = m.ping_interval;
    return 0;
}

static int read_answer(struct lkcam_message *out, struct lkcam_text body)
{
    lkcam_pb_SessionAnswer m = {.type = into(&out->answer.type), .sdp = into(&out->answer.sdp)};
    int err = decode(body, lkcam_pb_SessionAnswer_fields, &m);
    out->answer.id = m.id;
    return err;
}

static int read_trickle(struct lkcam_message *out, struct lkcam_text body)
{
    lkcam_pb_TrickleRequest m = {.candidateInit = into(&out->trickle.candidate_init)};
    int err = decode(body, lkcam_pb_TrickleRequest_fields, &m);
    out->trickle.final = m.final;
    return err;
}

// Only the first codec counts: we name one, and another in its place is what the room takes.
static bool take_first_codec(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
    (void)field;
    struct lkcam_text *first = *arg, mime = {0};
    lkcam_pb_SimulcastCodecInfo m = {.mime_type = into(&mime)};
    if (!pb_decode(stream, lkcam_pb_SimulcastCodecInfo_fields, &m))
        return false;
    if (first->len == 0)
        *first = mime;
    return true;
}

static int read_published(struct lkcam_message *out, struct lkcam_text body)
{
    struct lkcam_text of_track = {0}, of_codec = {0};
    lkcam_pb_TrackPublishedResponse m = {.cid = into(&out->published.cid),
                                         .track = into(&out->published.track_info)};
    lkcam_pb_TrackInfo track = {
        .sid = into(&out->published.sid),
        .mime_type = into(&of_track),
        .codecs = {.funcs.decode = take_first_codec, .arg = &of_codec},
    };
    if (decode(body, lkcam_pb_TrackPublishedResponse_fields, &m) < 0 ||
        decode(out->published.track_info, lkcam_pb_TrackInfo_fields, &track) < 0)
        return -EBADMSG;
    out->published.mime_type = of_codec.len ? of_codec : of_track;
    return 0;
}

static int read_leave(struct lkcam_message *out, struct lkcam_text body)
{
    lkcam_pb_LeaveRequest m = lkcam_pb_LeaveRequest_init_zero;
    int err = decode(body, lkcam_pb_LeaveRequest_fields, &m);
    out->leave.reason = m.reason;
    // Protocols up to 12 have can_reconnect alone.
    out->leave.action = m.action == 0 && m.can_reconnect ? LKCAM_LEAVE_RECONNECT : m.action;
    return err;
}

static int read_mute(struct lkcam_message *out, struct lkcam_text body)
{
    lkcam_pb_MuteNotice m = {.sid = into(&out->mute.sid)};
    int err = decode(body, lkcam_pb_MuteNotice_fields, &m);
    out->mute.muted = m.muted;
    return err;
}

static bool take_quality(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
    (void)field;
    bool *wanted = *arg;
    lkcam_pb_SubscribedQuality m = lkcam_pb_SubscribedQuality_init_zero;
    if (!pb_decode(stream, lkcam_pb_SubscribedQuality_fields, &m))
        return false;
    *wanted = *wanted || (m.enabled && m.quality != lkcam_pb_VideoQuality_OFF);
    return true;
}

struct subscribed {
    bool any_codec, h264, h264_wanted;
};

static bool take_codec(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
    (void)field;
    struct subscribed *s = *arg;
    struct lkcam_text codec = {0};
    bool wanted = false;
    lkcam_pb_SubscribedCodec m = {.codec = into(&codec),
                                  .qualities = {.funcs.decode = take_quality, .arg = &wanted}};
    if (!pb_decode(stream, lkcam_pb_SubscribedCodec_fields, &m))
        return false;
    s->any_codec = true;
    if (lkcam_text_is(codec, "h264") || lkcam_text_is(codec, "video/h264")) {
        s->h264 = true;
        s->h264_wanted = s->h264_wanted || wanted;
    }
    return true;
}

// The list without codec names speaks of the first codec; it counts where no codec is named.
static int read_quality(struct lkcam_message *out, struct lkcam_text body)
{
    struct subscribed by_codec = {0};
    bool first_wanted = false;
    lkcam_pb_SubscribedQualityUpdate m = {
        .track_sid = into(&out->quality.sid),
        .subscribed_qualities = {.funcs.decode = take_quality, .arg = &first_wanted},
        .subscribed_codecs = {.funcs.decode = take_codec, .arg = &by_codec},
    };
    int err = decode(body, lkcam_pb_SubscribedQualityUpdate_fields, &m);
    out->quality.h264_named = by_codec.h264 || !by_codec.any_codec;
    out->quality.wanted = by_codec.h264 ? by_codec.h264_wanted : first_wanted;
    return err;
}

static int read_token(struct lkcam_message *out, struct lkcam_text body)
{
    out->token = body;
    return 0;
}

static int read_pong_resp(struct lkcam_message *out, struct lkcam_text body)
{
    lkcam_pb_Pong m = lkcam_pb_Pong_init_zero;
    int err = decode(body, lkcam_pb_Pong_fields, &m);
    out->last_ping_ms = m.last_ping_timestamp;
    return err;
}

static int read_response(struct lkcam_message *out, struct lkcam_text body)
{
    lkcam_pb_RequestResponse m = {.message = into(&out->response.message),
                                  .add_track.cid = into(&out->response.cid)};
    int err = decode(body, lkcam_pb_RequestResponse_fields, &m);
    out->response.reason = m.reason;
    return err;
}

static const struct {
    uint32_t number;
    enum lkcam_message_type type;
    int (*read)(struct lkcam_message *out, struct lkcam_text body);
} kinds[] = {
    {lkcam_pb_SignalResponse_join_tag, LKCAM_MESSAGE_JOIN, read_join},
    {lkcam_pb_SignalResponse_answer_tag, LKCAM_MESSAGE_ANSWER, read_answer},
    {lkcam_pb_SignalResponse_trickle_tag, LKCAM_MESSAGE_TRICKLE, read_trickle},
    {lkcam_pb_SignalResponse_track_published_tag, LKCAM_MESSAGE_TRACK_PUBLISHED, read_published},
    {lkcam_pb_SignalResponse_leave_tag, LKCAM_MESSAGE_LEAVE, read_leave},
    {lkcam_pb_SignalResponse_mute_tag, LKCAM_MESSAGE_MUTE, read_mute},
    {lkcam_pb_SignalResponse_subscribed_quality_update_tag, LKCAM_MESSAGE_QUALITY, read_quality},
    {lkcam_pb_SignalResponse_refresh_token_tag, LKCAM_MESSAGE_REFRESH_TOKEN, read_token},
    {lkcam_pb_SignalResponse_pong_resp_tag, LKCAM_MESSAGE_PONG_RESP, read_pong_resp},
    {lkcam_pb_SignalResponse_request_response_tag, LKCAM_MESSAGE_REQUEST_RESPONSE, read_response},
};

// A SignalResponse is one field, its oneof; of several the last counts, as protobuf has it.
static int find_body(struct lkcam_text message, uint32_t *number, struct lkcam_text *body)
{
    struct place at;
    pb_istream_t stream = stream_over(&at, message);
    pb_wire_type_t wire;
    uint32_t tag;
    bool end;

    *number = 0;
    while (pb_decode_tag(&stream, &wire, &tag, &end)) {
        pb_istream_t inside;
        if (wire != PB_WT_STRING) {
            if (!pb_skip_field(&stream, wire))
                return -EBADMSG;
            continue;
        }
        if (!pb_make_string_substream(&stream, &inside))
            return -EBADMSG;
        *number = tag;
        if (!take_rest(&inside, body) || !pb_close_string_substream(&stream, &inside))
            return -EBADMSG;
    }
    return end ? 0 : -EBADMSG;
}

int lkcam_message_read(struct lkcam_message *out, const uint8_t *message, size_t len)
{
    struct lkcam_text body = {0};
    uint32_t number;

    *out = (struct lkcam_message){.type = LKCAM_MESSAGE_OTHER};
    if (find_body((struct lkcam_text){(const char *)message, len}, &number, &body) < 0)
        return -EBADMSG;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].number == number) {
            out->type = kinds[i].type;
            return kinds[i].read(out, body);
        }
    }
    return 0;
}

// ---- writing ----

static int encode(uint8_t *out, size_t cap, const pb_msgdesc_t *fields, const void *message)
{
    pb_ostream_t sizing = PB_OSTREAM_SIZING;
    pb_ostream_t stream = out ? pb_ostream_from_buffer(out, cap) : sizing;
    return pb_encode(&stream, fields, message) ? (int)stream.bytes_written : -ENOSPC;
}

// nanopb's pointers are for reading too and so have no const; an encoder only reads.
static char *unconst(const char *text)
{
    return (char *)(uintptr_t)text;
}

struct track_parts {
    lkcam_pb_VideoLayer layer;
    lkcam_pb_SimulcastCodec codec;
};

static lkcam_pb_AddTrackRequest add_track(struct track_parts *parts,
                                          const struct lkcam_session_track *t)
{
    parts->layer = (lkcam_pb_VideoLayer){
        .quality = lkcam_pb_VideoQuality_HIGH, // a single layer is the HIGH one
        .width = (uint32_t)t->width_px,
        .height = (uint32_t)t->height_px,
        .bitrate = (uint32_t)t->bitrate_bps,
    };
    parts->codec = (lkcam_pb_SimulcastCodec){
        .codec = unconst("h264"),
        .cid = unconst(t->cid),
        .layers_count = 1,
        .layers = &parts->layer,
        .video_layer_mode = lkcam_pb_VideoLayer_Mode_ONE_SPATIAL_LAYER_PER_STREAM,
    };
    return (lkcam_pb_AddTrackRequest){
        .cid = unconst(t->cid),
        .name = unconst(t->name),
        .type = lkcam_pb_TrackType_VIDEO,
        .width = (uint32_t)t->width_px,
        .height = (uint32_t)t->height_px,
        .source = lkcam_pb_TrackSource_CAMERA,
        .layers_count = 1,
        .layers = &parts->layer,
        .simulcast_codecs_count = 1,
        .simulcast_codecs = &parts->codec,
    };
}

static lkcam_pb_SessionDescription offer_of(const char *sdp)
{
    return (lkcam_pb_SessionDescription){
        .type = unconst("offer"), .sdp = unconst(sdp), .id = LKCAM_SESSION_OFFER_ID};
}

int lkcam_message_write_join(uint8_t *out, size_t cap, const struct lkcam_session_config *cfg,
                             bool whole)
{
    struct track_parts parts[LKCAM_SDP_TRACKS];
    lkcam_pb_AddTrackRequest tracks[LKCAM_SDP_TRACKS];

    assert(cfg->track_count >= 0 && cfg->track_count <= LKCAM_SDP_TRACKS);
    for (int i = 0; i < cfg->track_count; i++)
        tracks[i] = add_track(&parts[i], &cfg->tracks[i]);
    lkcam_pb_WrappedJoinRequest m = {
        .has_join_request = true,
        .join_request =
            {
                .has_client_info = true,
                .client_info = {.sdk = lkcam_pb_ClientInfo_SDK_CPP,
                                .version = unconst(cfg->version),
                                .protocol = LKCAM_SIGNAL_PROTOCOL,
                                .os = unconst("linux")},
                .has_connection_settings = true,
                .connection_settings = {.has_auto_subscribe = true, .auto_subscribe = false},
                .add_track_requests_count = whole ? (pb_size_t)cfg->track_count : 0,
                .add_track_requests = tracks,
                .has_publisher_offer = whole,
                .publisher_offer = offer_of(cfg->offer),
            },
    };
    return encode(out, cap, lkcam_pb_WrappedJoinRequest_fields, &m);
}

int lkcam_message_write_add_track(uint8_t *out, size_t cap, const struct lkcam_session_track *t)
{
    struct track_parts parts;
    lkcam_pb_SignalRequest m = {.which_message = lkcam_pb_SignalRequest_add_track_tag,
                                .message.add_track = add_track(&parts, t)};
    return encode(out, cap, lkcam_pb_SignalRequest_fields, &m);
}

int lkcam_message_write_offer(uint8_t *out, size_t cap, const char *sdp)
{
    lkcam_pb_SignalRequest m = {.which_message = lkcam_pb_SignalRequest_offer_tag,
                                .message.offer = offer_of(sdp)};
    return encode(out, cap, lkcam_pb_SignalRequest_fields, &m);
}

int lkcam_message_write_ping(uint8_t *out, size_t cap, int64_t now_ms)
{
    lkcam_pb_SignalRequest m = {.which_message = lkcam_pb_SignalRequest_ping_tag,
                                .message.ping = now_ms};
    return encode(out, cap, lkcam_pb_SignalRequest_fields, &m);
}

int lkcam_message_write_ping_req(uint8_t *out, size_t cap, int64_t now_ms, int64_t rtt_ms)
{
    lkcam_pb_SignalRequest m = {.which_message = lkcam_pb_SignalRequest_ping_req_tag,
                                .message.ping_req = {.timestamp = now_ms, .rtt = rtt_ms}};
    return encode(out, cap, lkcam_pb_SignalRequest_fields, &m);
}

int lkcam_message_write_mute(uint8_t *out, size_t cap, const char *sid, bool muted)
{
    lkcam_pb_SignalRequest m = {.which_message = lkcam_pb_SignalRequest_mute_tag,
                                .message.mute = {.sid = unconst(sid), .muted = muted}};
    return encode(out, cap, lkcam_pb_SignalRequest_fields, &m);
}

int lkcam_message_write_leave(uint8_t *out, size_t cap)
{
    lkcam_pb_SignalRequest m = {
        .which_message = lkcam_pb_SignalRequest_leave_tag,
        .message.leave = {.reason = 1, .action = 0}, // CLIENT_INITIATED, DISCONNECT
    };
    return encode(out, cap, lkcam_pb_SignalRequest_fields, &m);
}
