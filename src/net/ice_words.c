// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Why there is no way for media, in words that name both protocols.
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "net/ice.h"

struct words {
    char *p;
    size_t cap, len;
};

static void say(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

// What does not fit is cut off.
static void say(struct words *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->p + w->len, w->cap - w->len, format, args);
    va_end(args);
    if (n > 0)
        w->len += (size_t)n < w->cap - w->len ? (size_t)n : w->cap - w->len - 1;
}

static void say_error(struct words *w, int error)
{
    size_t at = w->len;
    if (error)
        say(w, "%s", strerror(-error));
    else
        say(w, "the server closed it");
    w->p[at] = (char)tolower((unsigned char)w->p[at]);
}

static void say_pair(struct words *w, const struct lkcam_ice_pair *p)
{
    char where[LKCAM_ADDR_TEXT];

    lkcam_addr_text(&p->remote, where);
    say(w, "%s: ", where);
    if (p->way == LKCAM_ICE_WAY_SHUT)
        say_error(w, p->error);
    else if (p->remote.tcp && p->way == LKCAM_ICE_WAY_OPEN)
        say(w, "connected, but no answer");
    else
        say(w, "no answer");
}

// The first pair and how many more.
static void say_protocol(struct words *w, const struct lkcam_ice *ice, bool tcp)
{
    const struct lkcam_ice_pair *first = NULL;
    int n = 0;

    for (int i = 0; i < LKCAM_ICE_PAIRS && ice->pairs[i].used; i++) {
        if (ice->pairs[i].remote.tcp != tcp)
            continue;
        first = first ? first : &ice->pairs[i];
        n++;
    }
    say(w, tcp ? "TCP " : "UDP ");
    if (!first)
        say(w, "not offered by the server");
    else
        say_pair(w, first);
    if (n > 1)
        say(w, " (and %d more)", n - 1);
}

static void say_broken(struct words *w, const struct lkcam_ice_pair *p)
{
    char where[LKCAM_ADDR_TEXT];
    lkcam_addr_text(&p->remote, where);
    say(w, "the TCP connection to %s broke: ", where);
    say_error(w, p->error);
}

void lkcam_ice_explain(const struct lkcam_ice *ice, char *out, size_t cap)
{
    struct words w = {.p = out, .cap = cap};

    out[0] = '\0';
    if (ice->why == LKCAM_ICE_EXPIRED) {
        say(&w, "the server no longer answers (consent expired)");
    } else if (ice->why == LKCAM_ICE_BROKEN) {
        say_broken(&w, &ice->pairs[ice->broken]);
    } else if (!ice->pairs[0].used) {
        say(&w, "no way for media: the server has offered no address that can be used; look at "
                "its RTC ports and its external IP");
    } else {
        say(&w, "no way for media: ");
        say_protocol(&w, ice, false);
        say(&w, "; ");
        say_protocol(&w, ice, true);
        say(&w, "; a firewall must let one of them through");
    }
}
