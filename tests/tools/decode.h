// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Someone else's decoder: ffmpeg as a child process, so that our encoder is not its own judge.
#ifndef LKCAM_TESTS_TOOLS_DECODE_H
#define LKCAM_TESTS_TOOLS_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decoder;

/** Decode an Annex B file; its path is no shell text. @return NULL where no process can be had. */
struct decoder *decode_open(const char *h264);
/** The next picture as unpadded I420 of `len` bytes; false at the end. */
bool decode_frame(struct decoder *d, uint8_t *i420, size_t len);
/** @return 0 where ffmpeg had nothing to complain of. */
int decode_close(struct decoder *d);

/** Of two planes, in dB; 100 where they are equal. */
double psnr(const uint8_t *a, const uint8_t *b, size_t len);

#endif
