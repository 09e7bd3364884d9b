// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One line for a person, on standard error. Knows nothing of what it says.
#ifndef LKCAM_CLI_SAY_H
#define LKCAM_CLI_SAY_H

/** Prints "lkcam: <text>\n". Any thread. */
void lkcam_cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
