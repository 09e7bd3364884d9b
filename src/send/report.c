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
    unsigned slot = r->count++ % LKCAM_REPORT_KEPT;
    r->sent[slot].ntp = lkcam_ntp_middle(sr.ntp);
    r->sent[slot].at = now;
    r->next = now + LKCAM_REPORT_INTERVAL_US;
    return lkcam_written(&w);
}

lkcam_us lkcam_report_round_trip(const struct lkcam_report *r, uint32_t lsr, uint32_t dlsr,
                                 lkcam_us now)
{
    unsigned kept = r->count < LKCAM_REPORT_KEPT ? r->count : LKCAM_REPORT_KEPT;
    for (unsigned i = 1; i <= kept && lsr; i++) { // the newest first; LSR 0: it has had none
        unsigned slot = (r->count - i) % LKCAM_REPORT_KEPT;
        if (r->sent[slot].ntp != lsr)
            continue;
        lkcam_us trip = now - r->sent[slot].at - lkcam_us_from_16_16(dlsr);
        // Both ends round, to 1/65536 s.
        return trip > 0 ? trip : trip > -31 ? 1 : 0;
    }
    return 0;
}
