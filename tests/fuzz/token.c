// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The input is tried as a token and as the claims within one.
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "fuzz.h"
#include "sig/token.h"

static void check(const char *text)
{
    char why[160] = "";
    struct lkcam_token t;
    int read = lkcam_token_read(text, &t),
        err = lkcam_token_check(text, 1700000000, why, sizeof why);
    fuzz_check(read == 0 || err < 0);
    fuzz_check((err == 0) == (why[0] == '\0'));
    if (read == 0)
        fuzz_check(t.exp >= 0 && t.nbf >= 0 && strlen(t.identity) < sizeof t.identity &&
                   strlen(t.room) < sizeof t.room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[4100], claims[5600], token[5700];

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    check(text);
    lkcam_base64_write(LKCAM_BASE64URL_UNPADDED, data, size, claims, sizeof claims);
    snprintf(token, sizeof token, "e30.%s.c2ln", claims);
    check(token);
    return 0;
}
