/*
 * ring_message.h - what do the members of a ring send each other?
 *
 * A format of our own, since there is no standard one to show it with; numbers are big-endian.
 *
 *     magic        8   "KEYFALLG"
 *     version      1   1
 *     type         1   1 a public value, 2 a sealed message
 *     agreement   16   random, the same in all messages that belong together
 *     group        2   its number in TLS: 0x0100 is ffdhe2048. RFC 7919 section 2
 *     members      1   2 to 16
 *     sender       1   1 to members; it sends to the next one, and the last one to the first
 *     round        1   of a value: 1 to members - 1; of a sealed message: 0
 *     length       4   of what follows
 *     a value:            as long as the prime, zeros in front
 *     a sealed message:   nonce 12 | ciphertext | tag 16, sealed with AES-256-GCM; what stands in
 *                         front of it is authenticated. The key: see ring_member.h
 *
 * A sealed message goes round the ring unchanged, its sender being who sealed it.
 */
#ifndef KEYFALL_VICTIM_RING_MESSAGE_H
#define KEYFALL_VICTIM_RING_MESSAGE_H

#include "capture/alloc.h"

#define RING_MAGIC          "KEYFALLG"
#define RING_VERSION        1
#define RING_HEADER_SIZE    35
#define RING_AGREEMENT_SIZE 16
#define RING_GROUP_NUMBER   0x0100
#define RING_GROUP_NAME     "ffdhe2048"
#define RING_VALUE_SIZE     256 /* bytes of its prime */
#define RING_MIN_MEMBERS    2
#define RING_MAX_MEMBERS    16
#define RING_MAX_TEXT       65536 /* more is no message: who listens need not keep it */

enum ring_message_type { RING_VALUE = 1, RING_SEALED = 2 };

/* What stands in front of a value or a sealed message. */
struct ring_header {
    enum ring_message_type type;
    struct bytes agreement; /* RING_AGREEMENT_SIZE */
    unsigned members;
    unsigned sender;
    unsigned round;
    size_t length;
};

/* ring_header_write puts it into `out`. */
void ring_header_write(uint8_t out[static RING_HEADER_SIZE], const struct ring_header *header);

#endif
