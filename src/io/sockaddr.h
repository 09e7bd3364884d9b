// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Our addresses in the kernel's form, and what every socket that carries media is marked with.
#ifndef LKCAM_IO_SOCKADDR_H
#define LKCAM_IO_SOCKADDR_H

#include <sys/socket.h>

#include "base/addr.h"

/** For a socket of AF_INET6 (`v6`; IPv4 in its mapped form) or of AF_INET. @return the length. */
socklen_t lkcam_sockaddr_write(const struct lkcam_addr *a, bool v6, struct sockaddr_storage *out);

/** An address of UDP. @return false for other families. */
bool lkcam_sockaddr_read(const struct sockaddr *s, struct lkcam_addr *out);

/** DSCP AF41 and the highest priority that needs no privilege. A refusal costs a priority, nothing
 * else. */
void lkcam_sockaddr_mark_media(int fd, bool v6);

#endif
