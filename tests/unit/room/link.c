// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A minute of a link with 20 ms round trip that loses one datagram in fifty, each way, and a
// receiver that asks as livekit-server does: what arrives is complete, and in time.
#include <stdlib.h>

#include "peer.h"

#define ONE_WAY_US LKCAM_MS(10)
#define LOSS_OF_10000 200
#define FPS 30
#define PACKETS 10 // of a frame: 2.8 Mbit/s
#define MINUTE (60 * FPS)
#define FRAMES (140 * FPS) // at most

// As livekit-server has them (mediatransportutil pkg/nack, pkg/twcc).
#define NACK_FIRST_US LKCAM_MS(20)
#define NACK_LAST_US LKCAM_MS(400)
#define NACK_TRIES 5
#define NACK_QUEUE 100
#define RTT_UNKNOWN_US LKCAM_MS(70)

struct flight {
    lkcam_us due; // 0: free
    bool up;
    size_t len;
    _Alignas(8) uint8_t bytes[LKCAM_DATAGRAM_MAX];
};

struct missing {
    bool used;
    uint16_t seq;
    int tries;
    lkcam_us since, asked;
};

static struct world {
    struct rig r; // first: `carry` is given this
    uint64_t seed;
    struct lkcam_rand dice;
    struct flight flights[512];
    int up, up_lost;
    // the receiver
    struct missing missing[NACK_QUEUE];
    bool started;
    uint16_t highest;
    lkcam_us rtt, rrtr_sent, reported;
    uint16_t twcc[512];
    lkcam_us twcc_at[512];
    int twcc_held, twcc_messages;
    lkcam_us twcc_sent;
    uint32_t lsr;
    lkcam_us lsr_at;
    int nacked;
    // frames
    lkcam_us made[FRAMES + 1], whole[FRAMES + 1];
    bool have[FRAMES + 1][PACKETS];
    int got[FRAMES + 1], twice;
} w;

static void post(bool up, const uint8_t *bytes, size_t len)
{
    if (lkcam_rand_u32(&w.dice) % 10000 < LOSS_OF_10000 && w.r.srtp) {
        w.up_lost += up;
        return;
    }
    for (int i = 0; i < 512; i++) {
        if (w.flights[i].due)
            continue;
        w.flights[i] = (struct flight){.due = w.r.now + ONE_WAY_US, .up = up, .len = len};
        memcpy(w.flights[i].bytes, bytes, len);
        return;
    }
    fail_msg("more is under way than the link holds");
}

static void carry_down(struct rig *r, const uint8_t *bytes, size_t len)
{
    post(false, bytes, len);
}

// ---- The receiver -------------------------------------------------------------------------------

static void forget(uint16_t seq)
{
    for (int i = 0; i < NACK_QUEUE; i++)
        if (w.missing[i].used && w.missing[i].seq == seq)
            w.missing[i].used = false;
}

static void miss(uint16_t seq)
{
    for (int i = 0; i < NACK_QUEUE; i++) {
        if (w.missing[i].used)
            continue;
        w.missing[i] = (struct missing){.used = true, .seq = seq, .since = w.r.now};
        return;
    }
}

static lkcam_us patience(const struct missing *m)
{
    lkcam_us wait = w.rtt;
    for (int i = 1; i < m->tries; i++)
        wait = wait * 5 / 4;
    return lkcam_us_min(wait, NACK_LAST_US);
}

static bool nack_due(const struct missing *m)
{
    if (!m->tries)
        return w.r.now - m->since >= NACK_FIRST_US;
    return w.r.now - m->asked >= patience(m);
}

static void ask(void)
{
    for (int i = 0; i < NACK_QUEUE; i++) {
        struct missing *m = &w.missing[i];
        if (!m->used || !nack_due(m))
            continue;
        m->tries++;
        m->asked = w.r.now;
        m->used = m->tries < NACK_TRIES;
        w.nacked++;
        peer_nack(&w.r, m->seq);
    }
}

// Run-length chunks of one packet each; all deltas with two bytes.
static void report_arrivals(void)
{
    uint8_t fci[1024], plain[1100];
    uint16_t count = (uint16_t)(w.twcc[w.twcc_held - 1] - w.twcc[0] + 1);
    lkcam_us reference = w.twcc_at[0] / 64000, last = reference * 64000;
    struct lkcam_writer out = lkcam_writer_over(fci, sizeof fci), deltas;
    uint8_t delta_bytes[1024];
    deltas = lkcam_writer_over(delta_bytes, sizeof delta_bytes);
    lkcam_write_u16(&out, w.twcc[0]);
    lkcam_write_u16(&out, count);
    lkcam_write_uint(&out, (uint64_t)reference & 0xffffff, 3);
    lkcam_write_u8(&out, (uint8_t)w.twcc_messages);
    for (int i = 0, k = 0; i < count; i++) {
        bool here = w.twcc[k] == (uint16_t)(w.twcc[0] + i);
        lkcam_write_u16(&out, (uint16_t)((here ? 2u << 13 : 0) | 1));
        if (!here)
            continue;
        lkcam_write_u16(&deltas, (uint16_t)((w.twcc_at[k] - last) / 250));
        last += (w.twcc_at[k++] - last) / 250 * 250;
    }
    lkcam_write_bytes(&out, delta_bytes, lkcam_written(&deltas));
    while (lkcam_written(&out) % 4)
        lkcam_write_u8(&out, 0);
    assert_false(out.bad || deltas.bad);
    size_t words = 2 + lkcam_written(&out) / 4;
    const uint32_t ssrcs[] = {w.r.t.senders[0].stream.ssrc, w.r.t.senders[0].stream.ssrc};
    rtcp_words(plain, LKCAM_RTPFB_TWCC, LKCAM_RTCP_RTPFB, ssrcs, 2);
    lkcam_put_uint(plain + 2, words, 2);
    memcpy(plain + 12, fci, lkcam_written(&out));
    peer_send_rtcp(&w.r, plain, 4 + 4 * words);
    w.twcc_messages++;
    w.twcc_held = 0;
    w.twcc_sent = w.r.now;
}

// protocol: only when more than 20 are held, and 100 ms have passed, or 50 ms and a marker, or 100
// are held.
static void note_arrival(const struct seen *s)
{
    lkcam_us since = w.r.now - w.twcc_sent;
    assert_in_range(s->twcc, 0, 65535);
    w.twcc[w.twcc_held] = (uint16_t)s->twcc;
    w.twcc_at[w.twcc_held++] = w.r.now;
    if (w.twcc_held > 20 &&
        (since >= LKCAM_MS(100) || w.twcc_held > 100 || (s->rtp.marker && since >= LKCAM_MS(50))))
        report_arrivals();
}

static void report_reception(void)
{
    if (w.r.now - w.reported < LKCAM_SECONDS(1))
        return;
    uint32_t ssrc = w.r.t.senders[0].stream.ssrc;
    const uint32_t delay = w.lsr ? lkcam_16_16_from_us(w.r.now - w.lsr_at) : 0;
    const uint32_t rr[] = {ssrc, ssrc, 5u << 24, 0, 0, w.lsr, delay};
    peer_send_words(&w.r, 1, LKCAM_RTCP_RR, rr, 7);
    const uint32_t xr[] = {ssrc, 4u << 24 | 2, 0, (uint32_t)w.r.now};
    w.rrtr_sent = w.r.now;
    peer_send_words(&w.r, 0, LKCAM_RTCP_XR, xr, 4);
    w.reported = w.r.now;
}

static void keep(const uint8_t *payload)
{
    unsigned frame = (unsigned)payload[2] << 8 | payload[3],
             i = (unsigned)payload[4] << 8 | payload[5];
    assert_in_range(frame, 1, FRAMES);
    assert_in_range(i, 0, PACKETS - 1);
    if (w.have[frame][i]) {
        w.twice++;
        return;
    }
    w.have[frame][i] = true;
    if (++w.got[frame] == PACKETS)
        w.whole[frame] = w.r.now;
}

static void take_media(const struct seen *s)
{
    const uint8_t *payload = s->plain + s->rtp.payload_at;
    note_arrival(s);
    if (s->rtp.ssrc == w.r.t.senders[0].stream.rtx_ssrc) {
        forget((uint16_t)(payload[0] << 8 | payload[1]));
        keep(payload + 2);
        return;
    }
    for (uint16_t q = (uint16_t)(w.highest + 1); w.started && q != s->rtp.seq; q++)
        miss(q);
    w.started = true;
    w.highest = s->rtp.seq;
    keep(payload);
    ask();
    report_reception();
}

static void take_report(const struct seen *s)
{
    struct lkcam_reader reader = lkcam_reader_over(s->plain, s->plain_len);
    struct lkcam_rtcp_part part;
    struct lkcam_rtcp_sr sr;
    while (lkcam_rtcp_next(&reader, &part) == 1) {
        if (part.type == LKCAM_RTCP_SR && !lkcam_rtcp_read_sr(&part, &sr) &&
            sr.ssrc == w.r.t.senders[0].stream.ssrc) {
            w.lsr = lkcam_ntp_middle(sr.ntp);
            w.lsr_at = w.r.now;
        }
        if (part.type == LKCAM_RTCP_XR)
            w.rtt = w.r.now - w.rrtr_sent; // answered at once, so without its delay
    }
}

// ---- Time ---------------------------------------------------------------------------------------

static void take_up(void)
{
    struct lkcam_outgoing out;
    lkcam_transport_tick(&w.r.t, w.r.now);
    while (lkcam_transport_output(&w.r.t, &out, w.r.now)) {
        w.up += out.media;
        post(true, out.datagram.bytes, out.datagram.len);
    }
}

static void deliver(struct flight *f)
{
    f->due = 0;
    if (!f->up) {
        lkcam_transport_input(&w.r.t, f->bytes, f->len, &w.r.addr, w.r.now);
        return;
    }
    w.r.count = 0;
    const struct seen *s = peer_take(&w.r, f->bytes, f->len);
    if (s->kind == LKCAM_DEMUX_RTP)
        take_media(s);
    else if (s->kind == LKCAM_DEMUX_RTCP)
        take_report(s);
}

// The earliest of what is under way; slots are filled in any order.
static struct flight *next_flight(void)
{
    struct flight *f = NULL;
    for (int i = 0; i < 512; i++)
        if (w.flights[i].due && (!f || w.flights[i].due < f->due))
            f = &w.flights[i];
    return f;
}

static void run(lkcam_us until)
{
    for (;;) {
        struct flight *f = next_flight();
        lkcam_us wake = lkcam_transport_deadline(&w.r.t, w.r.now);
        lkcam_us next = lkcam_us_min(wake, f ? f->due : LKCAM_NEVER);
        if (next >= until)
            break;
        w.r.now = next > w.r.now ? next : w.r.now;
        if (f && f->due <= w.r.now)
            deliver(f);
        take_up();
    }
    w.r.now = until;
}

static void connect_world(uint64_t seed)
{
    memset(&w, 0, sizeof w);
    rig_open(&w.r, seed);
    w.seed = seed * 7919;
    w.dice = seeded(&w.seed);
    w.rtt = RTT_UNKNOWN_US;
    w.r.carry = carry_down;
    assert_int_equal(rig_answer(&w.r, "active", MEDIA_LINES), 0);
    run(w.r.now + LKCAM_MS(50));
    w.r.dtls->ops->tick(w.r.dtls, w.r.now);
    peer_flush_dtls(&w.r);
    run(w.r.now + LKCAM_MS(100));
    assert_true(w.r.t.ready && w.r.srtp);
}

static void send_frames(int count)
{
    lkcam_us begin = w.r.now;
    for (int f = 1; f <= count; f++) {
        run(begin + LKCAM_SECONDS(f) / FPS);
        lkcam_pacer_set(&w.r.t.senders[0].pacer, 2800000, FPS * 1000, w.r.now);
        add_frame(&w.r, PACKETS);
        w.made[f] = w.r.now;
        take_up();
    }
    run(w.r.now + LKCAM_MS(40));
}

static int compare(const void *a, const void *b)
{
    lkcam_us x = *(const lkcam_us *)a, y = *(const lkcam_us *)b;
    return (x > y) - (x < y);
}

#define LAST 10 // frames that may still be asked for

static lkcam_us took[FRAMES];

// How long each of the first `count` frames took, sorted. @return how many needed a repeat.
static int measure(int count)
{
    int late = 0;
    for (int f = 1; f <= count; f++) {
        if (!w.whole[f])
            fail_msg("frame %d has %d of %d packets", f, w.got[f], PACKETS);
        took[f - 1] = w.whole[f] - w.made[f];
        late += took[f - 1] > ONE_WAY_US;
    }
    qsort(took, (size_t)count, sizeof *took, compare);
    return late;
}

static void every_frame_is_whole_within_200_ms(void **state)
{
    connect_world(1);
    send_frames(MINUTE);
    int late = measure(MINUTE - LAST);
    // most losses make one frame late
    assert_in_range(late, w.up_lost * 80 / 100, w.up_lost);
    assert_int_equal(took[MINUTE / 2], ONE_WAY_US);
    assert_true(took[MINUTE - LAST - 1] <= LKCAM_MS(200));

    // one repeat for each loss, a few more for what was lost again, none for nothing
    struct lkcam_sender_counters *n = &w.r.t.senders[0].counters;
    assert_int_equal(n->packets_sent, MINUTE * PACKETS);
    assert_in_range(w.up_lost, MINUTE * PACKETS * 15 / 1000, MINUTE * PACKETS * 25 / 1000);
    assert_in_range(n->rtx_packets, w.up_lost * 9 / 10, w.up_lost * 11 / 10);
    assert_in_range(n->nacked_packets, n->rtx_packets, w.nacked);
    assert_in_range(w.twice, 0, 20);
    assert_int_equal(n->backlog_lost, 0);
    assert_int_equal(w.r.t.counters.rtcp_errors, 0);
    assert_int_equal(w.r.t.senders[0].stream.rtx.gone, 0);

    // what the reports have told
    assert_in_range(w.rtt, 2 * ONE_WAY_US, 2 * ONE_WAY_US + 100);
    assert_in_range(w.r.t.rtt_us, 2 * ONE_WAY_US - 50, 2 * ONE_WAY_US + 50);
    assert_in_range(w.twcc_messages, 500, 1200);
    assert_in_range(w.r.t.sentlog.messages, w.twcc_messages * 95 / 100, w.twcc_messages);
    assert_in_range(w.r.t.sentlog.lost, w.up_lost * 85 / 100, w.up_lost);
    rig_close(&w.r);
}

// Media numbers begin below 2^15 and pass 2^16 in this time: ring, NACK and SRTP go on counting.
static void a_rollover_goes_unnoticed(void **state)
{
    connect_world(4);
    send_frames(FRAMES);
    assert_true(w.r.t.senders[0].stream.buf.head > UINT16_MAX + 1000);
    measure(FRAMES - LAST);
    assert_true(took[FRAMES - LAST - 1] <= LKCAM_MS(200));
    assert_int_equal(w.r.t.senders[0].stream.rtx.gone, 0);
    rig_close(&w.r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_is_whole_within_200_ms),
        cmocka_unit_test(a_rollover_goes_unnoticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
