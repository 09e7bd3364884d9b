// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One RTP stream and its retransmission stream (RFC 4588): numbers, time, the ring, the counts that
// reports need. Knows no keys and no sockets.
#ifndef LKCAM_SEND_STREAM_H
#define LKCAM_SEND_STREAM_H

#include <stdatomic.h>

#include "base/rand.h"
#include "send/keyreq.h"
#include "send/rtx.h"
#include "send/sendbuf.h"
#include "wire/rtp.h"

struct lkcam_stream {
    uint32_t ssrc,
        rtx_ssrc; // rtx_ssrc never changes; whether RTX was agreed on is in rtx_payload_type
    uint8_t payload_type, rtx_payload_type; // as agreed; rtx 0: no RTX
    struct lkcam_rtp_ext_ids ext;
    char mid[17];
    atomic_bool bound; // RTCP has come: the receiver knows this SSRC without the mid. Set by the
                       // one thread, read by the other
    struct lkcam_sendbuf buf;
    struct lkcam_rtx rtx;
    struct lkcam_keyreq keyreq;
    uint32_t packets,
        octets; // of the media SSRC, for sender reports (payload octets, RFC 3550 s6.4.1)
    uint32_t rtx_packets, rtx_octets;
    /* private */
    uint64_t rtx_seq;
    uint32_t time_base, frame_time; // RTP time at `epoch`; of the frame under way
    bool begun;
    lkcam_us epoch;
    uint64_t frame;
    uint64_t frame_ntp;
};

/** Random SSRCs, numbers and times. Both sequences begin below 2^15: a rollover within the first
 * packets, some of them lost, would leave the receiver with another SRTP rollover count for ever
 * (RFC 3711 s3.3.1). @return 0 or -ENOMEM. */
int lkcam_stream_init(struct lkcam_stream *s, const struct lkcam_rand *rand, const char *mid,
                      lkcam_us now);
void lkcam_stream_deinit(struct lkcam_stream *s);

/** RTP time of an instant on the capture clock (CLOCK_MONOTONIC). */
uint32_t lkcam_stream_time(const struct lkcam_stream *s, lkcam_us at);

/** A new frame; its RTP time is later than that of the one before, whatever the capture stamps say.
 * Camera thread, no lock. */
void lkcam_stream_begin(struct lkcam_stream *s, uint64_t frame, lkcam_us captured,
                        uint64_t captured_ntp);

/**
 * Write the header of the frame's next packet into slot `i` of the ring. The caller puts the
 * payload (at most LKCAM_PAYLOAD_MAX) at bytes + payload_at and tells its length with
 * lkcam_stream_finish. Camera thread, no lock.
 */
struct lkcam_packet *lkcam_stream_packet(struct lkcam_stream *s, int i, bool first);
void lkcam_stream_finish(struct lkcam_packet *p, size_t payload_len, bool marker, lkcam_us now);

/** RFC 4588 s4: the packet again, on the RTX stream. `out` has LKCAM_UDP_PAYLOAD_MAX bytes.
 * @return its length; *twcc_at as in lkcam_rtp_write. */
size_t lkcam_stream_write_rtx(struct lkcam_stream *s, const struct lkcam_packet *p, uint8_t *out,
                              size_t *twcc_at);

#endif
