/*
 * dtls_messages.h - handshake messages over datagrams: put together from their pieces, and in
 * order.
 *
 *     type 1 | length 3 | message_seq 2 | fragment_offset 3 | fragment_length 3 | piece     bytes
 *
 * A message that is longer than a datagram comes in pieces, and what was not answered in time is
 * sent again, cut otherwise perhaps. Its number says which message a piece is of. RFC 6347 section
 * 4.2.2 and 4.2.3. Next: handshake.h, what the messages say.
 */
#ifndef KEYFALL_ATTACKER_TLS_DTLS_MESSAGES_H
#define KEYFALL_ATTACKER_TLS_DTLS_MESSAGES_H

#include "attacker/tls/record_stream.h"

#define DTLS_MESSAGE_HEADER_LEN 12

/* HelloVerifyRequest: answered by the same ClientHello with a cookie; neither it nor the first
 * ClientHello are a part of the handshake. RFC 6347 section 4.2.1. */
#define HANDSHAKE_HELLO_VERIFY_REQUEST 3

/* Messages that wait for pieces or for those in front of them: more than any flight has. */
#define DTLS_MAX_MESSAGES 16

/* 512 KiB for all that wait in a direction, as HANDSHAKE_MAX_BYTES; a piece can claim any length.
 */
#define DTLS_MAX_WAITING ((size_t)512 * 1024)

struct dtls_fragment {
    uint8_t type;
    uint32_t length; /* of the whole message's body */
    uint16_t message_seq;
    uint32_t offset;
    struct bytes body; /* the piece, a view */
};

/* A message of which at least a piece has come. */
struct dtls_message {
    uint8_t type;
    uint16_t message_seq;
    size_t length;
    uint8_t *whole;          /* header and body, as if it had come in one piece */
    uint8_t *known;          /* for each byte of the body, whether it has come */
    size_t arrived;          /* bytes that have */
    bool opened;             /* all of its pieces were sealed, and their records verified */
    struct record_mark mark; /* of the latest piece */
};

/* The messages of one direction. Zero is none so far. */
struct dtls_messages {
    struct dtls_message waiting[DTLS_MAX_MESSAGES];
    size_t num_waiting;
    size_t memory;
    bool begun;    /* a hello has come, and with it the first number */
    uint16_t next; /* of the message that is due */
};

/* dtls_fragment_next takes the next piece out of a record; false, and nothing taken, when it
 * contradicts itself. */
bool dtls_fragment_next(struct reader *r, struct dtls_fragment *out) MUST_CHECK;

/* dtls_messages_add keeps a piece, unless it came before or is of a message that did. */
void dtls_messages_add(struct dtls_messages *m, const struct dtls_fragment *fragment, bool opened,
                       const struct record_mark *mark);

/* dtls_messages_next is the message that is due, once it is whole; NULL until then. */
const struct dtls_message *dtls_messages_next(struct dtls_messages *m);

/* dtls_messages_drop lets go of that message; the next one is due. */
void dtls_messages_drop(struct dtls_messages *m);

/*
 * dtls_messages_skip: what is due will not come any more. The first message of which anything has
 * come is due now; when pieces of it are missing, *torn is what stands in front of the first of
 * them, header included, and dtls_messages_drop goes on. NULL when nothing waits.
 */
const struct dtls_message *dtls_messages_skip(struct dtls_messages *m, struct bytes *torn);

/* dtls_message_view is a whole message, as the transcript wants it. */
struct bytes dtls_message_view(const struct dtls_message *message);

void dtls_messages_clear(struct dtls_messages *m);

#endif
