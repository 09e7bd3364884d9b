// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// SRTP and SRTCP (RFC 3711, RFC 7714) over libsrtp2. Never protects one sequence number twice:
// under AES-GCM that would give the key stream away, so a repeat is refused (-EALREADY).
#ifndef LKCAM_NET_SRTP_H
#define LKCAM_NET_SRTP_H

#include <stddef.h>
#include <stdint.h>

/** RFC 5764 s4.1.2 and RFC 7714 s14.2: the profiles' numbers in use_srtp. */
enum lkcam_srtp_profile {
    LKCAM_SRTP_AES128_CM_SHA1_80 = 0x0001,
    LKCAM_SRTP_AEAD_AES_128_GCM = 0x0007,
};

struct lkcam_srtp_keys {
    enum lkcam_srtp_profile profile;
    uint8_t send[30], receive[30]; // master key, then salt: 16 + 14 (CM) or 16 + 12 (GCM)
};

#define LKCAM_SRTP_TRAILER 20 // room needed behind a packet: tag 16 + SRTCP index 4

struct lkcam_srtp;

/**
 * Load and test the ciphers before they are needed: about 20 ms, because Debian's libsrtp2 stands
 * on NSS, which opens libraries of its own (docs/design/srtp.md). Any thread that may wait;
 * lkcam_srtp_new waits for it.
 */
void lkcam_srtp_prepare(void);

/** `ssrcs` are ours to send; anything may be received. @return 0, -ENOMEM, -EINVAL. */
int lkcam_srtp_new(struct lkcam_srtp **out, const struct lkcam_srtp_keys *keys,
                   const uint32_t *ssrcs, int ssrc_count);
void lkcam_srtp_free(struct lkcam_srtp **s);

/** In place; *len grows; the buffer has LKCAM_SRTP_TRAILER bytes more and is 4-byte aligned. Keeps
 * no memory; Debian's libsrtp2 takes blocks from the heap for each packet and gives them back
 * (docs/design/srtp.md).
 * @return 0, -EALREADY for a number protected before, -EINVAL (also: an SSRC that was not told of).
 */
int lkcam_srtp_protect(struct lkcam_srtp *s, uint8_t *packet, size_t *len);
int lkcam_srtp_protect_rtcp(struct lkcam_srtp *s, uint8_t *packet, size_t *len);

/** In place. @return 0, -EACCES (authentication), -EALREADY (replayed), -EBADMSG. */
int lkcam_srtp_unprotect(struct lkcam_srtp *s, uint8_t *packet, size_t *len);
int lkcam_srtp_unprotect_rtcp(struct lkcam_srtp *s, uint8_t *packet, size_t *len);

#endif
