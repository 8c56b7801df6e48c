/*
 * agreement_message.h - is this a message of several parties that agree on a key, and which one?
 *
 * keyfall-victim's own format, as victim/ring_message.h documents it, known on any port by its
 * first eight bytes. It is read as all that others sent is: no number in it is believed before it
 * was looked at.
 */
#ifndef KEYFALL_ATTACKER_AGREEMENT_MESSAGE_H
#define KEYFALL_ATTACKER_AGREEMENT_MESSAGE_H

#include "capture/bytes.h"

#define AGREEMENT_ID_SIZE     16
#define AGREEMENT_MIN_MEMBERS 2
#define AGREEMENT_MAX_MEMBERS 16 /* each sends to one other, in so many rounds but one */
#define AGREEMENT_MAX_ROUNDS  (AGREEMENT_MAX_MEMBERS - 1)
#define AGREEMENT_MAX_VALUE   1024 /* bytes of ffdhe8192, the largest group of RFC 7919 */

/* 64 KiB of text, the nonce, and the tag: what the victim seals at the most. */
#define AGREEMENT_MAX_SEALED ((size_t)(64 * 1024) + 28)

enum agreement_message_type { AGREEMENT_VALUE = 1, AGREEMENT_SEALED = 2 };

/* Views into what was read. */
struct agreement_message {
    uint8_t type;    /* one of the two */
    struct bytes id; /* AGREEMENT_ID_SIZE: messages with the same one belong together */
    uint16_t group;  /* as in TLS */
    uint8_t members; /* within the limits above */
    uint8_t sender;  /* 1 to members */
    uint8_t round;   /* of a value: 1 to members - 1 */
    struct bytes header;
    struct bytes body;
};

/* agreement_message_begins: as far as they go, these bytes begin such a message. */
bool agreement_message_begins(struct bytes b) MUST_CHECK;

/* agreement_message_read takes one message; the reader moves on when it is DONE. */
enum progress agreement_message_read(struct reader *r, struct agreement_message *out) MUST_CHECK;

#endif
