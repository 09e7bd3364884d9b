// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// How a camera is shown: for people, and as JSON (docs/devices.md). Words that both share.
#ifndef LKCAM_CLI_DEVICES_H
#define LKCAM_CLI_DEVICES_H

#include <jansson.h>
#include <lkcam/lkcam.h>

struct lkcam_cli_flag_word {
    unsigned flag;
    const char *word;
};

/** v4l2-ctl's words: "int", "menu" ... */
const char *lkcam_cli_control_type(enum lkcam_control_type t);
/** Ended by a NULL word. */
extern const struct lkcam_cli_flag_word lkcam_cli_control_flags[];

/** Lines of at most 80 columns, but for names that are longer, on standard output. */
void lkcam_cli_device_print(const struct lkcam_device *d);

/** A new object; NULL when memory is out. */
json_t *lkcam_cli_device_json(const struct lkcam_device *d);

#endif
