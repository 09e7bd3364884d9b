// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "send/report.h"

#include <assert.h>

size_t lkcam_report_write(struct lkcam_report *r, const struct lkcam_stream *s, const char *cname,
                          uint8_t *out, size_t cap, lkcam_us now, lkcam_us unix_us)
{
    struct lkcam_writer w = lkcam_writer_over(out, cap);
    struct lkcam_rtcp_sr sr = {
        .ssrc = s->ssrc,
        .ntp = lkcam_ntp_from_unix(unix_us),
        .rtp = lkcam_stream_time(s, now),
        .packets = s->packets,
        .octets = s->octets,
    };
    lkcam_rtcp_write_sr(&w, &sr);
    if (s->rtx_packets) {
        sr.ssrc = s->rtx_ssrc;
        sr.packets = s->rtx_packets;
        sr.octets = s->rtx_octets;
        lkcam_rtcp_write_sr(&w, &sr);
    }
    lkcam_rtcp_write_sdes(&w, s->ssrc, cname);
    assert(!w.bad);
    r->next = now + LKCAM_REPORT_INTERVAL_US;
    return lkcam_written(&w);
}
