// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What protection costs: one packet of each profile, and what has to be loaded and made before the
// first one.
//
//     srtp_bench [PACKETS]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/dtls.h"
#include "net/srtp.h"

#define PACKET_BYTES 1200 // a full media packet with its header

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void must(int err)
{
    if (err) {
        fprintf(stderr, "srtp_bench: %s\n", strerror(-err));
        exit(1);
    }
}

static struct lkcam_srtp *open_srtp(enum lkcam_srtp_profile profile)
{
    const struct lkcam_srtp_keys keys = {.profile = profile};
    const uint32_t ssrc = 1;
    struct lkcam_srtp *s;
    must(lkcam_srtp_new(&s, &keys, &ssrc, 1));
    return s;
}

static void setup_cost(void)
{
    struct lkcam_dtls_identity *id;
    uint8_t fingerprint[32];
    struct lkcam_srtp *s;
    double at[6];

    at[0] = now_us();
    must(lkcam_dtls_identity_new(&id, fingerprint));
    at[1] = now_us();
    lkcam_dtls_identity_free(&id);
    at[2] = now_us();
    must(lkcam_dtls_identity_new(&id, fingerprint));
    at[3] = now_us();
    lkcam_srtp_prepare();
    at[4] = now_us();
    s = open_srtp(LKCAM_SRTP_AEAD_AES_128_GCM);
    at[5] = now_us();
    lkcam_srtp_free(&s);
    lkcam_dtls_identity_free(&id);
    printf("identity, the first          %8.2f ms\n", (at[1] - at[0]) / 1e3);
    printf("identity, the next           %8.2f ms\n", (at[3] - at[2]) / 1e3);
    printf("lkcam_srtp_prepare           %8.2f ms\n", (at[4] - at[3]) / 1e3);
    printf("lkcam_srtp_new after it      %8.2f ms\n", (at[5] - at[4]) / 1e3);
}

static void packet_cost(const char *name, enum lkcam_srtp_profile profile, long packets)
{
    struct lkcam_srtp *s = open_srtp(profile);
    uint8_t packet[PACKET_BYTES + LKCAM_SRTP_TRAILER] __attribute__((aligned(4)));
    double begun = now_us();

    for (long i = 0; i < packets; i++) {
        size_t len = PACKET_BYTES;
        const uint8_t header[12] = {0x80, 0x60, (uint8_t)(i >> 8), (uint8_t)i, 0, 0, 0, 0, 0, 0,
                                    0,    1};
        memcpy(packet, header, sizeof header);
        must(lkcam_srtp_protect(s, packet, &len));
    }
    printf("%-28s %8.2f us a packet of %d bytes\n", name, (now_us() - begun) / (double)packets,
           PACKET_BYTES);
    lkcam_srtp_free(&s);
}

int main(int argc, char **argv)
{
    long packets = argc > 1 ? strtol(argv[1], NULL, 10) : 200000;
    if (packets <= 0) {
        fprintf(stderr, "usage: srtp_bench [PACKETS]\n");
        return 2;
    }
    setup_cost();
    packet_cost("AEAD_AES_128_GCM", LKCAM_SRTP_AEAD_AES_128_GCM, packets);
    packet_cost("AES_CM_128_HMAC_SHA1_80", LKCAM_SRTP_AES128_CM_SHA1_80, packets);
    return 0;
}
