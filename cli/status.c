// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "status.h"

#include "figures.h"
#include "say.h"

#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE_MAX_BYTES 256

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

static const char *state_of(const struct lkcam_stats *st)
{
    if (!st->connected)
        return "connecting";
    if (!st->published)
        return "publishing";
    return st->muted ? "muted" : "live";
}

/* What changes comes first: a narrow terminal cuts the end off. */
static void compose(const struct lkcam_stats *st, char *out, size_t len)
{
    char rtt[24] = "-";
    if (st->connected && st->published && !st->muted && !st->wanted) {
        snprintf(out, len, "nobody watches; sending stops");
        return;
    }
    if (st->rtt_us)
        snprintf(rtt, sizeof(rtt), "%.1f ms", st->rtt_us / 1e3);
    snprintf(out, len,
             "%s %.0f fps %d kbit/s age %.1f ms rtt %s loss %.1f%% %s, age p99 %.1f ms, %dx%d, %s",
             state_of(st), st->fps_milli / 1e3, st->bitrate_bps / 1000, st->age_p50_us / 1e3, rtt,
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

void lkcam_cli_status_show(struct lkcam_cli_status *s, const struct lkcam_stats *stats)
{
    if (s->format == LKCAM_CLI_STATS_TEXT && has_room(STDERR_FILENO))
        show_text(s, stats);
    if (s->format == LKCAM_CLI_STATS_JSON && has_room(STDOUT_FILENO) &&
        lkcam_cli_figures_write(stats, stdout)) {
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
