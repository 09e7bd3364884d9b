// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "room/camstate.h"

bool lkcam_camstate_update(struct lkcam_camstate *s, bool ready)
{
    bool flow = ready && s->published && !s->muted && s->wanted;
    bool begins = flow && !s->flowing;
    s->flowing = flow;
    return begins;
}
