/*
 * dtls_record.h - TLS over datagrams: where does one record end, and which one is it?
 *
 *     type 1 | version 2 | epoch 2 | sequence number 6 | length 2 | fragment `length`       bytes
 *
 * A datagram may be lost, overtaken or doubled, so a record says which one it is: the epoch counts
 * the changes of keys, the number begins at 0 in each. A record lies in one datagram, and a
 * datagram holds whole records. RFC 6347 section 4.1.
 *
 *     25 1 | version 2 | epoch 2 | sequence number 6 | connection ID | length 2 | fragment `length`
 *
 * With a connection ID, which the other side has chosen, records find their way when an address
 * changes. How long it is stands in the hellos alone. RFC 9146 section 4. Next: dtls_messages.h,
 * what the records of a handshake hold.
 */
#ifndef KEYFALL_ATTACKER_TLS_DTLS_RECORD_H
#define KEYFALL_ATTACKER_TLS_DTLS_RECORD_H

#include "attacker/tls/record.h"

struct dtls_record {
    struct record record; /* `version` is 0xfeff, 0xfefd or 0x0100: what a MAC covers */
    uint16_t epoch;
    uint64_t sequence; /* in its epoch, 48 bits */
};

enum dtls_answer {
    DTLS_RECORD,        /* *out is the next record of the datagram */
    DTLS_UNIFIED,       /* a sealed record of DTLS 1.3, of which the header is masked */
    DTLS_CONNECTION_ID, /* a sealed record with a connection ID: dtls_record_with_id takes it */
    DTLS_CUT,           /* the beginning of a record, and the rest was not recorded */
    DTLS_NONE,          /* no DTLS, or the end of the datagram */
};

/* dtls_record_next takes the next record of a datagram. Only DTLS_RECORD takes anything. */
enum dtls_answer dtls_record_next(struct reader *datagram, struct dtls_record *out) MUST_CHECK;

/* dtls_record_with_id takes the next record when it is a whole one with a connection ID of `id_len`
 * bytes. */
bool dtls_record_with_id(struct reader *datagram, struct dtls_record *out,
                         size_t id_len) MUST_CHECK;

/* dtls_record_with_some_id does so where nothing tells the length of the ID: it takes the shortest
 * with which the record ends where the datagram does. */
bool dtls_record_with_some_id(struct reader *datagram, struct dtls_record *out) MUST_CHECK;

/*
 * dtls_record_is_hello: does the datagram begin with a ClientHello or a ServerHello, or with the
 * first piece of one? *type is the message's, *random its random. Random bytes look like that once
 * in 2^80.
 */
bool dtls_record_is_hello(struct bytes datagram, uint8_t *type, struct bytes *random) MUST_CHECK;

/*
 * dtls_record_count_sealed counts the records of a datagram that holds nothing but sealed ones: 0
 * when there is anything else in it. Random bytes look like that once in 2^36.
 */
size_t dtls_record_count_sealed(struct bytes datagram);

#endif
