// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Two ends in one process, their datagrams carried by hand. OpenSSL reads its clock with
// gettimeofday, which is ours here: seconds of retransmission pass in no time, and the same way
// each run.
#include "net/dtls.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/time.h>

#include "../seeded.h"
#include "cmocka_all.h"
#include "dtls_ends.h"

static lkcam_us now;

// The prototype of C libraries without const or attributes is the one that all of them accept.
int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    tv->tv_sec = 1000000 + now / 1000000;
    tv->tv_usec = now % 1000000;
    return 0;
}

static void plain(void **state)
{
    struct link l;
    link_open(&l, &now);
    link_run(&l, LKCAM_SECONDS(1));
    assert_int_equal(l.server.d->state, LKCAM_DTLS_READY);
    assert_int_equal(l.client.d->state, LKCAM_DTLS_READY);
    assert_int_equal(l.elapsed, 0); // nothing had to be repeated
    assert_in_range(l.carried, 4, 8);
    assert_in_range(l.longest, 400, LKCAM_DTLS_MTU);
    assert_int_equal(l.server.d->ops->deadline(l.server.d, now), LKCAM_NEVER);
    assert_int_equal(l.client.d->ops->deadline(l.client.d, now), LKCAM_NEVER);
    link_close(&l);
}

static void server_waits_without_a_deadline(void **state)
{
    struct link l;
    struct lkcam_srtp_keys keys;
    uint8_t bytes[LKCAM_DATAGRAM_MAX];
    link_open(&l, &now);
    assert_int_equal(l.server.d->ops->deadline(l.server.d, now), LKCAM_NEVER);
    l.server.d->ops->tick(l.server.d, now);
    assert_int_equal(l.server.d->ops->output(l.server.d, bytes, sizeof bytes), 0);
    assert_int_equal(l.server.d->ops->keys(l.server.d, &keys), -EAGAIN);
    assert_int_equal(l.client.d->ops->deadline(l.client.d, now), now); // the client begins at once
    assert_int_equal(l.client.d->ops->output(l.client.d, bytes, sizeof bytes), 0);
    l.client.d->ops->tick(l.client.d, now);
    assert_in_range(l.client.d->ops->output(l.client.d, bytes, sizeof bytes), 100, LKCAM_DTLS_MTU);
    link_close(&l);
}

static void keys_of_both_ends_mirror(void **state)
{
    struct link l;
    struct lkcam_srtp_keys s, c;
    link_open(&l, &now);
    link_run(&l, LKCAM_SECONDS(1));
    assert_int_equal(l.server.d->ops->keys(l.server.d, &s), 0);
    assert_int_equal(l.client.d->ops->keys(l.client.d, &c), 0);
    assert_int_equal(s.profile, LKCAM_SRTP_AEAD_AES_128_GCM);
    assert_int_equal(c.profile, LKCAM_SRTP_AEAD_AES_128_GCM);
    assert_memory_equal(s.send, c.receive, 30);
    assert_memory_equal(s.receive, c.send, 30);
    assert_memory_not_equal(s.send, s.receive, 16);
    assert_memory_not_equal(s.send + 16, s.receive + 16, 12);
    link_close(&l);
}

static void assert_connects(struct link *l, lkcam_us within)
{
    struct lkcam_srtp_keys s, c;
    link_run(l, LKCAM_SECONDS(20));
    assert_int_equal(l->server.d->state, LKCAM_DTLS_READY);
    assert_int_equal(l->client.d->state, LKCAM_DTLS_READY);
    assert_in_range(l->elapsed, 0, within);
    assert_int_equal(l->server.d->ops->keys(l->server.d, &s), 0);
    assert_int_equal(l->client.d->ops->keys(l->client.d, &c), 0);
    assert_memory_equal(s.send, c.receive, 28);
    assert_int_equal(ERR_peek_error(), 0);
}

// How many datagrams a handshake has depends on how OpenSSL packs them.
static int datagrams_of_a_handshake(void)
{
    struct link l;
    link_open(&l, &now);
    link_run(&l, LKCAM_SECONDS(1));
    int n = l.carried;
    link_close(&l);
    return n;
}

static void each_datagram_may_be_lost(void **state)
{
    int all = datagrams_of_a_handshake();
    for (int n = 0; n < all; n++) {
        struct link l;
        link_open(&l, &now);
        l.drop = n;
        assert_connects(&l,
                        LKCAM_MS(300)); // 100 ms for its flight, and 200 for whoever came too early
        assert_in_range(l.elapsed, LKCAM_MS(85),
                        LKCAM_MS(300)); // OpenSSL calls the last 15 ms none
        link_close(&l);
    }
}

static void two_in_a_row_may_be_lost(void **state)
{
    int all = datagrams_of_a_handshake();
    for (int n = 0; n < all; n++) {
        struct link l;
        link_open(&l, &now);
        l.drop = n;
        l.drop_count = 2;
        assert_connects(&l, LKCAM_MS(700));
        link_close(&l);
    }
}

static void each_datagram_may_come_twice(void **state)
{
    int all = datagrams_of_a_handshake();
    for (int n = 0; n < all; n++) {
        struct link l;
        link_open(&l, &now);
        l.repeat = n;
        assert_connects(&l, 0);
        link_close(&l);
    }
}

static void flights_may_come_backwards(void **state)
{
    struct link l;
    link_open(&l, &now);
    l.backwards = true;
    assert_connects(&l, LKCAM_MS(700));
    link_close(&l);
}

// Of all datagrams, the first of the handshake to the last of the last repetition, any third one.
static void a_third_lost_at_random(void **state)
{
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct link l;
        link_open(&l, &now);
        l.seed = seed * 0x9e3779b97f4a7c15u;
        l.loss_percent = 33;
        link_run(&l, LKCAM_SECONDS(20));
        if (l.server.d->state != LKCAM_DTLS_READY || l.client.d->state != LKCAM_DTLS_READY)
            fail_msg("seed %llu: server %d, client %d (%s)", (unsigned long long)seed,
                     l.server.d->state, l.client.d->state, l.client.d->reason);
        link_close(&l);
    }
}

static void silence_is_repeated_to_and_given_up(void **state)
{
    static const int ms[] = {0, 100, 300, 700, 1500, 3100, 6100, 9100};
    struct link l;
    int n = 0;
    link_open(&l, &now);
    lkcam_us begun = now;
    for (lkcam_us next;
         (next = l.client.d->ops->deadline(l.client.d, now)) != LKCAM_NEVER && n < 64;) {
        uint8_t bytes[LKCAM_DATAGRAM_MAX];
        now = next;
        l.client.d->ops->tick(l.client.d, now);
        for (; l.client.d->ops->output(l.client.d, bytes, sizeof bytes); n++)
            if (n < 8)
                assert_in_range(now - begun + LKCAM_MS(16) * n, LKCAM_MS(ms[n]),
                                LKCAM_MS(ms[n]) + LKCAM_MS(16) * n);
    }
    assert_int_equal(l.client.d->state, LKCAM_DTLS_FAILED);
    assert_true(l.client.d->reason[0]);
    assert_in_range(n, 10, 13);
    assert_in_range(now - begun, LKCAM_SECONDS(20), LKCAM_SECONDS(30));
    assert_int_equal(ERR_peek_error(), 0);
    link_close(&l);
}

static void another_certificate_is_refused(void **state)
{
    for (int who = 0; who < 2; who++) {
        struct link l;
        struct lkcam_srtp_keys keys;
        link_open_with(&l, &now, who == 0, who == 1);
        link_run(&l, LKCAM_SECONDS(1));
        const struct end *wary = who == 0 ? &l.server : &l.client,
                         *told = who == 0 ? &l.client : &l.server;
        assert_int_equal(wary->d->state, LKCAM_DTLS_FAILED);
        assert_string_equal(wary->d->reason,
                            "the peer's certificate is not the one that its SDP announced");
        assert_int_equal(wary->last_error, -EPROTO);
        assert_int_equal(wary->d->ops->keys(wary->d, &keys), -EAGAIN);
        assert_int_equal(told->d->state, LKCAM_DTLS_FAILED); // by an alert
        assert_int_equal(told->d->ops->keys(told->d, &keys), -EAGAIN);
        assert_int_equal(l.elapsed, 0);
        assert_int_equal(ERR_peek_error(), 0);
        link_close(&l);
    }
}

static void noise_is_dropped(void **state)
{
    uint64_t seed = 6347;
    struct link l;
    link_open(&l, &now);
    l.noise = seeded(&seed);
    l.noise_count = 50; // after each true datagram, to both
    assert_connects(&l, 0);
    link_noise(&l, 1000);
    assert_int_equal(l.server.d->state, LKCAM_DTLS_READY);
    assert_int_equal(l.client.d->state, LKCAM_DTLS_READY);
    assert_int_equal(l.server.last_error, 0);
    assert_int_equal(ERR_peek_error(), 0);
    link_close(&l);
}

// The client has not heard that we are done, so its last flight comes again: so must ours.
static void last_flight_is_answered_again(void **state)
{
    int all = datagrams_of_a_handshake();
    struct link l;
    link_open(&l, &now);
    l.drop = all - 1;
    link_exchange(&l);
    assert_int_equal(l.server.d->state, LKCAM_DTLS_READY);
    assert_int_equal(l.client.d->state, LKCAM_DTLS_HANDSHAKE);
    assert_connects(&l, LKCAM_MS(100));
    link_close(&l);
}

static void identity_is_fresh_and_of_p_256(void **state)
{
    struct lkcam_dtls_identity *a, *b;
    uint8_t fa[32], fb[32], digest[EVP_MAX_MD_SIZE];
    char curve[32];
    unsigned len;
    assert_int_equal(lkcam_dtls_identity_new(&a, fa), 0);
    assert_int_equal(lkcam_dtls_identity_new(&b, fb), 0);
    assert_int_equal(EVP_PKEY_eq(a->key, b->key), 0);
    assert_int_equal(EVP_PKEY_get_group_name(a->key, curve, sizeof curve, NULL), 1);
    assert_string_equal(curve, "prime256v1"); // X9.62's name of P-256
    assert_int_equal(X509_verify(a->certificate, a->key), 1);
    assert_int_equal(X509_digest(a->certificate, EVP_sha256(), digest, &len), 1);
    assert_memory_equal(digest, fa, 32);
    // Whatever a robot's clock says.
    assert_int_equal(X509_cmp_current_time(X509_get0_notBefore(a->certificate)), -1);
    assert_int_equal(X509_cmp_current_time(X509_get0_notAfter(a->certificate)), 1);
    lkcam_dtls_identity_free(&a);
    lkcam_dtls_identity_free(&b);
}

// ---- A client that is not ours ----

static void the_best_common_profile_is_chosen(void **state)
{
    static const struct {
        const char *offered;
        enum lkcam_srtp_profile chosen;
    } cases[] = {
        {"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", LKCAM_SRTP_AEAD_AES_128_GCM},
        {"SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80",
         LKCAM_SRTP_AEAD_AES_128_GCM},
        {"SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80", LKCAM_SRTP_AES128_CM_SHA1_80},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stranger x;
        struct lkcam_srtp_keys keys;
        uint8_t m[60];
        size_t salt = cases[i].chosen == LKCAM_SRTP_AEAD_AES_128_GCM ? 12 : 14;
        stranger_open(&x, cases[i].offered, true);
        stranger_run(&x, &now);
        assert_int_equal(x.d->state, LKCAM_DTLS_READY);
        assert_int_equal(x.d->ops->keys(x.d, &keys), 0);
        assert_int_equal(keys.profile, cases[i].chosen);
        // RFC 5764 s4.2: client key, server key, client salt, server salt. We are the server.
        assert_int_equal(SSL_export_keying_material(x.ssl, m, 32 + 2 * salt, "EXTRACTOR-dtls_srtp",
                                                    19, NULL, 0, 0),
                         1);
        assert_memory_equal(keys.receive, m, 16);
        assert_memory_equal(keys.send, m + 16, 16);
        assert_memory_equal(keys.receive + 16, m + 32, salt);
        assert_memory_equal(keys.send + 16, m + 32 + salt, salt);
        stranger_close(&x);
    }
}

static void no_common_profile_is_a_failure(void **state)
{
    static const char *const offered[] = {"SRTP_AEAD_AES_256_GCM", NULL};
    for (int i = 0; i < 2; i++) {
        struct stranger x;
        stranger_open(&x, offered[i], true);
        stranger_run(&x, &now);
        assert_int_equal(x.d->state, LKCAM_DTLS_FAILED);
        assert_string_equal(x.d->reason, "no SRTP profile in common");
        stranger_close(&x);
    }
}

static void no_certificate_is_a_failure(void **state)
{
    struct stranger x;
    stranger_open(&x, "SRTP_AEAD_AES_128_GCM", false);
    stranger_run(&x, &now);
    assert_int_equal(x.d->state, LKCAM_DTLS_FAILED);
    assert_string_equal(x.d->reason, "peer did not return a certificate");
    stranger_close(&x);
}

static void only_dtls_1_2(void **state)
{
    struct stranger x;
    stranger_open(&x, "SRTP_AEAD_AES_128_GCM", true);
    SSL_set_security_level(x.ssl, 0);
    SSL_set_min_proto_version(x.ssl, DTLS1_VERSION);
    SSL_set_max_proto_version(x.ssl, DTLS1_VERSION);
    stranger_run(&x, &now);
    assert_int_equal(x.d->state, LKCAM_DTLS_FAILED);
    assert_true(x.d->reason[0]);
    stranger_close(&x);
}

static void close_notify_closes(void **state)
{
    struct stranger x;
    struct lkcam_srtp_keys keys;
    stranger_open(&x, "SRTP_AEAD_AES_128_GCM", true);
    stranger_run(&x, &now);
    // Application data has no taker, and does no harm.
    assert_int_equal(SSL_write(x.ssl, "data", 4), 4);
    stranger_run(&x, &now);
    assert_int_equal(x.d->state, LKCAM_DTLS_READY);
    SSL_shutdown(x.ssl);
    stranger_run(&x, &now);
    assert_int_equal(x.d->state, LKCAM_DTLS_CLOSED);
    assert_int_equal(x.d->ops->keys(x.d, &keys), 0); // media may go on
    assert_int_equal(ERR_peek_error(), 0);
    stranger_close(&x);
}

static void renegotiation_is_declined(void **state)
{
    struct stranger x;
    stranger_open(&x, "SRTP_AEAD_AES_128_GCM", true);
    stranger_run(&x, &now);
    assert_int_equal(x.d->state, LKCAM_DTLS_READY);
    SSL_renegotiate(x.ssl);
    stranger_run(&x, &now);
    assert_int_not_equal(x.d->state, LKCAM_DTLS_FAILED);
    stranger_close(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(server_waits_without_a_deadline),
        cmocka_unit_test(keys_of_both_ends_mirror),
        cmocka_unit_test(each_datagram_may_be_lost),
        cmocka_unit_test(two_in_a_row_may_be_lost),
        cmocka_unit_test(each_datagram_may_come_twice),
        cmocka_unit_test(flights_may_come_backwards),
        cmocka_unit_test(a_third_lost_at_random),
        cmocka_unit_test(silence_is_repeated_to_and_given_up),
        cmocka_unit_test(another_certificate_is_refused),
        cmocka_unit_test(noise_is_dropped),
        cmocka_unit_test(last_flight_is_answered_again),
        cmocka_unit_test(identity_is_fresh_and_of_p_256),
        cmocka_unit_test(the_best_common_profile_is_chosen),
        cmocka_unit_test(no_common_profile_is_a_failure),
        cmocka_unit_test(no_certificate_is_a_failure),
        cmocka_unit_test(only_dtls_1_2),
        cmocka_unit_test(close_notify_closes),
        cmocka_unit_test(renegotiation_is_declined),
    };
    return cmocka_run_group_tests_name("dtls", tests, NULL, NULL);
}
