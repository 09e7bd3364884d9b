// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "status.h"

#include "figures.h"
#include "say.h"

#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE_MAX_BYTES 384

void lkcam_cli_status_init(struct lkcam_cli_status *s, enum lkcam_cli_stats format)
{
    *s = (struct lkcam_cli_status){.format = format, .terminal = isatty(STDERR_FILENO)};
    if (format == LKCAM_CLI_STATS_AUTO)
        s->format = s->terminal ? LKCAM_CLI_STATS_TEXT : LKCAM_CLI_STATS_NONE;
}

/* A terminal that stands still, or a reader that does not read: what it has no room for is left
 * out. This thread reads the stop signals too and must not wait in a write. */
static int has_room(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    return poll(&p, 1, 0) > 0;
}

static void write_state(const struct lkcam_stats *st, char *out, size_t len)
{
    const char *state = !st->connected   ? "connecting"
                        : !st->published ? "publishing"
                        : st->muted      ? "muted"
                                         : "live";
    if (st->cameras > 1)
        snprintf(out, len, "%s %d/%d cameras", state, st->cameras - st->cameras_failed,
                 st->cameras);
    else
        snprintf(out, len, "%s", state);
}

/* What changes comes first: a narrow terminal cuts the end off. */
static void compose(const struct lkcam_stats *st, char *out, size_t len)
{
    char rtt[24] = "-", state[64];
    write_state(st, state, sizeof(state));
    if (st->connected && st->published && !st->muted && !st->wanted) {
        snprintf(out, len, "nobody watches; sending stops");
        return;
    }
    if (st->rtt_us)
        snprintf(rtt, sizeof(rtt), "%.1f ms", st->rtt_us / 1e3);
    snprintf(out, len,
             "%s %.0f fps %d kbit/s age %.1f ms rtt %s loss %.1f%% %s, age p99 %.1f ms, %dx%d, %s",
             state, st->fps_milli / 1e3, st->bitrate_bps / 1000, st->age_p50_us / 1e3, rtt,
             st->loss_permille / 10.0, *st->transport ? st->transport : "no transport",
             st->age_p99_us / 1e3, st->width, st->height, *st->encoder ? st->encoder : "-");
}

/* A line longer than the terminal is wide would scroll instead of being rewritten. */
static int columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
        return 80;
    return size.ws_col - 1;
}

static void show_text(struct lkcam_cli_status *s, const struct lkcam_stats *stats)
{
    char line[LINE_MAX_BYTES];
    compose(stats, line, sizeof(line));
    if (!s->terminal) {
        fprintf(stderr, "%s\n", line);
        return;
    }
    // ESC [ K clears what a longer line has left behind.
    fprintf(stderr, "\r%.*s\033[K", columns(), line);
    fflush(stderr);
    s->open = 1;
}

static int show_json(struct lkcam *c, struct lkcam_track *const *tracks, int count)
{
    struct lkcam_stats all = {.size = sizeof(all)}, each[LKCAM_CAMERAS_MAX];
    lkcam_stats(c, &all);
    for (int i = 0; i < count; i++) {
        each[i].size = sizeof(each[i]);
        lkcam_track_stats(tracks[i], &each[i]);
    }
    return lkcam_cli_figures_write(&all, each, count, stdout);
}

void lkcam_cli_status_show(struct lkcam_cli_status *s, struct lkcam *c,
                           struct lkcam_track *const *tracks, int count)
{
    struct lkcam_stats all = {.size = sizeof(all)};
    if (s->format == LKCAM_CLI_STATS_TEXT && has_room(STDERR_FILENO)) {
        lkcam_stats(c, &all);
        show_text(s, &all);
    }
    if (s->format == LKCAM_CLI_STATS_JSON && has_room(STDOUT_FILENO) &&
        show_json(c, tracks, count)) {
        // Whoever read them is gone; the video goes on.
        lkcam_cli_say("statistics stop: standard output takes no more");
        s->format = LKCAM_CLI_STATS_NONE;
    }
}

void lkcam_cli_status_log(struct lkcam_cli_status *s, const char *line)
{
    if (!has_room(STDERR_FILENO))
        return;
    if (s->open)
        fprintf(stderr, "\r\033[K");
    s->open = 0;
    lkcam_cli_say("%s", line);
}

void lkcam_cli_status_close(struct lkcam_cli_status *s)
{
    if (s->open && has_room(STDERR_FILENO))
        fputc('\n', stderr);
    s->open = 0;
}
