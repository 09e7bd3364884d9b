// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "wire/stun.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "cmocka_all.h"
#include "vector.h"

#define PASSWORD "VOkJxbRl1RmTxUk/WvJxBt"

static void request_of_rfc_5769(void **state)
{
    static const uint8_t tid[] = {0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
                                  0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};
    uint8_t bytes[256];
    struct lkcam_stun m;
    size_t len = vector_read("stun_request", bytes, sizeof bytes);

    assert_int_equal(len, 108);
    assert_int_equal(lkcam_stun_read(bytes, len, &m), 0);
    assert_int_equal(m.type, LKCAM_STUN_BINDING_REQUEST);
    assert_memory_equal(m.tid, tid, sizeof tid);
    assert_int_equal(m.username_len, 9);
    assert_memory_equal(m.username, "evtj:h6vY", 9);
    assert_int_equal(m.priority, 0x6e0001ff);
    assert_int_equal(m.role, LKCAM_STUN_CONTROLLED);
    assert_true(m.tie_breaker == 0x932ff9b151263b36ull);
    assert_false(m.use_candidate);
    assert_true(m.has_fingerprint);
    assert_int_equal(lkcam_stun_verify(bytes, len, &m, PASSWORD), 0);
    assert_int_equal(lkcam_stun_verify(bytes, len, &m, "VOkJxbRl1RmTxUk/WvJxBT"), -EACCES);
}

static void assert_response(const char *vector, const char *ip)
{
    uint8_t bytes[256];
    struct lkcam_stun m;
    struct lkcam_addr expected;
    size_t len = vector_read(vector, bytes, sizeof bytes);

    assert_int_equal(lkcam_addr_parse(&expected, ip, 32853), 0);
    assert_int_equal(lkcam_stun_read(bytes, len, &m), 0);
    assert_int_equal(m.type, LKCAM_STUN_BINDING_SUCCESS);
    assert_true(m.has_mapped);
    assert_true(lkcam_addr_equal(&m.mapped, &expected));
    assert_int_equal(lkcam_stun_verify(bytes, len, &m, PASSWORD), 0);
}

static void responses_of_rfc_5769(void **state)
{
    assert_response("stun_response_ipv4", "192.0.2.1");
    assert_response("stun_response_ipv6", "2001:db8:1234:5678:11:2233:4455:6677");
}

static void every_changed_bit_is_noticed(void **state)
{
    uint8_t bytes[256];
    struct lkcam_stun m;
    size_t len = vector_read("stun_request", bytes, sizeof bytes);

    for (size_t bit = 0; bit < len * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        // Where the change hides the fingerprint itself, at least none is said to be there.
        if (lkcam_stun_read(bytes, len, &m) == 0)
            assert_false(m.has_fingerprint);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t shorter = 0; shorter < len; shorter++)
        assert_int_equal(lkcam_stun_read(bytes, shorter, &m), -EBADMSG);
}

static void check_there_and_back(void **state)
{
    const struct lkcam_stun m = {.type = LKCAM_STUN_BINDING_REQUEST,
                                 .tid = "abcdefghijkl",
                                 .username = "theirs:ours",
                                 .username_len = 11,
                                 .priority = 1853817087,
                                 .role = LKCAM_STUN_CONTROLLING,
                                 .tie_breaker = 0x0102030405060708ull,
                                 .use_candidate = true};
    uint8_t bytes[LKCAM_STUN_MAX];
    struct lkcam_stun back;

    // Header 20, USERNAME 4 + 12, PRIORITY 8, ICE-CONTROLLING 12, USE-CANDIDATE 4, integrity 24,
    // fingerprint 8.
    int n = lkcam_stun_write(bytes, sizeof bytes, &m, "password");
    assert_int_equal(n, 92);
    assert_int_equal(bytes[3], 72);
    assert_int_equal(lkcam_stun_read(bytes, (size_t)n, &back), 0);
    assert_memory_equal(back.tid, m.tid, LKCAM_STUN_TID);
    assert_int_equal(back.username_len, 11);
    assert_memory_equal(back.username, "theirs:ours", 11);
    assert_int_equal(back.priority, m.priority);
    assert_int_equal(back.role, LKCAM_STUN_CONTROLLING);
    assert_true(back.tie_breaker == m.tie_breaker);
    assert_true(back.use_candidate);
    assert_int_equal(lkcam_stun_verify(bytes, (size_t)n, &back, "password"), 0);
    assert_int_equal(lkcam_stun_verify(bytes, (size_t)n, &back, "passwore"), -EACCES);
    for (size_t cap = 0; cap < 92; cap++)
        assert_int_equal(lkcam_stun_write(bytes, cap, &m, "password"), -ENOSPC);
}

// With no software attribute and no padding but zeros ours is another message than RFC 5769's;
// the address part is the same.
static void mapped_address_is_written_as_in_rfc_5769(void **state)
{
    static const char *const vectors[] = {"stun_response_ipv4", "stun_response_ipv6"};
    static const size_t lens[] = {12, 24};

    for (int i = 0; i < 2; i++) {
        uint8_t theirs[256], ours[LKCAM_STUN_MAX];
        struct lkcam_stun m;
        size_t len = vector_read(vectors[i], theirs, sizeof theirs);
        assert_int_equal(lkcam_stun_read(theirs, len, &m), 0);
        assert_int_equal(lkcam_stun_write(ours, sizeof ours, &m, NULL), 20 + lens[i] + 8);
        assert_memory_equal(ours + 20, theirs + 36, lens[i]);
    }
}

static void role_conflict_there_and_back(void **state)
{
    const struct lkcam_stun m = {.type = LKCAM_STUN_BINDING_ERROR, .error_code = 487};
    static const uint8_t attribute[] = {0, 9, 0, 4, 0, 0, 4, 87};
    uint8_t bytes[LKCAM_STUN_MAX];
    struct lkcam_stun back;

    int n = lkcam_stun_write(bytes, sizeof bytes, &m, NULL);
    assert_int_equal(n, 36);
    assert_memory_equal(bytes + 20, attribute, 8);
    assert_int_equal(lkcam_stun_read(bytes, (size_t)n, &back), 0);
    assert_int_equal(back.error_code, 487);
    assert_int_equal(back.integrity_at, 0);
    assert_int_equal(lkcam_stun_verify(bytes, (size_t)n, &back, "password"), -EACCES);
}

/** A request with the given attributes and no fingerprint. */
static int read_with(const void *attributes, size_t len, struct lkcam_stun *out)
{
    static uint8_t bytes[2048];
    struct lkcam_writer w = lkcam_writer_over(bytes, sizeof bytes);
    lkcam_write_u16(&w, LKCAM_STUN_BINDING_REQUEST);
    lkcam_write_u16(&w, (uint16_t)len);
    lkcam_write_u32(&w, 0x2112a442);
    lkcam_write_bytes(&w, "abcdefghijkl", 12);
    lkcam_write_bytes(&w, attributes, len);
    assert_false(w.bad);
    return lkcam_stun_read(bytes, lkcam_written(&w), out);
}

#define READ(text, out) read_with(text, sizeof text - 1, out)

static void unknown_attributes(void **state)
{
    struct lkcam_stun m;
    assert_int_equal(READ("", &m), 0);
    assert_int_equal(READ("\x80\x22\0\1xxxx\0\x24\0\4\0\0\0\7", &m), 0);
    assert_int_equal(m.priority, 7);
    assert_int_equal(READ("\x7f\xff\0\0", &m), -ENOTSUP);
    assert_int_equal(READ("\0\x15\0\4nnnn\0\x14\0\4rrrr", &m), 0); // nonce and realm
    // What cannot be read weighs more than what is not understood.
    assert_int_equal(READ("\x7f\xff\0\0\0\x24\0\2\0\0\0\0", &m), -EBADMSG);
}

static void malformed_attributes(void **state)
{
    static const uint8_t too_long[1500] = {0x80, 0x22, 0x05, 0xd8};
    struct lkcam_stun m;

    assert_int_equal(READ("\0\x24\0\5\0\0\0\7", &m), -EBADMSG);   // past the end
    assert_int_equal(READ("\0\6\0\1", &m), -EBADMSG);             // the same
    assert_int_equal(READ("\0\x24\0\4\0\0", &m), -EBADMSG);       // length not of full words
    assert_int_equal(READ("\x80\x29\0\4\0\0\0\7", &m), -EBADMSG); // half a tie breaker
    assert_int_equal(READ("\0\x20\0\x08\0\3\0\0\0\0\0\0", &m), -EBADMSG); // no such family
    assert_int_equal(READ("\0\x20\0\x08\0\2\0\0\0\0\0\0", &m), -EBADMSG); // too short for IPv6
    assert_int_equal(READ("\0\x09\0\4\0\0\2\0", &m), -EBADMSG);           // error 200
    assert_int_equal(READ("\0\x09\0\4\0\0\4\x64", &m), -EBADMSG);         // error 4, 100
    assert_int_equal(READ("\0\x08\0\4\0\0\0\0", &m), -EBADMSG);           // integrity of 4 bytes
    assert_int_equal(READ("\x80\x28\0\4\0\0\0\0", &m), -EBADMSG);         // wrong fingerprint
    assert_int_equal(read_with(too_long, 1480, &m), -EBADMSG); // the attribute is 1,496 long
    assert_int_equal(read_with(too_long, 1500, &m), -EBADMSG); // 1,520 bytes in all
}

// RFC 8489 s14.5: nobody vouches for what stands behind the integrity.
static void attributes_behind_the_integrity_are_ignored(void **state)
{
    struct lkcam_stun m;
    assert_int_equal(READ("\0\x08\0\x14....................\0\x25\0\0\x7f\xff\0\0", &m), 0);
    assert_int_equal(m.integrity_at, 20);
    assert_false(m.use_candidate);
}

static void not_stun(void **state)
{
    uint8_t bytes[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    struct lkcam_stun m;

    assert_int_equal(lkcam_stun_read(bytes, 20, &m), 0);
    bytes[4] = 0x20;
    assert_int_equal(lkcam_stun_read(bytes, 20, &m), -EBADMSG);
    bytes[4] = 0x21, bytes[0] = 0x40;
    assert_int_equal(lkcam_stun_read(bytes, 20, &m), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_of_rfc_5769),
        cmocka_unit_test(responses_of_rfc_5769),
        cmocka_unit_test(every_changed_bit_is_noticed),
        cmocka_unit_test(check_there_and_back),
        cmocka_unit_test(mapped_address_is_written_as_in_rfc_5769),
        cmocka_unit_test(role_conflict_there_and_back),
        cmocka_unit_test(unknown_attributes),
        cmocka_unit_test(malformed_attributes),
        cmocka_unit_test(attributes_behind_the_integrity_are_ignored),
        cmocka_unit_test(not_stun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
