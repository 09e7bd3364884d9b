// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Whether one camera's frames should leave: the server has the track, nobody muted it, somebody
// watches.
#ifndef LKCAM_ROOM_CAMSTATE_H
#define LKCAM_ROOM_CAMSTATE_H

#include <stdbool.h>

struct lkcam_camstate {
    char sid[64]; // the server's name of the track; "" until it is published
    bool published, muted, wanted;
    bool flowing; // what lkcam_camstate_update last said
};

static inline struct lkcam_camstate lkcam_camstate_initial(void)
{
    // LiveKit says nothing for the first 10 s: until it does, frames are wanted.
    return (struct lkcam_camstate){.wanted = true};
}

/** `ready`: the transport can carry media. @return true when frames begin to flow with this call:
 * a key frame is due. */
bool lkcam_camstate_update(struct lkcam_camstate *s, bool ready);

#endif
