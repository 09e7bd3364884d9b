// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The name that was probably meant. Knows words, not what they stand for.
#ifndef LKCAM_CLI_SUGGEST_H
#define LKCAM_CLI_SUGGEST_H

/** The entry of `names` (ended by NULL) nearest to `word`, or NULL when none is near. */
const char *lkcam_cli_nearest(const char *word, const char *const *names);

#endif
