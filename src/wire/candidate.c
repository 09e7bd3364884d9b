// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Reads one candidate line (RFC 8839 s5.1, RFC 6544 s4.5). ICE finds out whether it
// can be reached.
#include "wire/sdp.h"

#include <errno.h>

#include "wire/text.h"

// In the order of enum lkcam_candidate_type.
static const char *const type_names[] = {"host", "srflx", "prflx", "relay"};

static int read_type(struct lkcam_text word, struct lkcam_candidate *out)
{
    for (unsigned i = 0; i < sizeof type_names / sizeof *type_names; i++) {
        if (lkcam_text_is(word, type_names[i])) {
            out->type = (enum lkcam_candidate_type)i;
            return 0;
        }
    }
    return -ENOTSUP;
}

static int read_transport(struct lkcam_text word, struct lkcam_candidate *out)
{
    out->addr.tcp = lkcam_text_is(word, "tcp");
    return out->addr.tcp || lkcam_text_is(word, "udp") ? 0 : -ENOTSUP;
}

// A name would have to be resolved; a browser's .local name never concerns us.
static int read_address(struct lkcam_text ip, uint16_t port, struct lkcam_candidate *out)
{
    char text[LKCAM_ADDR_TEXT];
    if (!lkcam_text_copy(ip, text, sizeof text) || lkcam_addr_parse(&out->addr, text, port) < 0)
        return -ENOTSUP;
    return 0;
}

// Pairs of name and value behind the type. Only a passive TCP candidate can be dialled.
static int read_extensions(struct lkcam_text rest, struct lkcam_candidate *out)
{
    while (rest.len) {
        struct lkcam_text name = lkcam_text_word(&rest), value = lkcam_text_word(&rest);
        if (out->addr.tcp && lkcam_text_is(name, "tcptype"))
            out->tcp_passive = lkcam_text_is(value, "passive");
    }
    return out->addr.tcp && !out->tcp_passive ? -ENOTSUP : 0;
}

int lkcam_sdp_read_candidate(const char *line, size_t len, struct lkcam_candidate *out)
{
    struct lkcam_text all = {line, len}, rest = lkcam_text_line(&all);
    uint32_t component, port;
    int err;

    *out = (struct lkcam_candidate){0};
    lkcam_text_skip(&rest, "a=");
    if (!lkcam_text_skip(&rest, "candidate:") || lkcam_text_word(&rest).len == 0 ||
        !lkcam_text_uint(lkcam_text_word(&rest), 256, &component))
        return -EBADMSG;
    struct lkcam_text transport = lkcam_text_word(&rest);
    if (!lkcam_text_uint(lkcam_text_word(&rest), UINT32_MAX, &out->priority))
        return -EBADMSG;
    struct lkcam_text ip = lkcam_text_word(&rest);
    if (!lkcam_text_uint(lkcam_text_word(&rest), UINT16_MAX, &port) || port == 0 ||
        !lkcam_text_is(lkcam_text_word(&rest), "typ"))
        return -EBADMSG;
    if ((err = read_type(lkcam_text_word(&rest), out)) < 0 ||
        (err = read_address(ip, (uint16_t)port, out)) < 0 ||
        (err = read_transport(transport, out)) < 0)
        return err;
    return component == 1 ? read_extensions(rest, out) : -ENOTSUP;
}
