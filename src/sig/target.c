// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "sig/target.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "sig/messages.h"

// RFC 3986 s2.1. Of what base64url writes only '=' is not taken everywhere as it stands.
static char *write_target(const uint8_t *request, size_t len)
{
    static const char path[] = "/rtc/v1?join_request=";
    char *target = malloc(sizeof path + LKCAM_BASE64_LEN(len) + 2 * strlen("%3D"));
    if (!target)
        return NULL;
    memcpy(target, path, sizeof path);
    char *text = target + strlen(path);
    int n = lkcam_base64_write(LKCAM_BASE64URL, request, len, text, LKCAM_BASE64_LEN(len));
    assert(n >= 0);
    char *pad = memchr(text, '=', (size_t)n);
    int pads = pad ? (int)(text + n - pad) : 0;
    for (int i = 0; i < pads; i++)
        memcpy(pad + 3 * i, "%3D", sizeof "%3D");
    return target;
}

int lkcam_target_new(char **out, const struct lkcam_session_config *cfg)
{
    int len = lkcam_message_write_join(NULL, 0, cfg);
    uint8_t *request = len > 0 ? malloc((size_t)len) : NULL;
    if (!request)
        return len < 0 ? len : -ENOMEM;
    lkcam_message_write_join(request, (size_t)len, cfg);
    *out = write_target(request, (size_t)len);
    free(request);
    return *out ? 0 : -ENOMEM;
}
