// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/websocket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

// RFC 6455 s1.3: "the sample nonce" as the key, and what the server makes of it.
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

#define UPGRADED                                                                                   \
    "HTTP/1.1 101 Switching Protocols\r\n"                                                         \
    "upgrade: WebSocket\r\n"                                                                       \
    "Connection: keep-alive, Upgrade\r\n"                                                          \
    "Sec-WebSocket-Accept: " ACCEPT "\r\n"                                                         \
    "\r\n"

#define MAX (2 * 1024 * 1024)

// The nonce first, then masks: each is the RFC's (s5.7).
static void rfc_fill(void *ctx, uint8_t *out, size_t len)
{
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    if (len == 16)
        memcpy(out, "the sample nonce", 16);
    else
        for (size_t i = 0; i < len; i++)
            out[i] = mask[i % 4];
}

static const struct lkcam_rand rfc_rand = {rfc_fill, NULL};

struct peer {
    struct lkcam_websocket *w;
    char story[512]; // "opened message(5) closed(1000) "
    uint8_t got[256];
    size_t got_len; // of the newest event
    uint8_t sent[4096];
    size_t sent_len, sends;
};

static void on_event(void *ctx, const struct lkcam_websocket_event *e)
{
    static const char *const names[] = {"opened", "refused", "message", "closed"};
    struct peer *p = ctx;
    size_t used = strlen(p->story);
    if (e->type == LKCAM_WEBSOCKET_MESSAGE)
        snprintf(p->story + used, sizeof p->story - used, "message(%zu) ", e->len);
    else
        snprintf(p->story + used, sizeof p->story - used, "%s(%d) ", names[e->type], e->status);
    p->got_len = e->len;
    if (e->len)
        memcpy(p->got, e->bytes, e->len < sizeof p->got ? e->len : sizeof p->got);
}

static void on_send(void *ctx, const uint8_t *bytes, size_t len)
{
    struct peer *p = ctx;
    p->sends++;
    for (size_t i = 0; i < len && p->sent_len < sizeof p->sent; i++)
        p->sent[p->sent_len++] = bytes[i];
}

static void begin(struct peer *p)
{
    struct lkcam_websocket_events events = {on_event, on_send, p};
    memset(p, 0, sizeof *p);
    assert_int_equal(lkcam_websocket_new(&p->w, &events, &rfc_rand), 0);
    assert_int_equal(lkcam_websocket_start(p->w, "localhost:7880", "/rtc/v1?a=b", "tok.en"), 0);
}

static void finish(struct peer *p)
{
    lkcam_websocket_free(&p->w);
    assert_null(p->w);
    lkcam_websocket_free(&p->w);
}

static void give(struct peer *p, const void *bytes, size_t len)
{
    lkcam_websocket_input(p->w, bytes, len);
}

static void give_text(struct peer *p, const char *text)
{
    give(p, text, strlen(text));
}

static void open_peer(struct peer *p)
{
    begin(p);
    give_text(p, UPGRADED);
    assert_string_equal(p->story, "opened(101) ");
    p->story[0] = '\0';
    p->sent_len = p->sends = 0;
}

// The whole conversation in one call; afterwards the same, with a cut at every place.
static void assert_story(const void *bytes, size_t len, const char *story)
{
    struct peer p;
    for (size_t cut = 0; cut <= len; cut++) {
        begin(&p);
        give(&p, bytes, cut);
        give(&p, (const uint8_t *)bytes + cut, len - cut);
        if (strcmp(p.story, story) != 0)
            fail_msg("cut at %zu: '%s' in place of '%s'", cut, p.story, story);
        finish(&p);
    }
}

#define ASSERT_STORY(literal, story) assert_story(literal, sizeof(literal) - 1, story)

// ---- The upgrade
// ---------------------------------------------------------------------------------

static void the_request_is_this(void **state)
{
    static const char request[] = "GET /rtc/v1?a=b HTTP/1.1\r\n"
                                  "Host: localhost:7880\r\n"
                                  "Upgrade: websocket\r\n"
                                  "Connection: Upgrade\r\n"
                                  "Sec-WebSocket-Key: " KEY "\r\n"
                                  "Sec-WebSocket-Version: 13\r\n"
                                  "Authorization: Bearer tok.en\r\n"
                                  "User-Agent: lkcam\r\n"
                                  "\r\n";
    struct peer p;
    begin(&p);
    assert_int_equal(p.sends, 1);
    assert_int_equal(p.sent_len, sizeof request - 1);
    assert_memory_equal(p.sent, request, sizeof request - 1);
    finish(&p);
}

static void a_line_end_in_a_value_is_refused(void **state)
{
    struct peer p;
    struct lkcam_websocket_events events = {on_event, on_send, &p};
    memset(&p, 0, sizeof p);
    assert_int_equal(lkcam_websocket_new(&p.w, &events, &rfc_rand), 0);
    assert_int_equal(lkcam_websocket_start(p.w, "host", "/", "tok\ren"), -EINVAL);
    assert_int_equal(lkcam_websocket_start(p.w, "host", "/", "tok\nen"), -EINVAL);
    assert_int_equal(lkcam_websocket_start(p.w, "host", "/ HTTP/1.1\r\nX: y", "token"), -EINVAL);
    assert_int_equal(lkcam_websocket_start(p.w, "ho\nst", "/", "token"), -EINVAL);
    assert_int_equal(p.sends, 0);
    assert_int_equal(lkcam_websocket_send(p.w, (const uint8_t *)"x", 1), -ENOTCONN);
    finish(&p);
}

static void a_right_answer_opens(void **state)
{
    ASSERT_STORY(UPGRADED, "opened(101) ");
}

static void interim_answers_are_passed_over(void **state)
{
    ASSERT_STORY(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" UPGRADED,
        "opened(101) ");
}

static void a_wrong_answer_breaks(void **state)
{
#define ANSWER(fields) "HTTP/1.1 101 Switching Protocols\r\n" fields "\r\n"
#define UP "Upgrade: websocket\r\n"
#define CO "Connection: Upgrade\r\n"
#define AC "Sec-WebSocket-Accept: " ACCEPT "\r\n"
    ASSERT_STORY(ANSWER(UP CO AC), "opened(101) ");
    ASSERT_STORY(ANSWER(UP CO), "closed(1002) ");
    ASSERT_STORY(ANSWER(UP AC), "closed(1002) ");
    ASSERT_STORY(ANSWER(CO AC), "closed(1002) ");
    ASSERT_STORY(ANSWER("Upgrade: h2c\r\n" CO AC), "closed(1002) ");
    ASSERT_STORY(ANSWER(UP "Connection: close, Upgraded\r\n" AC), "closed(1002) ");
    ASSERT_STORY(ANSWER(UP "Connection: \t, ,,\r\n" AC), "closed(1002) ");
    ASSERT_STORY(ANSWER(UP "Connection: a\0b\r\n" AC), "closed(1002) ");
    ASSERT_STORY(ANSWER(UP CO "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOO=\r\n"),
                 "closed(1002) ");
    ASSERT_STORY(ANSWER(UP CO AC "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
                 "closed(1002) ");
    ASSERT_STORY(ANSWER(UP CO AC "Sec-WebSocket-Protocol: chat\r\n"), "closed(1002) ");
    ASSERT_STORY("SSH-2.0-OpenSSH_9.2\r\n", "closed(1002) ");
    ASSERT_STORY("HTTP/1.1 2x0 OK\r\n\r\n", "closed(1002) ");
    ASSERT_STORY("HTTP/2 101\r\n\r\n", "closed(1002) ");
    ASSERT_STORY("\r\n", "closed(1002) ");
}

static void assert_refused(const char *answer, bool ended, int status, const char *body)
{
    struct peer p;
    char story[32];
    size_t len = strlen(answer);
    snprintf(story, sizeof story, "refused(%d) ", status);
    for (size_t cut = 0; cut <= len; cut++) {
        begin(&p);
        give(&p, answer, cut);
        give(&p, answer + cut, len - cut);
        if (ended) {
            assert_string_equal(p.story, "");
            lkcam_websocket_end(p.w);
        }
        assert_string_equal(p.story, story);
        assert_int_equal(p.got_len, strlen(body));
        assert_memory_equal(p.got, body, strlen(body));
        lkcam_websocket_end(p.w);
        assert_string_equal(p.story, story);
        finish(&p);
    }
}

static void a_refusal_has_status_and_body(void **state)
{
    assert_refused("HTTP/1.1 401 Unauthorized\r\nContent-Length: 13\r\n\r\ninvalid token", false,
                   401, "invalid token");
    assert_refused("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false, 404, "");
    assert_refused("HTTP/1.1 503 Busy\r\ncontent-length:  2 \r\n\r\nno and more", false, 503, "no");
    assert_refused("HTTP/1.0 502 Bad Gateway\r\n\r\nuntil the end", true, 502, "until the end");
    assert_refused("HTTP/1.1 401 X\r\nContent-Length: 50\r\n\r\ncut short", true, 401, "cut short");
    assert_refused(
        "HTTP/1.1 403 X\r\nTransfer-Encoding: chunked\r\n\r\n6;x=y\r\ndenied\r\n0\r\n\r\n", false,
        403, "denied");
    assert_refused("HTTP/1.1 403 X\r\nTransfer-Encoding: chunked\r\n\r\n0A\r\nten bytes.\r\n5\r\nm",
                   false, 403, "ten bytes.");
    assert_refused("HTTP/1.1 403 X\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000002\r\nten",
                   true, 403, "ten");
    assert_refused(
        "HTTP/1.1 403 X\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n",
        false, 403, "no");
    assert_refused("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", false, 200, "hi");
}

static void an_end_within_the_head_breaks(void **state)
{
    struct peer p;
    begin(&p);
    give_text(&p, "HTTP/1.1 401 Unauthorized\r\nContent-");
    lkcam_websocket_end(p.w);
    assert_string_equal(p.story, "closed(1002) ");
    finish(&p);
}

static void of_a_long_body_4096_bytes_are_told(void **state)
{
    struct peer p;
    begin(&p);
    give_text(&p, "HTTP/1.1 500 X\r\nContent-Length: 99999999999999999999999999\r\n\r\n");
    for (int i = 0; i < 4095; i++)
        give_text(&p, "x");
    assert_string_equal(p.story, "");
    give_text(&p, "xy");
    assert_string_equal(p.story, "refused(500) ");
    assert_int_equal(p.got_len, 4096);
    give_text(&p, "more");
    assert_string_equal(p.story, "refused(500) ");
    finish(&p);
}

static void a_head_has_16_kb(void **state)
{
    static char line[1024 + 1] = "X: ";
    struct peer p;

    memset(line + 3, 'x', sizeof line - 6);
    memcpy(line + sizeof line - 3, "\r\n", 3);
    assert_int_equal(strlen(line), 1024);
    begin(&p);
    give_text(&p, "HTTP/1.1 101 Switching Protocols\r\n");
    for (int i = 0; i < 15; i++)
        give_text(&p, line);
    give_text(&p, UP CO AC "\r\n");
    assert_string_equal(p.story, "opened(101) ");
    finish(&p);

    begin(&p);
    give_text(&p, "HTTP/1.1 101 Switching Protocols\r\n");
    for (int i = 0; i < 15; i++)
        give_text(&p, line);
    assert_string_equal(p.story, "");
    give_text(&p, line);
    assert_string_equal(p.story, "closed(1002) ");
    give_text(&p, line);
    assert_string_equal(p.story, "closed(1002) ");
    finish(&p);
}

// ---- Frames
// --------------------------------------------------------------------------------------

static void the_frames_of_rfc_6455_5_7(void **state)
{
    static const uint8_t hello_text[] = {0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f};
    static const uint8_t ping[] = {0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f};
    static const uint8_t masked_pong[] = {0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d,
                                          0x7f, 0x9f, 0x4d, 0x51, 0x58};
    static const uint8_t medium_head[] = {0x82, 0x7e, 0x01, 0x00};
    static const uint8_t long_head[] = {0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0};
    static uint8_t zeros[65536];
    struct peer p;

    open_peer(&p);
    give(&p, hello_text, sizeof hello_text); // passed over
    assert_string_equal(p.story, "");
    give(&p, ping, sizeof ping);
    assert_int_equal(p.sent_len, sizeof masked_pong);
    assert_memory_equal(p.sent, masked_pong, sizeof masked_pong);
    give(&p, medium_head, sizeof medium_head);
    give(&p, zeros, 256);
    give(&p, long_head, sizeof long_head);
    give(&p, zeros, 65536);
    assert_string_equal(p.story, "message(256) message(65536) ");
    finish(&p);
}

static void split_at_every_position(void **state)
{
    ASSERT_STORY(UPGRADED "\x82\x05Hello"
                          "\x89\x00"
                          "\x02\x03Hel" // a fragmented message,
                          "\x89\x01p"   // with a ping inside
                          "\x80\x02lo"
                          "\x82\x00"
                          "\x8a\x00"
                          "\x88\x06\x03\xe8"
                          "bye!",
                 "opened(101) message(5) message(5) message(0) closed(1000) ");
}

static void a_fragmented_message_is_one(void **state)
{
    struct peer p;
    open_peer(&p);
    give(&p, "\x02\x03Hel", 5);
    assert_string_equal(p.story, "");
    give(&p, "\x80\x02lo", 4);
    assert_string_equal(p.story, "message(5) ");
    assert_memory_equal(p.got, "Hello", 5);
    finish(&p);
}

static void what_is_sent_is_masked_and_in_one_piece(void **state)
{
    static const uint8_t hello[] = {0x82, 0x85, 0x37, 0xfa, 0x21, 0x3d,
                                    0x7f, 0x9f, 0x4d, 0x51, 0x58};
    uint8_t *big = calloc(1, 100000);
    struct peer p;

    open_peer(&p);
    assert_int_equal(lkcam_websocket_send(p.w, (const uint8_t *)"Hello", 5), 0);
    assert_int_equal(p.sends, 1);
    assert_int_equal(p.sent_len, sizeof hello);
    assert_memory_equal(p.sent, hello, sizeof hello);
    p.sent_len = p.sends = 0;
    assert_int_equal(lkcam_websocket_send(p.w, big, 12000), 0);
    assert_int_equal(p.sends, 1);
    assert_int_equal(lkcam_websocket_send(p.w, big, 100000), 0);
    assert_int_equal(p.sends, 1 + 7); // of 16 kB
    free(big);
    finish(&p);
}

static void a_close_is_answered_and_told(void **state)
{
    static const uint8_t answer[] = {0x88, 0x82, 0x37, 0xfa, 0x21, 0x3d, 0x03 ^ 0x37, 0xe9 ^ 0xfa};
    struct peer p;
    open_peer(&p);
    give(&p, "\x88\x06\x03\xe9gone\x82\x01x", 11);
    assert_string_equal(p.story, "closed(1001) ");
    assert_int_equal(p.got_len, 4);
    assert_memory_equal(p.got, "gone", 4);
    assert_true(p.sent_len >= sizeof answer);
    assert_int_equal(p.sent[0], 0x88);
    assert_memory_equal(p.sent + 6, answer + 6, 2);
    assert_int_equal(lkcam_websocket_send(p.w, (const uint8_t *)"x", 1), -ENOTCONN);
    give(&p, "\x82\x01x", 3);
    lkcam_websocket_end(p.w);
    assert_string_equal(p.story, "closed(1001) ");
    finish(&p);
    open_peer(&p);
    give(&p, "\x88\x00", 2);
    assert_string_equal(p.story, "closed(1005) ");
    assert_int_equal(p.got_len, 0);
    finish(&p);
}

static void our_close_comes_back(void **state)
{
    static const uint8_t close[] = {0x88, 0x82, 0x37, 0xfa, 0x21, 0x3d, 0x03 ^ 0x37, 0xe8 ^ 0xfa};
    struct peer p;
    open_peer(&p);
    lkcam_websocket_close(p.w, 1000);
    lkcam_websocket_close(p.w, 1000);
    assert_int_equal(lkcam_websocket_send(p.w, (const uint8_t *)"x", 1), -ENOTCONN);
    assert_int_equal(p.sent_len, sizeof close);
    assert_memory_equal(p.sent, close, sizeof close);
    assert_string_equal(p.story, "");
    assert_int_not_equal(lkcam_websocket_send(p.w, (const uint8_t *)"x", 1), 0);
    give(&p, "\x88\x02\x03\xe8", 4);
    assert_string_equal(p.story, "closed(1000) ");
    assert_int_equal(p.sent_len, sizeof close);
    finish(&p);
}

static void broken_frames_end_it(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *story;
    } cases[] = {
        {"\x83\x00", 2, "closed(1002) "},                    // an opcode without a meaning
        {"\xc2\x01x", 3, "closed(1002) "},                   // RSV1, which nobody agreed on
        {"\x80\x01x", 3, "closed(1002) "},                   // a continuation of nothing
        {"\x02\x01x\x82\x01y", 6, "closed(1002) "},          // a message within a message
        {"\x09\x00", 2, "closed(1002) "},                    // a ping in fragments
        {"\x89\x7e\x00\x7e", 4, "closed(1002) "},            // a ping above 125 bytes
        {"\x88\x01x", 3, "closed(1005) "},                   // half a close code counts as none
        {"\x88\x02\x03\xed", 4, "closed(1002) "},            // 1005 is never on the wire
        {"\x82\x7f\x80\0\0\0\0\0\0\0", 10, "closed(1002) "}, // a length of 2^63
        {"\x82\x7e\x00\x01", 4, "closed(1002) "},            // not the shortest form
        {"\x81\x02\xff\xff", 4, "closed(1007) "},            // text that is none
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct peer p;
        open_peer(&p);
        give(&p, cases[i].bytes, cases[i].len);
        if (strcmp(p.story, cases[i].story) != 0)
            fail_msg("case %zu: '%s'", i, p.story);
        assert_true(p.sent_len >= 6 && p.sent[0] == 0x88); // the server is told
        give(&p, "\x82\x01x", 3);
        assert_string_equal(p.story, cases[i].story);
        finish(&p);
    }
}

static void a_message_has_2_mib(void **state)
{
    static const uint8_t most[] = {0x82, 0x7f, 0, 0, 0, 0, 0, 0x20, 0, 0};
    static const uint8_t above[] = {0x82, 0x7f, 0, 0, 0, 0, 0, 0x20, 0, 1};
    uint8_t *bytes = calloc(1, MAX);
    struct peer p;

    open_peer(&p);
    give(&p, most, sizeof most);
    give(&p, bytes, MAX);
    assert_string_equal(p.story, "message(2097152) ");
    give(&p, above, sizeof above);
    give(&p, "x", 1);
    assert_string_equal(p.story, "message(2097152) closed(1009) ");
    finish(&p);

    // Nor do fragments add up to more.
    open_peer(&p);
    give(&p, "\x02\x01x", 3);
    give(&p, "\x80\x7f\0\0\0\0\0\x20\0\0x", 11);
    assert_string_equal(p.story, "closed(1009) ");
    finish(&p);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_this),
        cmocka_unit_test(a_line_end_in_a_value_is_refused),
        cmocka_unit_test(a_right_answer_opens),
        cmocka_unit_test(interim_answers_are_passed_over),
        cmocka_unit_test(a_wrong_answer_breaks),
        cmocka_unit_test(a_refusal_has_status_and_body),
        cmocka_unit_test(an_end_within_the_head_breaks),
        cmocka_unit_test(of_a_long_body_4096_bytes_are_told),
        cmocka_unit_test(a_head_has_16_kb),
        cmocka_unit_test(the_frames_of_rfc_6455_5_7),
        cmocka_unit_test(split_at_every_position),
        cmocka_unit_test(a_fragmented_message_is_one),
        cmocka_unit_test(what_is_sent_is_masked_and_in_one_piece),
        cmocka_unit_test(a_close_is_answered_and_told),
        cmocka_unit_test(our_close_comes_back),
        cmocka_unit_test(broken_frames_end_it),
        cmocka_unit_test(a_message_has_2_mib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
