// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/sockaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

// RFC 4594 s4.5: AF41 for interactive video; the upper six bits of the traffic class.
#define TRAFFIC_CLASS (34 << 2)

// socket(7): the highest that needs no privilege; the first band of this machine's own queue.
#define LOCAL_PRIORITY 6

socklen_t lkcam_sockaddr_write(const struct lkcam_addr *a, bool v6, struct sockaddr_storage *out)
{
    if (v6) {
        struct sockaddr_in6 *s = (struct sockaddr_in6 *)out;
        *s = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(a->port)};
        memcpy(&s->sin6_addr, a->ip, 16);
        return sizeof *s;
    }
    struct sockaddr_in *s = (struct sockaddr_in *)out;
    *s = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(a->port)};
    memcpy(&s->sin_addr, a->ip + 12, 4);
    return sizeof *s;
}

bool lkcam_sockaddr_read(const struct sockaddr *s, struct lkcam_addr *out)
{
    *out = (struct lkcam_addr){.ip = {[10] = 0xff, [11] = 0xff}};
    if (s->sa_family == AF_INET6) {
        const struct sockaddr_in6 *a = (const void *)s;
        memcpy(out->ip, &a->sin6_addr, 16);
        out->port = ntohs(a->sin6_port);
        return true;
    }
    if (s->sa_family != AF_INET)
        return false;
    const struct sockaddr_in *a = (const void *)s;
    memcpy(out->ip + 12, &a->sin_addr, 4);
    out->port = ntohs(a->sin_port);
    return true;
}

void lkcam_sockaddr_mark_media(int fd, bool v6)
{
    int class = TRAFFIC_CLASS, priority = LOCAL_PRIORITY;
    setsockopt(fd, IPPROTO_IP, IP_TOS, &class, sizeof class);
    if (v6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &class, sizeof class);
    // After IP_TOS, which sets it too.
    setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof priority);
}
