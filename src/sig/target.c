// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/target.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "sig/messages.h"

static const char *prefix_of(const struct lkcam_session_config *cfg)
{
    return cfg->prefix ? cfg->prefix : "";
}

// RFC 3986 s2.1. Of what base64url writes only '=' is not taken everywhere as it stands.
static char *write_target(const char *prefix, const uint8_t *request, size_t len)
{
    static const char path[] = "/rtc/v1?join_request=";
    size_t before = strlen(prefix) + strlen(path);
    char *target = malloc(before + LKCAM_BASE64_LEN(len) + 2 * strlen("%3D"));
    if (!target)
        return NULL;
    memcpy(target, prefix, strlen(prefix));
    memcpy(target + strlen(prefix), path, sizeof path);
    char *text = target + before;
    int n = lkcam_base64_write(LKCAM_BASE64URL, request, len, text, LKCAM_BASE64_LEN(len));
    assert(n >= 0);
    char *pad = memchr(text, '=', (size_t)n);
    int pads = pad ? (int)(text + n - pad) : 0;
    for (int i = 0; i < pads; i++)
        memcpy(pad + 3 * i, "%3D", sizeof "%3D");
    return target;
}

static int write_join(char **out, const struct lkcam_session_config *cfg, bool whole)
{
    int len = lkcam_message_write_join(NULL, 0, cfg, whole);
    uint8_t *request = malloc((size_t)len);
    if (!request)
        return -ENOMEM;
    lkcam_message_write_join(request, (size_t)len, cfg, whole);
    *out = write_target(prefix_of(cfg), request, (size_t)len);
    free(request);
    return *out ? 0 : -ENOMEM;
}

int lkcam_target_v1(char **out, const struct lkcam_session_config *cfg)
{
    int err = write_join(out, cfg, true);
    if (err < 0 || strlen(*out) <= LKCAM_TARGET_MAX)
        return err < 0 ? err : 1;
    free(*out);
    *out = NULL;
    return write_join(out, cfg, false);
}

int lkcam_target_v0(char **out, const struct lkcam_session_config *cfg)
{
    // With a number above 2 the server makes a second transport the primary one wherever the token
    // may subscribe, and the participant counts as there only when that one connects.
    int protocol = cfg->can_subscribe ? 2 : LKCAM_SIGNAL_PROTOCOL;
    int n = asprintf(out, "%s/rtc?protocol=%d&sdk=cpp&version=%s&os=linux&auto_subscribe=0",
                     prefix_of(cfg), protocol, cfg->version);
    if (n < 0)
        *out = NULL;
    return n < 0 ? -ENOMEM : 0;
}
