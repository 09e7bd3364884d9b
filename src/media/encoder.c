// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What all encoders have in common. Knows no kind of encoder.
#include "media/encoder.h"

void lkcam_encoder_close(struct lkcam_encoder **e)
{
    if (*e)
        (*e)->ops->close(*e);
    *e = NULL;
}
