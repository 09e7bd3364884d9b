// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// RFC 3986, as far as a server's address needs it.
#include "sig/url.h"

#include <errno.h>
#include <stdio.h>

#include "base/addr.h"
#include "wire/text.h"

static const struct {
    const char *name;
    bool tls;
} schemes[] = {{"ws", false}, {"wss", true}, {"http", false}, {"https", true}};

static uint16_t default_port(bool tls)
{
    return tls ? 443 : 80;
}

static const char *read_scheme(struct lkcam_url *out, struct lkcam_text *rest)
{
    struct lkcam_text after = *rest, scheme = lkcam_text_until(&after, ':');
    if (!lkcam_text_skip(&after, "//"))
        return "must begin with ws://, wss://, http:// or https://";
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (lkcam_text_is(scheme, schemes[i].name)) {
            out->tls = schemes[i].tls;
            *rest = after;
            return NULL;
        }
    }
    return "must begin with ws://, wss://, http:// or https://";
}

// Unlike lkcam_text_until this leaves the mark where it is: whether there is one matters.
static struct lkcam_text cut_before(struct lkcam_text *rest, const char *marks)
{
    struct lkcam_text cut = {rest->p, 0};
    while (cut.len < rest->len && !strchr(marks, rest->p[cut.len]))
        cut.len++;
    rest->p += cut.len;
    rest->len -= cut.len;
    return cut;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

static const char *read_name(struct lkcam_url *out, struct lkcam_text name)
{
    if (name.len == 0)
        return "names no host";
    for (size_t i = 0; i < name.len; i++) {
        if (!is_name_char(name.p[i]))
            return "has a character in its host that no host name has";
    }
    return lkcam_text_copy(name, out->host, sizeof out->host)
               ? NULL
               : "has a host longer than 255 characters";
}

static const char *read_v6(struct lkcam_url *out, struct lkcam_text literal)
{
    struct lkcam_addr addr;
    if (literal.len == 0 || !memchr(literal.p, ':', literal.len) ||
        !lkcam_text_copy(literal, out->host, sizeof out->host) ||
        lkcam_addr_parse(&addr, out->host, 0) < 0)
        return "has no IPv6 address between its brackets";
    return NULL;
}

static const char *read_port(struct lkcam_url *out, struct lkcam_text digits)
{
    uint32_t port;
    if (!lkcam_text_uint(digits, 65535, &port) || port == 0)
        return "has a port that is no number from 1 to 65535";
    out->port = (uint16_t)port;
    return NULL;
}

static const char *read_host(struct lkcam_url *out, struct lkcam_text *authority)
{
    if (!lkcam_text_skip(authority, "["))
        return read_name(out, cut_before(authority, ":"));
    const char *fault = read_v6(out, cut_before(authority, "]"));
    if (!fault && !lkcam_text_skip(authority, "]"))
        return "has no closing bracket behind its address";
    return fault;
}

// What stands before an @ is neither used nor repeated.
static const char *read_authority(struct lkcam_url *out, struct lkcam_text authority)
{
    if (authority.len && memchr(authority.p, '@', authority.len))
        return "has a user or password before its host; LiveKit takes a token instead";
    const char *fault = read_host(out, &authority);
    if (fault)
        return fault;
    out->port = default_port(out->tls);
    if (authority.len == 0)
        return NULL;
    if (!lkcam_text_skip(&authority, ":"))
        return "has something between its address and its port";
    return read_port(out, authority);
}

static const char *read_prefix(struct lkcam_url *out, struct lkcam_text path)
{
    for (size_t i = 0; i < path.len; i++) {
        if (path.p[i] == '?' || path.p[i] == '#')
            return "has a query or fragment, which a server's address has not";
        if (path.p[i] <= ' ' || path.p[i] >= 0x7f)
            return "has a character in its path that must be percent-encoded";
    }
    while (path.len && path.p[path.len - 1] == '/')
        path.len--;
    return lkcam_text_copy(path, out->prefix, sizeof out->prefix)
               ? NULL
               : "has a path longer than 255 characters";
}

const char *lkcam_url_read(struct lkcam_url *out, const char *text)
{
    struct lkcam_text rest = {text, strlen(text)};

    *out = (struct lkcam_url){0};
    const char *fault = read_scheme(out, &rest);
    if (!fault)
        fault = read_authority(out, cut_before(&rest, "/?#"));
    return fault ? fault : read_prefix(out, rest);
}

int lkcam_url_parse(struct lkcam_url *out, const char *text, char *why, size_t why_len)
{
    const char *fault = lkcam_url_read(out, text);
    if (!fault)
        return 0;
    snprintf(why, why_len, "the server's URL %s", fault);
    return -EINVAL;
}

int lkcam_url_authority(const struct lkcam_url *u, char *out, size_t cap)
{
    bool v6 = strchr(u->host, ':') != NULL;
    const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";
    int n = u->port == default_port(u->tls)
                ? snprintf(out, cap, "%s%s%s", open, u->host, close)
                : snprintf(out, cap, "%s%s%s:%u", open, u->host, close, u->port);
    return n < 0 || (size_t)n >= cap ? -ENOSPC : n;
}
