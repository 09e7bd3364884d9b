// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Writes the frames' stories to a CSV file, a row a frame. docs/statistics.md defines the columns.
#ifndef LKCAM_CLI_LEDGER_H
#define LKCAM_CLI_LEDGER_H

#include <lkcam/lkcam.h>
#include <stdint.h>
#include <stdio.h>

struct lkcam_cli_ledger {
    FILE *file;                        /* NULL: none is kept */
    uint64_t after[LKCAM_CAMERAS_MAX]; /* the last frame written of each track */
};

/** `path` NULL keeps none. @return 0 or -errno. */
int lkcam_cli_ledger_open(struct lkcam_cli_ledger *l, const char *path);

/** Write what has come since; called each second. @return 0; -EIO once, and the file is closed. */
int lkcam_cli_ledger_write(struct lkcam_cli_ledger *l, struct lkcam_track *const *tracks,
                           int count);

/** @return 0 or -EIO: the last rows are not on disk. */
int lkcam_cli_ledger_close(struct lkcam_cli_ledger *l);

#endif
