// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The first byte says whether the upgrade is part of the input (bit 0 clear) and how it is cut; the
// rest is the stream.
#include "io/websocket.h"

#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "fuzz.h"

// RFC 6455 s1.3: the answer to "the sample nonce".
#define UPGRADED                                                                                   \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

#define UNCUT 16000 // above this the limit of the head is met at the cut

static void fill(void *ctx, uint8_t *out, size_t len)
{
    if (len == 16)
        memcpy(out, "the sample nonce", 16);
    else
        memset(out, 0x5a, len);
}

struct story {
    bool opened, over;
    unsigned events; // but for the close
    uint32_t crc;    // of all that they told
};

static void on_event(void *ctx, const struct lkcam_websocket_event *e)
{
    struct story *s = ctx;
    uint32_t now[4] = {s->crc, (uint32_t)e->type, (uint32_t)e->status,
                       e->len ? lkcam_crc32(e->bytes, e->len) : 0};

    fuzz_check(!s->over);
    fuzz_check(s->opened == (e->type == LKCAM_WEBSOCKET_MESSAGE) ||
               e->type == LKCAM_WEBSOCKET_CLOSED);
    fuzz_check(e->type != LKCAM_WEBSOCKET_REFUSED || (e->len <= 4096 && e->status != 101));
    fuzz_check(e->len <= 2 * 1024 * 1024);
    s->opened |= e->type == LKCAM_WEBSOCKET_OPENED;
    s->over = e->type == LKCAM_WEBSOCKET_REFUSED || e->type == LKCAM_WEBSOCKET_CLOSED;
    // When libwslay finds a close frame's reason to be no text depends on the cut; the rest does
    // not.
    if (e->type == LKCAM_WEBSOCKET_CLOSED)
        return;
    s->events++;
    s->crc = lkcam_crc32(now, sizeof now);
}

static void on_send(void *ctx, const uint8_t *bytes, size_t len)
{
    fuzz_check(len > 0);
}

static struct story run(const uint8_t *data, size_t size, bool upgraded, size_t piece)
{
    static const struct lkcam_rand rand = {fill, NULL};
    struct story s = {0};
    struct lkcam_websocket_events events = {on_event, on_send, &s};
    struct lkcam_websocket *w;

    fuzz_check(lkcam_websocket_new(&w, &events, &rand) == 0);
    fuzz_check(lkcam_websocket_start(w, "host", "/", "token") == 0);
    if (upgraded)
        lkcam_websocket_input(w, (const uint8_t *)UPGRADED, sizeof UPGRADED - 1);
    fuzz_check(s.opened == upgraded);
    for (size_t at = 0; at < size; at += piece)
        lkcam_websocket_input(w, data + at, size - at < piece ? size - at : piece);
    lkcam_websocket_end(w);
    lkcam_websocket_free(&w);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    bool upgraded = data[0] & 1;
    struct story whole = run(data + 1, size - 1, upgraded, size);
    struct story cut = run(data + 1, size - 1, upgraded, (size_t)(data[0] >> 1) + 1);
    fuzz_check(size > UNCUT || (whole.events == cut.events && whole.crc == cut.crc));
    return 0;
}
