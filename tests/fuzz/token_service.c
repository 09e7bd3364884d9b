// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The input is the service's answers: two bytes of status, a byte of what comes with it, two bytes
// of length, the body or location; again, until the conversation is over.
#include <string.h>

#include "fuzz.h"
#include "sig/token_service.h"

#define NOW 1700000000

// One line for a person, and no JWT in it.
static void check_words(const char *text)
{
    fuzz_check(text[0] && !strpbrk(text, "\r\n\033"));
    for (const char *at = text; (at = strstr(at, "eyJ")); at += 3)
        fuzz_check(strcspn(at, " \"'=:,;&?()") <= 20);
}

static void check(const struct lkcam_token_service *s)
{
    switch (lkcam_token_service_state(s)) {
    case LKCAM_TOKEN_SERVICE_IDLE:
        fuzz_check(0);
        break;
    case LKCAM_TOKEN_SERVICE_ASKING:
        fuzz_check(lkcam_token_service_deadline(s) != LKCAM_NEVER);
        break;
    case LKCAM_TOKEN_SERVICE_READY:
        fuzz_check(lkcam_token_service_token(s)[0] &&
                   !strpbrk(lkcam_token_service_token(s), " \r\n") &&
                   lkcam_token_service_claims(s)->can_publish);
        break;
    case LKCAM_TOKEN_SERVICE_FAILED:
        fuzz_check(lkcam_token_service_end(s)->reason == LKCAM_REASON_TOKEN);
        check_words(lkcam_token_service_end(s)->text);
        break;
    }
}

// @return how much of the input is used.
static size_t give(struct lkcam_token_service *s, const uint8_t *data, size_t size)
{
    static char location[65536];
    size_t n = (size_t)(data[3] << 8 | data[4]);
    n = n > size - 5 ? size - 5 : n;
    struct lkcam_token_service_reply r = {
        .status = data[0] << 8 | data[1], .body = {(const char *)data + 5, n}, .cut = data[2] & 1};
    if (data[2] & 2) {
        memcpy(location, data + 5, n);
        location[n] = '\0';
        r.location = location;
    }
    lkcam_token_service_input(s, &r, NOW);
    return 5 + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lkcam_token_service *s;
    struct lkcam_token_service_request request;
    char why[200];
    int requests = 0;

    if (lkcam_token_service_new(&s, "https://user:secret@service:3000/t?key=1", "room", "identity",
                                why, sizeof why))
        return 0;
    lkcam_token_service_want(s, NOW, 0);
    while (size >= 5 && lkcam_token_service_output(s, &request)) {
        fuzz_check(++requests <= 2 + LKCAM_TOKEN_SERVICE_REDIRECTS);
        fuzz_check(strncasecmp(request.url, "https://", 8) == 0);
        size_t used = give(s, data, size);
        data += used;
        size -= used;
        check(s);
    }
    lkcam_token_service_free(&s);
    return 0;
}
