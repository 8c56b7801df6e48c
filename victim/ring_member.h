/*
 * ring_member.h - one of several parties that agree on a key: what does it compute?
 *
 * Diffie-Hellman among n parties, each with a secret exponent x. In the first round a member sends
 * g^x to the next one. What arrives it raises to its own x and sends on, and after n-1 rounds what
 * arrives has all exponents in it but its own: raised once more, it is g^(x1 x2 ... xn), the same
 * number for all. Nobody else has it: each value that was sent lacks an exponent.
 *
 * The ring is that of I. Ingemarsson, D. Tang and C. Wong, "A conference key distribution system",
 * IEEE Transactions on Information Theory 28 (1982); it is GDH.1's and GDH.2's forerunner (M.
 * Steiner, G. Tsudik, M. Waidner 1996), which take fewer messages. Like theirs it is proof against
 * who listens, and not against who takes part unasked: nobody signs anything here.
 *
 * Next: ring.h, in which the values cross from one member to the other.
 */
#ifndef KEYFALL_VICTIM_RING_MEMBER_H
#define KEYFALL_VICTIM_RING_MEMBER_H

#include <openssl/evp.h>

#include "capture/complaint.h"
#include "victim/ring_message.h"

#define RING_KEY_SIZE 32
#define RING_NONCE    12
#define RING_TAG      16

/* What HKDF is told that the key is for. RFC 5869 section 3.2. */
#define RING_KEY_PURPOSE "keyfall group message"

/* Zero is nobody. */
struct ring_member {
    unsigned number;                /* from 1 */
    EVP_PKEY *secret;               /* x, in the group; owned */
    uint8_t value[RING_VALUE_SIZE]; /* to be sent next; in the end what all have in common */
    uint8_t key[RING_KEY_SIZE];     /* what they seal with */
};

/* ring_member_make draws a secret exponent; value is g^x then. False: libcrypto can't. */
bool ring_member_make(struct ring_member *member, unsigned number, EVP_PKEY *group) MUST_CHECK;

/* ring_member_raise: value becomes `arrived`^x. False when that is no value of the group, or one of
 * those that would give everybody the same key: 0, 1 and p-1. */
bool ring_member_raise(struct ring_member *member, struct bytes arrived) MUST_CHECK;

/* ring_member_conclude makes the key from the last value: HKDF with SHA-256, the agreement's
 * number being the salt. */
bool ring_member_conclude(struct ring_member *member, struct bytes agreement) MUST_CHECK;

/* ring_member_seal appends nonce, ciphertext and tag; `header` is authenticated besides. */
bool ring_member_seal(const struct ring_member *member, struct buffer *out, struct bytes header,
                      struct bytes text) MUST_CHECK;

/* ring_member_open appends the text; false when the tag does not verify, and nothing is appended.
 */
bool ring_member_open(const struct ring_member *member, struct buffer *out, struct bytes header,
                      struct bytes sealed) MUST_CHECK;

void ring_member_clear(struct ring_member *member);

#endif
