// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Reads the values of flags. Knows their spelling; knows neither flags nor error lines.
#ifndef LKCAM_CLI_VALUES_H
#define LKCAM_CLI_VALUES_H

/** All return 0, -EINVAL (form), -ERANGE; the output is untouched then. */
int lkcam_cli_read_number(const char *text, long min, long max, int *out);

/** "1280x720". */
int lkcam_cli_read_size(const char *text, int size_px[2]);

/** "3M", "2.5M", "2500k" or plain bit/s; from 50 kbit/s to 100 Mbit/s. */
int lkcam_cli_read_bitrate(const char *text, int *bps);

#define LKCAM_CLI_SETTING_NAME 64

struct lkcam_cli_setting {
    char name[LKCAM_CLI_SETTING_NAME];
    const char *value; /* borrowed; NULL: there was no "=" */
};

/** "brightness=128", "focus_now". */
int lkcam_cli_read_setting(const char *text, struct lkcam_cli_setting *out);

#endif
