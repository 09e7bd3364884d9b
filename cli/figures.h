// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// struct lkcam_stats as JSON. docs/statistics.md defines every key.
#ifndef LKCAM_CLI_FIGURES_H
#define LKCAM_CLI_FIGURES_H

#include <lkcam/lkcam.h>
#include <stdio.h>

/** One object on one line: all cameras together, and `tracks` for each of them. @return 0 or -EIO.
 */
int lkcam_cli_figures_write(const struct lkcam_stats *all, const struct lkcam_stats *each,
                            int count, FILE *out);

#endif
