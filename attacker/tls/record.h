/*
 * record.h - where does one record end and the next begin?
 *
 *     type 1 | version 2 | length 2 | fragment `length`        bytes
 *
 * Everything that TLS says travels in records; a stream is nothing else. RFC 8446 section 5.1,
 * RFC 5246 section 6.2. Next: handshake.h, what the first records say.
 */
#ifndef KEYFALL_ATTACKER_TLS_RECORD_H
#define KEYFALL_ATTACKER_TLS_RECORD_H

#include "capture/bytes.h"

enum content_type {
    CONTENT_CHANGE_CIPHER_SPEC = 20,
    CONTENT_ALERT = 21,
    CONTENT_HANDSHAKE = 22,
    CONTENT_APPLICATION_DATA = 23,
    CONTENT_HEARTBEAT = 24,     /* RFC 6520 */
    CONTENT_CONNECTION_ID = 25, /* DTLS: the true type is sealed as in TLS 1.3. RFC 9146 */
};

#define RECORD_HEADER_LEN 5

/* One byte says how long it is: RFC 9146 section 3. */
#define CONNECTION_ID_MAX_LEN 255

/*
 * 2^14 bytes of content, and 2048 of whatever seals them: what TLS 1.2 allows (RFC 5246 section
 * 6.2.3). A longer one is no TLS, so a stream that claims it is not followed any further.
 */
#define RECORD_MAX_FRAGMENT ((1 << 14) + 2048)

struct record_header {
    uint8_t type;
    uint16_t version;
    uint16_t length;
};

struct record {
    uint8_t type;
    uint16_t version;      /* as written in this record, which need not be the negotiated one */
    struct bytes header;   /* the five bytes: TLS 1.3 authenticates them as they stand */
    struct bytes fragment; /* views into the reader's buffer */
    struct bytes connection_id; /* of CONTENT_CONNECTION_ID: stands in front of the length */
};

/*
 * record_next takes one record. NEED_MORE: what is there is the beginning of a record, nothing was
 * taken. MALFORMED: the bytes can't be the start of a record, nothing was taken.
 */
enum progress record_next(struct reader *r, struct record *out) MUST_CHECK;

/* record_missing: how many bytes the record that begins here still wants, at least; 0 when whole.
 */
size_t record_missing(struct bytes begun);

/*
 * record_looks_like_hello decides from the first bytes of a direction, 6 of them or more, whether
 * this is TLS: a record with a ClientHello or a ServerHello in it, or with the HelloRetryRequest of
 * drafts, which comes first, too. *type is that message's type.
 */
bool record_looks_like_hello(struct bytes start, uint8_t *type) MUST_CHECK;

/* record_header_read takes the five bytes in front of a record; false when these can't be it, or
 * are not all there. */
bool record_header_read(struct reader *r, struct record_header *out) MUST_CHECK;

#endif
