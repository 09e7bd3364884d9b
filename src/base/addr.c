// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "base/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool lkcam_addr_is_v4(const struct lkcam_addr *a)
{
    return memcmp(a->ip, mapped, sizeof mapped) == 0;
}

bool lkcam_addr_is_loopback(const struct lkcam_addr *a)
{
    static const uint8_t one[16] = {[15] = 1};
    return lkcam_addr_is_v4(a) ? a->ip[12] == 127 : memcmp(a->ip, one, sizeof one) == 0;
}

bool lkcam_addr_equal(const struct lkcam_addr *a, const struct lkcam_addr *b)
{
    return a->port == b->port && a->tcp == b->tcp && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

int lkcam_addr_parse(struct lkcam_addr *out, const char *ip, uint16_t port)
{
    memcpy(out->ip, mapped, sizeof mapped);
    out->port = port;
    out->tcp = false;
    if (inet_pton(AF_INET, ip, out->ip + 12) == 1)
        return 0;
    return inet_pton(AF_INET6, ip, out->ip) == 1 ? 0 : -EINVAL;
}

void lkcam_addr_ip_text(const struct lkcam_addr *a, char out[LKCAM_ADDR_TEXT])
{
    bool v4 = lkcam_addr_is_v4(a);
    inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a->ip + 12 : a->ip, out, LKCAM_ADDR_TEXT);
}

void lkcam_addr_text(const struct lkcam_addr *a, char out[LKCAM_ADDR_TEXT])
{
    char ip[LKCAM_ADDR_TEXT];
    lkcam_addr_ip_text(a, ip);
    snprintf(out, LKCAM_ADDR_TEXT, lkcam_addr_is_v4(a) ? "%.15s:%u" : "[%.45s]:%u", ip, a->port);
}
