// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "net/srtp.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../seeded.h"
#include "cmocka_all.h"
#include "srtp_model.h"
#include "vector.h"

#define SSRC 0xcafebabeu

static const enum lkcam_srtp_profile profiles[] = {LKCAM_SRTP_AEAD_AES_128_GCM,
                                                   LKCAM_SRTP_AES128_CM_SHA1_80};

struct pair {
    struct lkcam_srtp *here, *there;
    struct lkcam_srtp_keys keys;
};

static bool is_gcm(const struct pair *p)
{
    return p->keys.profile == LKCAM_SRTP_AEAD_AES_128_GCM;
}

static size_t salt_len(const struct pair *p)
{
    return is_gcm(p) ? 12 : 14;
}

static size_t tag_len(const struct pair *p)
{
    return is_gcm(p) ? 16 : 10;
}

// The other end has the same keys the other way round.
static void open_pair(struct pair *p, enum lkcam_srtp_profile profile)
{
    const uint32_t ssrcs[] = {SSRC, SSRC + 1};
    struct lkcam_srtp_keys back = {.profile = profile};
    *p = (struct pair){.keys.profile = profile};
    for (int i = 0; i < 30; i++) {
        p->keys.send[i] = back.receive[i] = (uint8_t)i;
        p->keys.receive[i] = back.send[i] = (uint8_t)(0x80 + i);
    }
    assert_int_equal(lkcam_srtp_new(&p->here, &p->keys, ssrcs, 2), 0);
    assert_int_equal(lkcam_srtp_new(&p->there, &back, ssrcs, 2), 0);
}

static void close_pair(struct pair *p)
{
    lkcam_srtp_free(&p->here);
    lkcam_srtp_free(&p->there);
    assert_null(p->here);
    lkcam_srtp_free(&p->here);
}

static size_t rtp(uint8_t *out, uint32_t ssrc, uint16_t number, size_t payload)
{
    const uint8_t header[12] = {0x80,
                                0x60,
                                (uint8_t)(number >> 8),
                                (uint8_t)number,
                                0xde,
                                0xca,
                                0xfb,
                                0xad,
                                (uint8_t)(ssrc >> 24),
                                (uint8_t)(ssrc >> 16),
                                (uint8_t)(ssrc >> 8),
                                (uint8_t)ssrc};
    memcpy(out, header, 12);
    for (size_t i = 0; i < payload; i++)
        out[12 + i] = (uint8_t)(number + i);
    return 12 + payload;
}

static size_t rtcp(uint8_t *out)
{
    static const uint8_t report[28] = {0x80, 200, 0, 6, 0xca, 0xfe, 0xba, 0xbe,
                                       1,    2,   3, 4, 5,    6,    7,    8};
    memcpy(out, report, sizeof report);
    return sizeof report;
}

static void model_agrees_with_the_rfcs(void **state)
{
    struct model_keys k = {.salt = "Quid pro quo"}, derived;
    uint8_t got[256], expected[256];
    uint8_t master[30] = {0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f,
                          0xa3, 0x2c, 0x06, 0xde, 0x41, 0x39, 0x0e, 0xc6, 0x75, 0xad,
                          0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6};
    for (int i = 0; i < 16; i++)
        k.key[i] = (uint8_t)i;

    size_t len = vector_read("srtp_gcm_rtp", got, sizeof got);
    len = model_rtp(&k, true, got, len);
    assert_int_equal(len, vector_read("srtp_gcm_srtp", expected, sizeof expected));
    assert_memory_equal(got, expected, len);

    len = vector_read("srtp_gcm_rtcp", got, sizeof got);
    len = model_rtcp(&k, true, got, len, 0x5d4);
    assert_int_equal(len, vector_read("srtp_gcm_srtcp", expected, sizeof expected));
    assert_memory_equal(got, expected, len);

    derived = model_session(master, 14, 0);
    assert_int_equal(vector_read("srtp_kdf", expected, sizeof expected), 50);
    assert_memory_equal(derived.key, expected, 16);
    assert_memory_equal(derived.salt, expected + 16, 14);
    assert_memory_equal(derived.auth, expected + 30, 20);
}

static void packets_are_the_models(void **state)
{
    for (int i = 0; i < 2; i++) {
        struct pair p;
        uint8_t ours[1300] __attribute__((aligned(4))), models[1300];
        open_pair(&p, profiles[i]);
        struct model_keys for_rtp = model_session(p.keys.send, salt_len(&p), 0);
        struct model_keys for_rtcp = model_session(p.keys.send, salt_len(&p), 3);
        for (uint16_t n = 30000; n < 30100; n++) {
            size_t len = rtp(ours, SSRC + n % 2, n, n % 1201u);
            memcpy(models, ours, len);
            size_t expected = model_rtp(&for_rtp, is_gcm(&p), models, len);
            assert_int_equal(lkcam_srtp_protect(p.here, ours, &len), 0);
            assert_int_equal(len, expected);
            assert_memory_equal(ours, models, len);
        }
        for (uint32_t index = 1; index < 300; index++) {
            size_t len = rtcp(ours);
            memcpy(models, ours, len);
            size_t expected = model_rtcp(&for_rtcp, is_gcm(&p), models, len, index);
            assert_int_equal(lkcam_srtp_protect_rtcp(p.here, ours, &len), 0);
            assert_int_equal(len, expected);
            assert_true(len - 28 <= LKCAM_SRTP_TRAILER);
            assert_memory_equal(ours, models, len);
        }
        close_pair(&p);
    }
}

static void whole_packets_of_libsrtp(void **state)
{
    static const char *const vectors[] = {"srtp_gcm_whole", "srtp_cm_srtp"};
    static const uint8_t cm[30] = {0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f,
                                   0xa3, 0x2c, 0x06, 0xde, 0x41, 0x39, 0x0e, 0xc6, 0x75, 0xad,
                                   0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6};
    for (int i = 0; i < 2; i++) {
        struct lkcam_srtp_keys keys = {.profile = profiles[i]};
        struct lkcam_srtp *s;
        const uint32_t ssrc = SSRC;
        uint8_t expected[64],
            got[64] __attribute__((aligned(4))) = {0x80, 0x0f, 0x12, 0x34, 0xde, 0xca,
                                                   0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe};
        memset(got + 12, 0xab, 16);
        for (int b = 0; b < 28; b++)
            keys.send[b] = (uint8_t)(b < 16 ? b : 0xa0 + b - 16);
        if (i == 1)
            memcpy(keys.send, cm, 30);
        assert_int_equal(lkcam_srtp_new(&s, &keys, &ssrc, 1), 0);
        size_t len = 28;
        assert_int_equal(lkcam_srtp_protect(s, got, &len), 0);
        assert_int_equal(len, vector_read(vectors[i], expected, sizeof expected));
        assert_memory_equal(got, expected, len);
        lkcam_srtp_free(&s);
    }
}

static void there_and_back(void **state)
{
    for (int i = 0; i < 2; i++) {
        struct pair p;
        uint8_t packet[1300] __attribute__((aligned(4))), plain[1300];
        open_pair(&p, profiles[i]);
        // Past the rollover, in both directions.
        for (uint32_t n = 65000; n < 66000; n++) {
            size_t before = rtp(plain, SSRC, (uint16_t)n, 1188), len = before;
            memcpy(packet, plain, len);
            struct lkcam_srtp *from = n % 2 ? p.here : p.there, *to = n % 2 ? p.there : p.here;
            assert_int_equal(lkcam_srtp_protect(from, packet, &len), 0);
            assert_int_equal(len, before + tag_len(&p));
            assert_memory_equal(packet, plain, 12);
            assert_int_equal(lkcam_srtp_unprotect(to, packet, &len), 0);
            assert_int_equal(len, before);
            assert_memory_equal(packet, plain, len);
        }
        size_t len = rtcp(packet);
        assert_int_equal(lkcam_srtp_protect_rtcp(p.here, packet, &len), 0);
        assert_int_equal(lkcam_srtp_unprotect_rtcp(p.there, packet, &len), 0);
        assert_int_equal(len, rtcp(plain));
        assert_memory_equal(packet, plain, len);
        close_pair(&p);
    }
}

static void a_number_is_protected_once(void **state)
{
    for (int i = 0; i < 2; i++) {
        struct pair p;
        uint8_t packet[200] __attribute__((aligned(4)));
        open_pair(&p, profiles[i]);
        for (uint16_t n = 1000; n < 1010; n++) {
            size_t len = rtp(packet, SSRC, n, 100);
            assert_int_equal(lkcam_srtp_protect(p.here, packet, &len), 0);
        }
        for (uint16_t n = 1000; n < 1010; n++) {
            size_t len = rtp(packet, SSRC, n, 90);
            assert_int_equal(lkcam_srtp_protect(p.here, packet, &len), -EALREADY);
            assert_int_equal(len, 102);
            assert_int_equal(packet[12], (uint8_t)n); // nothing of it was encrypted
        }
        size_t len = rtp(packet, SSRC, 9000, 90); // what was left out may still follow
        assert_int_equal(lkcam_srtp_protect(p.here, packet, &len), 0);
        len = rtp(packet, SSRC, 1010, 90);
        assert_int_equal(lkcam_srtp_protect(p.here, packet, &len), 0);
        len = rtp(packet, SSRC + 1, 1000, 90); // another SSRC has its own numbers
        assert_int_equal(lkcam_srtp_protect(p.here, packet, &len), 0);
        len = rtp(packet, SSRC + 2, 1000, 90); // and a third one was not told of
        assert_int_equal(lkcam_srtp_protect(p.here, packet, &len), -EINVAL);
        close_pair(&p);
    }
}

static void replayed_is_refused(void **state)
{
    for (int i = 0; i < 2; i++) {
        struct pair p;
        uint8_t packets[3][200] __attribute__((aligned(4))), copy[200] __attribute__((aligned(4)));
        size_t len[3], n;
        open_pair(&p, profiles[i]);
        for (uint16_t k = 0; k < 3; k++) {
            len[k] = rtp(packets[k], SSRC, k, 100);
            assert_int_equal(lkcam_srtp_protect(p.here, packets[k], &len[k]), 0);
        }
        static const int order[] = {1, 0, 2, 0, 1, 2}; // out of order is well, twice is not
        for (int k = 0; k < 6; k++) {
            n = len[order[k]];
            memcpy(copy, packets[order[k]], n);
            assert_int_equal(lkcam_srtp_unprotect(p.there, copy, &n), k < 3 ? 0 : -EALREADY);
        }
        n = rtcp(packets[0]);
        assert_int_equal(lkcam_srtp_protect_rtcp(p.here, packets[0], &n), 0);
        len[0] = n;
        memcpy(copy, packets[0], n);
        assert_int_equal(lkcam_srtp_unprotect_rtcp(p.there, copy, &n), 0);
        n = len[0];
        assert_int_equal(lkcam_srtp_unprotect_rtcp(p.there, packets[0], &n), -EALREADY);
        close_pair(&p);
    }
}

typedef int (*transform)(struct lkcam_srtp *, uint8_t *, size_t *);

// Every bit counts. What it makes of the packet differs (another SSRC, another index, no packet at
// all).
static void assert_every_bit_counts(struct pair *p, const uint8_t *packet, size_t whole,
                                    transform unprotect)
{
    uint8_t copy[256] __attribute__((aligned(4)));
    for (size_t bit = 0; bit < whole * 8; bit++) {
        size_t len = whole;
        memcpy(copy, packet, whole);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        int err = unprotect(p->there, copy, &len);
        assert_true(err == -EACCES || err == -EBADMSG);
    }
    for (size_t shorter = 0; shorter < whole; shorter++) {
        size_t len = shorter;
        memcpy(copy, packet, whole);
        int err = unprotect(p->there, copy, &len);
        assert_true(err == -EACCES || err == -EBADMSG);
    }
    size_t len = whole;
    memcpy(copy, packet, whole);
    copy[14] ^= 1; // what was encrypted
    assert_int_equal(unprotect(p->there, copy, &len), -EACCES);
    len = whole;
    memcpy(copy, packet, whole);
    assert_int_equal(unprotect(p->there, copy, &len), 0);
}

static void tampered_is_refused(void **state)
{
    for (int i = 0; i < 2; i++) {
        struct pair p;
        uint8_t packet[256] __attribute__((aligned(4)));
        open_pair(&p, profiles[i]);
        size_t len = rtp(packet, SSRC, 7, 60);
        assert_int_equal(lkcam_srtp_protect(p.here, packet, &len), 0);
        assert_every_bit_counts(&p, packet, len, lkcam_srtp_unprotect);
        len = rtcp(packet);
        assert_int_equal(lkcam_srtp_protect_rtcp(p.here, packet, &len), 0);
        assert_every_bit_counts(&p, packet, len, lkcam_srtp_unprotect_rtcp);
        close_pair(&p);
    }
}

static void noise_is_refused(void **state)
{
    uint64_t seed = 20261123;
    struct lkcam_rand rand = seeded(&seed);
    for (int i = 0; i < 2; i++) {
        struct pair p;
        open_pair(&p, profiles[i]);
        for (int n = 0; n < 20000; n++) {
            uint8_t packet[160] __attribute__((aligned(4)));
            size_t len = lkcam_rand_u32(&rand) % sizeof packet;
            rand.fill(rand.ctx, packet, sizeof packet);
            packet[0] = (uint8_t)(0x80 | (packet[0] & 0x3f));
            size_t before = len;
            int err = n % 2 ? lkcam_srtp_unprotect(p.here, packet, &len)
                            : lkcam_srtp_unprotect_rtcp(p.here, packet, &len);
            assert_true(err == -EACCES || err == -EBADMSG);
            assert_int_equal(len, before);
        }
        close_pair(&p);
    }
}

static void other_profiles_are_refused(void **state)
{
    struct lkcam_srtp_keys keys = {.profile = (enum lkcam_srtp_profile)8};
    struct lkcam_srtp *s = (void *)1;
    const uint32_t ssrc = SSRC;
    assert_int_equal(lkcam_srtp_new(&s, &keys, &ssrc, 1), -EINVAL);
    assert_null(s);
}

// ASan has an allocator of its own; gcc and clang say differently that it is there.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OTHER_ALLOCATOR
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define OTHER_ALLOCATOR
#endif

#ifndef OTHER_ALLOCATOR
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

static long taken, given_back;

void *malloc(size_t size)
{
    taken++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    taken++;
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    taken += p == NULL;
    return __libc_realloc(p, size);
}

void free(void *p)
{
    given_back += p != NULL;
    __libc_free(p);
}

static void protect_both(struct pair *p, uint16_t begin, uint16_t end)
{
    uint8_t packet[1300] __attribute__((aligned(4)));
    for (uint16_t n = begin; n < end; n++) {
        size_t len = rtp(packet, SSRC + n % 2, n, 1188);
        assert_int_equal(lkcam_srtp_protect(p->here, packet, &len), 0);
        len = rtcp(packet);
        assert_int_equal(lkcam_srtp_protect_rtcp(p->here, packet, &len), 0);
    }
}

// NSS under Debian's libsrtp takes blocks for each packet (docs/design/srtp.md); after the first
// ones, which fill its pools, nobody keeps any.
static void packets_leave_no_memory_behind(void **state)
{
    for (int i = 0; i < 2; i++) {
        struct pair p;
        open_pair(&p, profiles[i]);
        protect_both(&p, 0, 10);
        long kept = taken - given_back, calls = taken;
        protect_both(&p, 10, 1010);
        assert_int_equal(taken - given_back, kept);
        print_message("profile %d: %.1f blocks taken and given back a packet\n", profiles[i],
                      (double)(taken - calls) / 2000);
        close_pair(&p);
    }
}
#else
static void packets_leave_no_memory_behind(void **state)
{
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model_agrees_with_the_rfcs),
        cmocka_unit_test(packets_are_the_models),
        cmocka_unit_test(whole_packets_of_libsrtp),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(a_number_is_protected_once),
        cmocka_unit_test(replayed_is_refused),
        cmocka_unit_test(tampered_is_refused),
        cmocka_unit_test(noise_is_refused),
        cmocka_unit_test(other_profiles_are_refused),
        cmocka_unit_test(packets_leave_no_memory_behind),
    };
    return cmocka_run_group_tests_name("srtp", tests, NULL, NULL);
}
