// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A transport address as bytes, so that the sans-I/O floors need no socket header.
#ifndef LKCAM_BASE_ADDR_H
#define LKCAM_BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** An IPv4 address is kept in its IPv4-mapped form (RFC 4291 s2.5.5.2): one form, one comparison.
 * The protocol belongs to it (RFC 8445 s4): 10.0.0.1:7881 by UDP and by TCP are two addresses. */
struct lkcam_addr {
    uint8_t ip[16];
    uint16_t port; // host order
    bool tcp;      // else UDP
};

#define LKCAM_ADDR_TEXT 56 // "[ffff:...:ffff]:65535" and its terminator

bool lkcam_addr_is_v4(const struct lkcam_addr *a);
bool lkcam_addr_is_loopback(const struct lkcam_addr *a);
bool lkcam_addr_equal(const struct lkcam_addr *a, const struct lkcam_addr *b);

/** Reads a literal address without brackets, of UDP. @return 0, or -EINVAL (names are not
 * resolved). */
int lkcam_addr_parse(struct lkcam_addr *out, const char *ip, uint16_t port);

/** The address alone: "10.0.0.1" or "fe80::1". */
void lkcam_addr_ip_text(const struct lkcam_addr *a, char out[LKCAM_ADDR_TEXT]);

/** "10.0.0.1:7882" or "[fe80::1]:7882". */
void lkcam_addr_text(const struct lkcam_addr *a, char out[LKCAM_ADDR_TEXT]);

#endif
