// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A URL that was read, written again from its parts, is read as the same.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "sig/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[4100], why[160] = "", authority[270], again[600];
    struct lkcam_url u, v;

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    int err = lkcam_url_parse(&u, text, why, sizeof why);
    fuzz_check(err == 0 || (err == -EINVAL && why[0] && !strpbrk(why, "\r\n")));
    if (err < 0)
        return 0;
    fuzz_check(u.host[0] && u.port && (u.prefix[0] == '\0' || u.prefix[0] == '/'));
    fuzz_check(lkcam_url_authority(&u, authority, sizeof authority) > 0);
    snprintf(again, sizeof again, "%s://%s%s", u.tls ? "wss" : "ws", authority, u.prefix);
    fuzz_check(lkcam_url_parse(&v, again, why, sizeof why) == 0);
    fuzz_check(u.tls == v.tls && u.port == v.port && strcmp(u.host, v.host) == 0 &&
               strcmp(u.prefix, v.prefix) == 0);
    return 0;
}
