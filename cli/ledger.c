// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "ledger.h"

#include <errno.h>
#include <inttypes.h>

#define BATCH 64

int lkcam_cli_ledger_open(struct lkcam_cli_ledger *l, const char *path)
{
    *l = (struct lkcam_cli_ledger){0};
    if (!path)
        return 0;
    l->file = fopen(path, "we");
    if (!l->file)
        return -errno;
    fputs("frame,captured_us,dequeued_us,converted_us,first_nal_us,last_nal_us,first_packet_us,"
          "last_packet_us,acked_us,bytes,packets,key_frame,encode_us,own_us,skipped,track\n",
          l->file);
    return 0;
}

/* From the driver's hand to the socket's, less what the encoder took. */
static int64_t own_us(const struct lkcam_frame_times *f)
{
    return f->last_packet_us ? f->last_packet_us - f->dequeued_us - f->encode_us : 0;
}

static void write_row(FILE *file, const struct lkcam_frame_times *f, int track)
{
    fprintf(file,
            "%" PRIu64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
            ",%" PRId64 ",%" PRId64 ",%d,%d,%d,%d,%" PRId64 ",%d,%d\n",
            f->frame, f->captured_us, f->dequeued_us, f->converted_us, f->first_nal_us,
            f->last_nal_us, f->first_packet_us, f->last_packet_us, f->acked_us, f->bytes,
            f->packets, f->key_frame, f->encode_us, own_us(f), f->skipped, track);
}

static void write_track(struct lkcam_cli_ledger *l, struct lkcam_track *track, int index)
{
    struct lkcam_frame_times frames[BATCH];
    int n = BATCH;
    while (n == BATCH) {
        n = lkcam_ledger(track, &l->after[index], frames, BATCH);
        for (int i = 0; i < n; i++)
            write_row(l->file, &frames[i], index);
    }
}

int lkcam_cli_ledger_write(struct lkcam_cli_ledger *l, struct lkcam_track *const *tracks, int count)
{
    for (int i = 0; i < count && l->file; i++)
        write_track(l, tracks[i], i);
    if (!l->file || !fflush(l->file))
        return 0;
    fclose(l->file);
    l->file = NULL;
    return -EIO;
}

int lkcam_cli_ledger_close(struct lkcam_cli_ledger *l)
{
    int err = l->file && fclose(l->file) ? -EIO : 0;
    l->file = NULL;
    return err;
}
