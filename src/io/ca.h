// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A file of certificate authorities, read once and kept: reconnecting asks no disk.
#ifndef LKCAM_IO_CA_H
#define LKCAM_IO_CA_H

#include <stddef.h>

#define LKCAM_CA_BYTES_MAX (4 * 1024 * 1024) // Ours: Debian's whole bundle has 0.2 MB

/** All zero: the system's roots. */
struct lkcam_ca {
    char *pem;
    size_t len;
};

/** Read a PEM file in which every certificate can be parsed.
 * @return 0, -ENOMEM, or -EINVAL with one line in `why` that names the file. */
int lkcam_ca_read(struct lkcam_ca *out, const char *path, char *why, size_t why_len);
void lkcam_ca_free(struct lkcam_ca *ca);

#endif
