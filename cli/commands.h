// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The commands. Each gets the arguments after its own name and returns an enum lkcam_cli_exit.
#ifndef LKCAM_CLI_COMMANDS_H
#define LKCAM_CLI_COMMANDS_H

int lkcam_cli_devices(int argc, char **argv);
int lkcam_cli_publish(int argc, char **argv);
int lkcam_cli_token(int argc, char **argv);
int lkcam_cli_view(int argc, char **argv);

#endif
