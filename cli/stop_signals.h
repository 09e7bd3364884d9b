// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Which signals ask a command to end. Blocks and reads none.
#ifndef LKCAM_CLI_STOP_SIGNALS_H
#define LKCAM_CLI_STOP_SIGNALS_H

#include <signal.h>

/** SIGINT, SIGTERM, and SIGHUP where it is not ignored: under nohup a closed terminal ends nothing,
 * but a blocked signal would be queued all the same. */
void lkcam_cli_stop_signals(sigset_t *out);

#endif
