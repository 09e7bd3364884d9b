// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// One frame's journey with a scripted source and encoder: what is given back, what is ordered, and
// what is said when either fails.
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bare.h"
#include "io/clock.h"

#define MBS 16 // 64 x 64

static struct {
    struct lkcam_source source;
    int take, back; // what the source answers
    int taken, given;
    uint8_t picture[64 * 64 * 2];
    enum lkcam_pixel_format format;
    struct lkcam_encoder encoder;
    int encode; // what the encoder answers
    int flood;  // slices before the frame that are nobody's successor
    int encoded, keys;
    int given_before_encode;
} s;

static int take_latest(struct lkcam_source *source, struct lkcam_frame *out)
{
    *out = (struct lkcam_frame){.format = s.format,
                                .width_px = 64,
                                .height_px = 64,
                                .plane = {s.picture},
                                .bytes = sizeof s.picture,
                                .captured = LKCAM_SECONDS(1) + s.taken};
    if (s.format != LKCAM_PIXEL_MJPEG)
        lkcam_frame_lay_out(out, s.format, 64, 64, s.picture, 0);
    s.taken += s.take == 1;
    return s.take;
}

static int back(struct lkcam_source *source, const struct lkcam_frame *f)
{
    s.given++;
    return s.back;
}

static void hand_out(const struct lkcam_encode_request *r, int first_mb, int last_mb)
{
    uint8_t bytes[40] = {0x41};
    r->on_nal(r->ctx, &(struct lkcam_coded_nal){bytes, sizeof bytes, first_mb, last_mb, MBS});
}

static int encode(struct lkcam_encoder *e, const struct lkcam_encode_request *r)
{
    s.encoded++;
    s.keys += r->key_frame;
    s.given_before_encode = s.given;
    if (s.encode < 0)
        return s.encode;
    for (int i = 0; i < s.flood; i++)
        hand_out(r, 1, 1);
    for (int mb = 0; mb < MBS; mb += 4)
        hand_out(r, mb, mb + 3);
    return r->key_frame;
}

static int no_fd(const struct lkcam_source *source)
{
    return -1;
}

static void no_source_close(struct lkcam_source *source)
{
}

static void no_encoder_close(struct lkcam_encoder *e)
{
}

static const struct lkcam_source_ops source_ops = {no_fd, take_latest, back, no_source_close};
static const struct lkcam_encoder_ops encoder_ops = {"scripted", encode, no_encoder_close};

static void convert_from(struct lkcam_track *cam, enum lkcam_pixel_format format)
{
    s.format = format;
    assert_int_equal(lkcam_convert_init(&cam->convert, format, LKCAM_CONVERT_I420, 64, 64), 0);
}

static struct lkcam *open_path(void)
{
    struct lkcam *c = bare_open();
    memset(&s, 0, sizeof s);
    s.take = 1;
    s.source.ops = &source_ops;
    s.encoder.ops = &encoder_ops;
    c->cameras[0]->source = &s.source;
    c->cameras[0]->encoder = &s.encoder;
    strcpy(c->cameras[0]->source_label, "the camera");
    atomic_store(&c->cameras[0]->orders.flow, true);
    atomic_store(&c->cameras[0]->orders.bitrate_bps, 3000000);
    lkcam_fps_init(&c->cameras[0]->fps, 30000);
    convert_from(c->cameras[0], LKCAM_PIXEL_YUYV);
    assert_int_equal(
        lkcam_nalorder_init(&c->cameras[0]->order, 4096, lkcam_path_nal, c->cameras[0]), 0);
    return c;
}

static void close_path(struct lkcam *c)
{
    lkcam_convert_deinit(&c->cameras[0]->convert);
    lkcam_nalorder_deinit(&c->cameras[0]->order);
    lkcam_close(&c);
}

static void a_frame_becomes_packets_and_a_story(void **state)
{
    struct lkcam *c = open_path();
    assert_int_equal(lkcam_path_frame(c->cameras[0]), 0);
    assert_int_equal(s.given_before_encode, 1);
    assert_int_equal(s.given, 1);
    const struct lkcam_sendbuf *b = &c->cameras[0]->sender->stream.buf;
    assert_int_equal(b->head - b->first, 4); // a packet a slice
    for (int i = 0; i < 4; i++) {
        const struct lkcam_packet *p = &b->ring[(b->first + (uint64_t)i) % LKCAM_SENDBUF_LEN];
        assert_int_equal(p->frame, 1);
        assert_int_equal(p->first, i == 0);
        assert_int_equal(p->marker, i == 3);
    }
    const struct lkcam_frame_times *row = lkcam_ledger_row(&c->cameras[0]->ledger, 1);
    assert_int_equal(row->bytes, 4 * 40);
    assert_true(row->dequeued_us <= row->converted_us && row->converted_us <= row->first_nal_us);
    assert_int_equal(row->skipped, 0);
    close_path(c);
}

static struct lkcam_keyreq *requests(struct lkcam *c)
{
    return &c->cameras[0]->sender->stream.keyreq;
}

static void a_request_is_answered_by_the_first_frame_that_may(void **state)
{
    struct lkcam *c = open_path();
    lkcam_us now = lkcam_clock_now();
    lkcam_keyreq_input(requests(c), 0, now + LKCAM_SECONDS(3600));
    assert_int_equal(lkcam_path_frame(c->cameras[0]), 0);
    assert_int_equal(s.keys, 0);
    requests(c)->first = requests(c)->last = now;
    assert_int_equal(lkcam_path_frame(c->cameras[0]), 0);
    assert_int_equal(lkcam_path_frame(c->cameras[0]), 0);
    assert_int_equal(s.keys, 1);
    close_path(c);
}

static void a_damaged_picture_leaves_a_request_standing(void **state)
{
    struct lkcam *c = open_path();
    lkcam_keyreq_force(requests(c));
    lkcam_convert_deinit(&c->cameras[0]->convert);
    convert_from(c->cameras[0], LKCAM_PIXEL_MJPEG);
    assert_int_equal(lkcam_path_frame(c->cameras[0]), 0);
    assert_int_equal(atomic_load(&c->cameras[0]->counters.damaged), 1);
    assert_int_equal(s.encoded, 0);
    lkcam_convert_deinit(&c->cameras[0]->convert);
    convert_from(c->cameras[0], LKCAM_PIXEL_YUYV);
    lkcam_path_frame(c->cameras[0]);
    lkcam_path_frame(c->cameras[0]);
    assert_int_equal(s.keys, 1);
    close_path(c);
}

static void without_flow_frames_only_go_back(void **state)
{
    struct lkcam *c = open_path();
    atomic_store(&c->cameras[0]->orders.flow, false);
    lkcam_keyreq_force(requests(c));
    for (int i = 0; i < 5; i++)
        assert_int_equal(lkcam_path_frame(c->cameras[0]), 0);
    assert_int_equal(s.given, 5);
    assert_int_equal(s.encoded, 0);
    atomic_store(&c->cameras[0]->orders.flow, true); // kept for the first that flows
    lkcam_path_frame(c->cameras[0]);
    lkcam_path_frame(c->cameras[0]);
    assert_int_equal(s.encoded, 2);
    assert_int_equal(s.keys, 1);
    close_path(c);
}

static void behind_an_old_backlog_nothing_is_encoded(void **state)
{
    struct lkcam *c = open_path();
    assert_int_equal(lkcam_path_frame(c->cameras[0]), 0); // waits: there are no keys
    for (int i = 0; i < 4; i++)                           // made an hour ago
        c->cameras[0]
            ->sender->stream.buf
            .ring[(c->cameras[0]->sender->stream.buf.first + (uint64_t)i) % LKCAM_SENDBUF_LEN]
            .queued -= LKCAM_SECONDS(3600);
    lkcam_keyreq_force(requests(c));
    assert_int_equal(lkcam_path_frame(c->cameras[0]), 0);
    assert_int_equal(s.encoded, 1);
    assert_int_equal(s.given, 2);
    assert_int_equal(atomic_load(&c->cameras[0]->counters.skipped), 1);
    assert_int_equal(lkcam_ledger_row(&c->cameras[0]->ledger, 2)->skipped, 1);
    assert_true(lkcam_keyreq_take(requests(c), lkcam_clock_now())); // outlives the skipped frame
    close_path(c);
}

static void a_failing_source_says_so_wherever_it_fails(void **state)
{
    for (int flow = 0; flow < 2; flow++) {
        struct lkcam *c = open_path();
        atomic_store(&c->cameras[0]->orders.flow, flow);
        s.back = -ENODEV;
        assert_int_equal(lkcam_path_frame(c->cameras[0]), -ENODEV);
        assert_int_equal(c->cameras[0]->end.reason, LKCAM_REASON_CAMERA);
        assert_non_null(strstr(c->cameras[0]->end.text, "the camera"));
        close_path(c);
    }
    struct lkcam *c = open_path();
    s.take = -ENODEV;
    assert_int_equal(lkcam_path_frame(c->cameras[0]), -ENODEV);
    assert_int_equal(c->cameras[0]->end.reason, LKCAM_REASON_CAMERA);
    close_path(c);
}

static void a_failing_encoder_says_so_and_the_frame_goes_back(void **state)
{
    struct lkcam *c = open_path();
    s.encode = -EIO;
    assert_int_equal(lkcam_path_frame(c->cameras[0]), -EIO);
    assert_int_equal(c->cameras[0]->end.reason, LKCAM_REASON_ENCODER);
    assert_int_equal(s.given, 1);
    close_path(c);
}

static void a_broken_key_frame_is_made_again_at_once(void **state)
{
    struct lkcam *c = open_path();
    lkcam_keyreq_force(requests(c));
    s.flood = LKCAM_NALORDER_HELD + 1;
    assert_int_equal(lkcam_path_frame(c->cameras[0]), 0);
    assert_true(c->cameras[0]->order.broken);
    s.flood = 0;
    // whatever the interval between key frames: nobody has this one
    lkcam_path_frame(c->cameras[0]);
    lkcam_path_frame(c->cameras[0]);
    assert_int_equal(s.keys, 2);
    close_path(c);
}

// A descriptor that is ready for ever and a source that has nothing to give.
static int ready_fd, nothing_asked;
static struct lkcam_track *nobody;

static int always_ready(const struct lkcam_source *source)
{
    return ready_fd;
}

static int take_nothing(struct lkcam_source *source, struct lkcam_frame *out)
{
    if (++nothing_asked == 50)
        atomic_store(&nobody->orders.stop, true);
    return 0;
}

static void a_source_that_gives_nothing_does_not_spin(void **state)
{
    static const struct lkcam_source_ops ops = {always_ready, take_nothing, back, no_source_close};
    struct lkcam *c = open_path();
    nobody = c->cameras[0];
    ready_fd = eventfd(1, EFD_CLOEXEC);
    nobody->orders.wake_fd = eventfd(0, EFD_CLOEXEC);
    s.source.ops = &ops;
    lkcam_us began = lkcam_clock_now();
    assert_int_equal(lkcam_cam_frames(nobody), 0);
    assert_int_equal(nothing_asked, 50);
    assert_true(lkcam_clock_now() - began >= LKCAM_MS(49));
    close(ready_fd);
    close(nobody->orders.wake_fd);
    close_path(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_becomes_packets_and_a_story),
        cmocka_unit_test(a_request_is_answered_by_the_first_frame_that_may),
        cmocka_unit_test(a_damaged_picture_leaves_a_request_standing),
        cmocka_unit_test(without_flow_frames_only_go_back),
        cmocka_unit_test(behind_an_old_backlog_nothing_is_encoded),
        cmocka_unit_test(a_failing_source_says_so_wherever_it_fails),
        cmocka_unit_test(a_failing_encoder_says_so_and_the_frame_goes_back),
        cmocka_unit_test(a_broken_key_frame_is_made_again_at_once),
        cmocka_unit_test(a_source_that_gives_nothing_does_not_spin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
