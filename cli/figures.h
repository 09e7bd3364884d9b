// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// struct lkcam_stats as JSON. docs/statistics.md defines every key.
#ifndef LKCAM_CLI_FIGURES_H
#define LKCAM_CLI_FIGURES_H

#include <lkcam/lkcam.h>
#include <stdio.h>

/** One object on one line. @return 0 or -EIO. */
int lkcam_cli_figures_write(const struct lkcam_stats *s, FILE *out);

#endif
