// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/upgrade.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"

void lkcam_upgrade_key_make(struct lkcam_upgrade_key *k, const uint8_t nonce[16])
{
    // RFC 6455 s1.3: the fixed text that shows that the other side speaks this protocol.
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char text[24 + sizeof guid];
    uint8_t digest[20];

    lkcam_base64_write(LKCAM_BASE64, nonce, 16, k->key, sizeof k->key);
    int len = snprintf(text, sizeof text, "%s%s", k->key, guid);
    lkcam_sha1(text, (size_t)len, digest);
    lkcam_base64_write(LKCAM_BASE64, digest, sizeof digest, k->accept, sizeof k->accept);
}

static bool is_one_line(const char *s)
{
    return !strpbrk(s, "\r\n");
}

int lkcam_upgrade_request(char **out, const char *host, const char *target, const char *token,
                          const char *key)
{
    if (!is_one_line(host) || !is_one_line(target) || !is_one_line(token))
        return -EINVAL;
    int len = asprintf(out,
                       "GET %s HTTP/1.1\r\n"
                       "Host: %s\r\n"
                       "Upgrade: websocket\r\n"
                       "Connection: Upgrade\r\n"
                       "Sec-WebSocket-Key: %s\r\n"
                       "Sec-WebSocket-Version: 13\r\n"
                       "Authorization: Bearer %s\r\n"
                       "User-Agent: lkcam\r\n"
                       "\r\n",
                       target, host, key, token);
    return len < 0 ? -ENOMEM : len;
}

struct line {
    const char *p;
    size_t len;
};

// Lines end in CRLF. @return false when there is no whole one.
static bool next_line(const char **at, const char *end, struct line *out)
{
    const char *nl = memchr(*at, '\n', (size_t)(end - *at));
    if (!nl)
        return false;
    out->p = *at;
    out->len = (size_t)(nl - *at);
    if (out->len && out->p[out->len - 1] == '\r')
        out->len--;
    *at = nl + 1;
    return true;
}

// @return the value of a header line with this name, without blanks around it; NULL for another.
static const char *value_of(const struct line *l, const char *name, size_t *len)
{
    size_t n = strlen(name);
    if (l->len <= n || l->p[n] != ':' || strncasecmp(l->p, name, n) != 0)
        return NULL;
    const char *v = l->p + n + 1, *end = l->p + l->len;
    while (v < end && (*v == ' ' || *v == '\t'))
        v++;
    while (end > v && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *len = (size_t)(end - v);
    return v;
}

// RFC 9112 s4: "HTTP/1.1 404 Not Found". @return 100-599, or -1.
static int read_status(const struct line *l)
{
    if (l->len < 12 || strncmp(l->p, "HTTP/1.", 7) != 0 || l->p[8] != ' ')
        return -1;
    int status = 0;
    for (int i = 9; i < 12; i++) {
        if (l->p[i] < '0' || l->p[i] > '9')
            return -1;
        status = status * 10 + l->p[i] - '0';
    }
    return status >= 100 && status <= 599 ? status : -1;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20; // lower case
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Digits; anything too long counts as endless.
static size_t read_length(const char *v, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len && v[i] >= '0' && v[i] <= '9'; i++)
        n = n > LKCAM_UPGRADE_HEAD_MAX ? n : n * 10 + (size_t)(v[i] - '0');
    return n;
}

struct head {
    int status;
    bool upgrade, connection, accepted; // RFC 6455 s4.1, items 2, 3 and 4 of the client's checks
    bool unasked;                       // items 5 and 6: an extension or a subprotocol
    bool chunked;
    size_t content_length;
};

static bool is(const char *v, size_t len, const char *word)
{
    return len == strlen(word) && strncasecmp(v, word, len) == 0;
}

static bool is_separator(char c)
{
    return c == ' ' || c == '\t' || c == ',';
}

static bool has_word(const char *v, size_t len, const char *word)
{
    const char *end = v + len;
    while (v < end) {
        size_t n = 0;
        while (v < end && is_separator(*v))
            v++;
        while (v + n < end && !is_separator(v[n]))
            n++;
        if (is(v, n, word))
            return true;
        v += n;
    }
    return false;
}

static void read_header(struct head *h, const struct line *l, const char *accept)
{
    size_t len;
    const char *v = value_of(l, "Sec-WebSocket-Accept", &len);
    if (v)
        h->accepted = len == strlen(accept) && memcmp(v, accept, len) == 0;
    v = value_of(l, "Upgrade", &len);
    if (v)
        h->upgrade = is(v, len, "websocket");
    v = value_of(l, "Connection", &len);
    if (v)
        h->connection = has_word(v, len, "Upgrade");
    if (value_of(l, "Sec-WebSocket-Extensions", &len) ||
        value_of(l, "Sec-WebSocket-Protocol", &len))
        h->unasked = true;
    v = value_of(l, "Content-Length", &len);
    if (v)
        h->content_length = read_length(v, len);
    v = value_of(l, "Transfer-Encoding", &len);
    if (v)
        h->chunked = has_word(v, len, "chunked");
}

// One head, interim or final. @return where it ends, NULL while it is not complete.
static const char *read_head(struct head *h, const char *bytes, size_t len, const char *accept)
{
    const char *at = bytes, *end = bytes + len;
    struct line l;
    if (!next_line(&at, end, &l))
        return NULL;
    h->status = read_status(&l);
    while (next_line(&at, end, &l)) {
        if (!l.len)
            return at;
        read_header(h, &l, accept);
    }
    return NULL;
}

// RFC 9112 s7.1: a hexadecimal length, a line end, the data. The first chunk says why; the others
// are not waited for.
// @return where its data begins, NULL while its length is not there.
static const char *read_chunk(const char *body, const char *end, size_t *length)
{
    const char *at = body;
    struct line l;
    if (!next_line(&at, end, &l))
        return NULL;
    *length = 0;
    for (size_t i = 0; i < l.len && *length < LKCAM_UPGRADE_BODY_MAX; i++) {
        int digit = hex_digit(l.p[i]);
        if (digit < 0)
            break;
        *length = *length * 16 + (size_t)digit;
    }
    return at;
}

enum lkcam_upgrade_state lkcam_upgrade_read(const char *bytes, size_t len, bool ended,
                                            const char *accept, struct lkcam_upgrade *out)
{
    const char *body = bytes;
    struct head h;

    do { // RFC 9110 s15.2: a client passes over any number of interim answers
        h = (struct head){.content_length = LKCAM_UPGRADE_BODY_MAX};
        body = read_head(&h, body, len - (size_t)(body - bytes), accept);
    } while (body && h.status / 100 == 1 && h.status != 101);
    if (h.status < 0)
        return LKCAM_UPGRADE_BROKEN;
    if (!body)
        return ended || len >= LKCAM_UPGRADE_HEAD_MAX ? LKCAM_UPGRADE_BROKEN : LKCAM_UPGRADE_MORE;
    size_t used = (size_t)(body - bytes);
    const char *data = body;
    if (h.chunked) { // RFC 9112 s6.3: overrides Content-Length
        h.content_length = LKCAM_UPGRADE_BODY_MAX;
        data = read_chunk(body, bytes + len, &h.content_length);
    }
    size_t have = data ? len - (size_t)(data - bytes) : 0;
    size_t want =
        h.content_length < LKCAM_UPGRADE_BODY_MAX ? h.content_length : LKCAM_UPGRADE_BODY_MAX;
    *out = (struct lkcam_upgrade){h.status, data ? data : body, have < want ? have : want, used};
    if (h.status == 101)
        return h.upgrade && h.connection && h.accepted && !h.unasked ? LKCAM_UPGRADE_DONE
                                                                     : LKCAM_UPGRADE_BROKEN;
    return ended || have >= want ? LKCAM_UPGRADE_REFUSED : LKCAM_UPGRADE_MORE;
}
