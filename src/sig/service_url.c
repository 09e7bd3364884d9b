// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/service_url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sig/url.h"
#include "sig/words.h"
#include "wire/text.h"

static size_t scheme_len(const char *url)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t n = strlen(schemes[i]);
        if (strncasecmp(url, schemes[i], n) == 0)
            return n;
    }
    return 0;
}

// User, password, query and fragment left out. @return false where it is longer than any URL of
// ours.
static bool without_secrets(const char *url, size_t scheme, char *out, size_t cap)
{
    const char *rest = url + scheme;
    size_t authority = strcspn(rest, "/?#");
    const char *at = memrchr(rest, '@', authority);
    const char *host = at ? at + 1 : rest;
    int len = (int)strcspn(host, "?#");
    int n = snprintf(out, cap, "%.*s%.*s", (int)scheme, url, len, host);
    return n >= 0 && (size_t)n < cap;
}

const char *lkcam_service_url_check(const char *url, char label[LKCAM_SERVICE_LABEL_MAX])
{
    char plain[LKCAM_SERVICE_URL_MAX + 1], words[LKCAM_WORDS_MAX];
    struct lkcam_url parts;
    size_t scheme = scheme_len(url);

    label[0] = '\0';
    if (!scheme)
        return "must begin with http:// or https://";
    if (strnlen(url, sizeof plain) == sizeof plain ||
        !without_secrets(url, scheme, plain, sizeof plain))
        return "is longer than 4096 characters";
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c >= 0x7f)
            return "has a character that must be percent-encoded";
    const char *fault = lkcam_url_read(&parts, plain);
    if (fault)
        return fault;
    // What a service redirects to may hold a token in its path.
    lkcam_words_clean((struct lkcam_text){plain, strlen(plain)}, words);
    if (snprintf(label, LKCAM_SERVICE_LABEL_MAX, "%s", words) >= LKCAM_SERVICE_LABEL_MAX)
        memcpy(label + LKCAM_SERVICE_LABEL_MAX - 4, "...", 4);
    return NULL;
}

bool lkcam_service_url_is_https(const char *url)
{
    return scheme_len(url) == strlen("https://");
}

char *lkcam_service_url_plain(const char *url)
{
    return strndup(url, strcspn(url, "#"));
}

// ---- The query of a GET -------------------------------------------------------------------------

// RFC 3986 s2.3: what stands for itself everywhere in a URL.
static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

static void add(FILE *to, char mark, const char *name, const char *value)
{
    static const char hex[] = "0123456789ABCDEF";
    fputc(mark, to);
    fputs(name, to);
    fputc('=', to);
    for (; *value; value++) {
        unsigned char c = (unsigned char)*value;
        if (is_unreserved(*value)) {
            fputc(c, to);
        } else {
            fputc('%', to);
            fputc(hex[c >> 4], to);
            fputc(hex[c & 15], to);
        }
    }
}

char *lkcam_service_url_query(const char *url, const char *room, const char *identity)
{
    const struct {
        const char *name, *value;
    } parts[] = {{"room", room},
                 {"roomName", room},
                 {"identity", identity},
                 {"username", identity},
                 {"participantName", identity}};
    char *out = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&out, &len);
    if (!to)
        return NULL;
    fputs(url, to);
    char mark = strchr(url, '?') ? '&' : '?';
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i].value)
            continue;
        add(to, mark, parts[i].name, parts[i].value);
        mark = '&';
    }
    if (fclose(to) == 0)
        return out;
    free(out);
    return NULL;
}
