// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Reads the server's answer: one BUNDLE transport and what was accepted of each section.
#include "wire/sdp.h"

#include <errno.h>

#include "wire/text.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// RFC 8122 s5. Of several the first SHA-256 counts; other digests are passed over.
static int read_fingerprint(struct lkcam_text v, struct lkcam_sdp_answer *out)
{
    if (out->has_fingerprint || !lkcam_text_is(lkcam_text_word(&v), "sha-256"))
        return 0;
    for (size_t i = 0; i < sizeof out->fingerprint; i++) {
        struct lkcam_text pair = lkcam_text_until(&v, ':');
        int high = pair.len == 2 ? hex_digit(pair.p[0]) : -1,
            low = pair.len == 2 ? hex_digit(pair.p[1]) : -1;
        if (high < 0 || low < 0)
            return -EBADMSG;
        out->fingerprint[i] = (uint8_t)(high << 4 | low);
    }
    out->has_fingerprint = v.len == 0;
    return v.len == 0 ? 0 : -EBADMSG;
}

static int read_setup(struct lkcam_text v, struct lkcam_sdp_answer *out)
{
    if (lkcam_text_is(v, "active"))
        out->setup = LKCAM_SETUP_ACTIVE;
    else if (lkcam_text_is(v, "passive"))
        out->setup = LKCAM_SETUP_PASSIVE;
    return 0;
}

// All sections tell the same credentials: the first are taken.
static int read_credential(struct lkcam_text v, char *out, size_t cap)
{
    if (out[0])
        return 0;
    return lkcam_text_copy(v, out, cap) ? 0 : -EBADMSG;
}

static void read_attribute_candidate(struct lkcam_text line, struct lkcam_sdp_answer *out)
{
    if (out->candidate_count == LKCAM_SDP_CANDIDATES)
        return;
    struct lkcam_candidate *c = &out->candidates[out->candidate_count];
    if (lkcam_sdp_read_candidate(line.p, line.len, c) == 0)
        out->candidate_count++;
}

// m=<media> <port> <proto> <fmt> ... (RFC 8866 s5.14)
static int open_section(struct lkcam_text v, struct lkcam_sdp_answer *out)
{
    uint32_t port, payload_type = 0;

    if (out->section_count == LKCAM_SDP_TRACKS)
        return -EBADMSG;
    lkcam_text_word(&v);
    if (!lkcam_text_uint(lkcam_text_word(&v), UINT16_MAX, &port))
        return -EBADMSG;
    lkcam_text_word(&v);
    lkcam_text_uint(lkcam_text_word(&v), 127, &payload_type); // a data channel's word is no number
    out->sections[out->section_count++] = (struct lkcam_sdp_section){
        .rejected = port == 0,
        .payload_type = (uint8_t)payload_type,
    };
    return 0;
}

static void read_extmap(struct lkcam_text v, struct lkcam_rtp_ext_ids *ext)
{
    struct lkcam_text id_word = lkcam_text_word(&v), uri = lkcam_text_word(&v);
    struct lkcam_text number = lkcam_text_until(&id_word, '/'); // "/sendonly" may follow
    uint32_t id;

    // RFC 8285 s4.2: only these ids have a one-byte form.
    if (!lkcam_text_uint(number, 14, &id) || id == 0)
        return;
    if (lkcam_text_is(uri, LKCAM_RTP_EXT_MID))
        ext->mid = (uint8_t)id;
    else if (lkcam_text_is(uri, LKCAM_RTP_EXT_TWCC))
        ext->twcc = (uint8_t)id;
    else if (lkcam_text_is(uri, LKCAM_RTP_EXT_ABS_CAPTURE_TIME))
        ext->abs_capture_time = (uint8_t)id;
}

static bool take_payload_type(struct lkcam_text *v, uint32_t *payload_type)
{
    return lkcam_text_uint(lkcam_text_word(v), 127, payload_type);
}

static void read_rtpmap(struct lkcam_text v, struct lkcam_sdp_section *s)
{
    uint32_t pt;
    if (take_payload_type(&v, &pt) && pt == s->payload_type)
        s->h264 = lkcam_text_is(lkcam_text_until(&v, '/'), "H264");
}

static void read_rtcp_fb(struct lkcam_text v, struct lkcam_sdp_section *s)
{
    struct lkcam_text whose = v;
    uint32_t pt;
    bool ours = lkcam_text_is(lkcam_text_word(&whose), "*") ||
                (take_payload_type(&v, &pt) && pt == s->payload_type);

    if (!ours)
        return;
    s->nack |= lkcam_text_is(whose, "nack");
    s->twcc |= lkcam_text_is(whose, "transport-cc");
}

// RFC 4588 s8.6: "apt" belongs to RTX alone and names the payload type that it repeats.
static void read_fmtp(struct lkcam_text v, struct lkcam_sdp_section *s)
{
    uint32_t pt, apt;
    if (!take_payload_type(&v, &pt) || !lkcam_text_skip(&v, "apt=") ||
        !lkcam_text_uint(lkcam_text_until(&v, ';'), 127, &apt) || apt != s->payload_type)
        return;
    s->rtx = true;
    s->rtx_payload_type = (uint8_t)pt;
}

static int read_section_attribute(struct lkcam_text line, struct lkcam_sdp_section *s)
{
    if (lkcam_text_skip(&line, "a=mid:"))
        return lkcam_text_copy(line, s->mid, sizeof s->mid) ? 0 : -EBADMSG;
    if (lkcam_text_skip(&line, "a=extmap:"))
        read_extmap(line, &s->ext);
    else if (lkcam_text_skip(&line, "a=rtpmap:"))
        read_rtpmap(line, s);
    else if (lkcam_text_skip(&line, "a=rtcp-fb:"))
        read_rtcp_fb(line, s);
    else if (lkcam_text_skip(&line, "a=fmtp:"))
        read_fmtp(line, s);
    return 0;
}

static int read_line(struct lkcam_text line, struct lkcam_sdp_answer *out)
{
    if (lkcam_text_skip(&line, "m="))
        return open_section(line, out);
    if (lkcam_text_skip(&line, "a=ice-ufrag:"))
        return read_credential(line, out->ufrag, sizeof out->ufrag);
    if (lkcam_text_skip(&line, "a=ice-pwd:"))
        return read_credential(line, out->pwd, sizeof out->pwd);
    if (lkcam_text_skip(&line, "a=fingerprint:"))
        return read_fingerprint(line, out);
    if (lkcam_text_skip(&line, "a=setup:"))
        return read_setup(line, out);
    if (lkcam_text_is(line, "a=ice-lite"))
        out->ice_lite = true;
    if (lkcam_text_is(line, "a=end-of-candidates"))
        out->candidates_end = true;
    if (line.len > 12 && memcmp(line.p, "a=candidate:", 12) == 0)
        read_attribute_candidate(line, out);
    if (out->section_count)
        return read_section_attribute(line, &out->sections[out->section_count - 1]);
    return 0;
}

int lkcam_sdp_read_answer(const char *text, size_t len, struct lkcam_sdp_answer *out)
{
    struct lkcam_text rest = {text, len};

    *out = (struct lkcam_sdp_answer){0};
    if (len > LKCAM_SDP_MAX)
        return -EBADMSG;
    while (rest.len) {
        int err = read_line(lkcam_text_line(&rest), out);
        if (err < 0)
            return err;
    }
    return out->ufrag[0] && out->pwd[0] && out->section_count ? 0 : -EBADMSG;
}
