/*
 * spotter.h - where in a stream does TLS begin?
 *
 * Before two sides speak TLS they may have said other things: EHLO and STARTTLS, CONNECT to a
 * proxy, the greeting of a database. A spotter does not know any of these protocols. It looks at
 * one direction of a connection as it comes, on any port, and knows TLS by its bytes. It keeps the
 * last few bytes that it saw and nothing else, so it can go on for as long as a connection lasts.
 *
 * What it takes for the beginning of TLS, and how likely that is in random bytes:
 *
 *   hello    a record with the beginning of a ClientHello or ServerHello, at any offset:
 *              16 03 00-04 | length | 01-02 length | 03 00-04       11 bytes
 *            with 6 to 2^14 bytes of record, and 32 bytes to 128 KiB of message, which may go on in
 *            the next record: 2^-51 an offset, once in 2 million GB.
 *            The HelloRetryRequest of TLS 1.3 up to draft 21 is shorter, and a record of its own:
 *              16 03 00-04 | length | 06 length-4 | 7f 12-15        2^-69 an offset.
 *            At the very first byte that was recorded, the first 6 of these are enough, since a
 *            message may be cut into the smallest records: 2^-30 a stream.
 *   old      at the very first byte of a connection, a ClientHello in the format of SSL 2.0: type,
 *            version and four lengths that fit each other, 2^-50.
 *   TLCP     at the very first byte that was recorded, a hello of that (tlcp.h): 2^-56 a stream.
 *   alert    a fatal one in the clear, only while the other side speaks TLS: 2^-48 an offset.
 *   middle   only behind a hole, or where the beginning was not recorded: two record headers
 *            of the same version, the second where the first one's record ends: 2^-44 an offset;
 *            or a record that begins with the first byte behind the hole and ends with a packet:
 *            2^-31 a hole. The session begins with the second record, or with the first one if
 *            that is all in one piece. Files are not random: tables of numbers, or a capture file,
 *            are full of such pairs. So it is a suspicion, and wants the proof of record_proof.h.
 *
 * Next: record_stream.h, which cuts what begins there into records.
 */
#ifndef KEYFALL_ATTACKER_TLS_SPOTTER_H
#define KEYFALL_ATTACKER_TLS_SPOTTER_H

#include "attacker/tls/record.h"
#include "capture/stream.h"

/* One byte less than it takes to know a hello. */
#define SPOTTER_MAX_TAIL 10

/*
 * Record headers whose record has not ended yet. In TLS it is one; random bytes look like a header
 * once in 2 MB, for the 18 KB that a record can have. So a second is rare, and a fifth is not kept.
 */
#define SPOTTER_MAX_EXPECTED 4

enum spotted {
    SPOTTED_NOTHING,
    SPOTTED_CLIENT_HELLO,
    SPOTTED_SERVER_HELLO,
    SPOTTED_ALERT,
    SPOTTED_MIDDLE,
};

/* Where a record should begin, because the one in front of it ends there. */
struct expected {
    uint64_t offset;
    uint16_t version; /* 0 when this place is free */
    bool from_edge;   /* the one in front began with the first byte behind a hole */
};

/* Zero is a spotter that has seen nothing, of a stream that is recorded from its first byte on. */
struct spotter {
    bool beginning_lost; /* bytes in front of those that come next were not recorded */
    uint64_t offset;     /* of the next byte, from the first that was recorded */
    uint64_t hole_end;   /* of the first byte behind the last hole */
    uint64_t first_end;  /* where the record ends that begins there; 0 when none does */
    struct chunk tail;   /* the last bytes that were seen; its data is `kept` */
    uint8_t kept[SPOTTER_MAX_TAIL];
    struct expected expected[SPOTTER_MAX_EXPECTED];
    uint64_t behind_hello; /* records go on up to here from the latest hello; 0 without one */
    bool follows_hello;    /* see spotter_place, of that */
    unsigned steps;        /* see spotter_place, of the latest middle */
    uint64_t misled;       /* what looked like headers, and no record stood where theirs end */
};

/* What begins in a piece may have its first bytes in the piece before. */
struct spotter_place {
    uint64_t offset;    /* of the first byte of TLS in the stream */
    struct chunk early; /* bytes from earlier pieces, mostly none; valid until the next call */
    struct chunk rest;  /* and those of this piece */
    unsigned steps; /* of a middle: what speaks for it besides these bytes, see record_proof.h */
    bool follows_hello; /* of a hello: from the one before, records go on up to it */
};

/*
 * spotter_feed takes the next piece of the stream. As soon as TLS has begun it returns what with,
 * and fills *out; who feeds it more then is looking for TLS behind this piece. `answering`: the
 * other side speaks TLS.
 */
enum spotted spotter_feed(struct spotter *s, struct spotter_place *out, const struct chunk *piece,
                          bool answering);

/* spotter_look_on looks for what else begins in the same piece, behind *place, which it is about to
 * fill; *place is as spotter_feed or this have left it. */
enum spotted spotter_look_on(struct spotter *s, struct spotter_place *place, bool answering);

/* spotter_misled: how often what looked like a record's header led nowhere so far. In a stream of
 * TLS that is never, but for one in a hundred that begin with the rest of a long record. */
uint64_t spotter_misled(const struct spotter *s);

/* spotter_skip: the next `missing` bytes of the stream were not recorded. */
void spotter_skip(struct spotter *s, uint64_t missing);

#endif
