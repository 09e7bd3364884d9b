// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Which proxy the environment names, in the order in which libcurl looks. libcurl itself takes it;
// this is for the words that say so. Never holds the proxy's user or password.
#ifndef LKCAM_IO_PROXY_H
#define LKCAM_IO_PROXY_H

#include <stdbool.h>
#include <stdint.h>

struct lkcam_proxy {
    const char *variable; // "https_proxy"
    char host[256];       // without brackets; "" when the variable cannot be read as a URL
    uint16_t port;
};

/** For a URL with TLS, or one without. What no_proxy says is not looked at.
 * @return false: none is named. */
bool lkcam_proxy_find(struct lkcam_proxy *out, bool tls);

#endif
