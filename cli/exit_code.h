// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What the command tells the shell. The numbers are in the man page and do not change.
#ifndef LKCAM_CLI_EXIT_CODE_H
#define LKCAM_CLI_EXIT_CODE_H

enum lkcam_cli_exit {
    LKCAM_EXIT_DONE = 0,
    LKCAM_EXIT_OTHER = 1,
    LKCAM_EXIT_USAGE = 2,
    LKCAM_EXIT_TOKEN = 3,
    LKCAM_EXIT_CAMERA = 4,
    LKCAM_EXIT_SERVER = 5
};

#endif
