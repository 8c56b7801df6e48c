/*
 * handmade.h - a conversation in TLS 1.2 that no stack here would hold: both sides made by hand,
 * with RSA key transport to the key of fixtures/rsa, or with fixed Diffie-Hellman, and AES-128-CBC.
 *
 * What crosses goes into a struct parley, to be played with played.h.
 */
#ifndef KEYFALL_TESTS_SUPPORT_HANDMADE_H
#define KEYFALL_TESTS_SUPPORT_HANDMADE_H

#include <zlib.h>

#include "tests/support/parley.h"
#include "tests/support/record_sealer.h"

/* Zero is an ordinary handshake. */
struct handmade_terms {
    bool sslv2;              /* the ClientHello has the format of SSL 2.0 */
    uint8_t compression;     /* the method of RFC 3749 that the server chooses */
    bool next_protocol;      /* the client sends a NextProtocol message in front of its Finished */
    bool odd_messages;       /* supplemental data, and a message of no known type */
    const char *false_start; /* what the client says in front of the server's Finished; or NULL */
    size_t most_in_record;   /* bytes of handshake in one record; 0: a whole message */

    EVP_PKEY *fixed[2];    /* by enum side: the Diffie-Hellman keys of the two; NULL: RSA */
    bool client_certified; /* and the client's stands in a certificate, not in ClientKeyExchange */
};

struct handmade {
    struct handmade_terms terms;
    struct parley parley;
    struct buffer transcript;
    uint8_t randoms[2][32]; /* by enum side */
    uint8_t master[48];
    struct sealer sealers[2];
    bool sealed[2];
    z_stream zlib[2];
};

/* handmade_begin shakes hands. Ends with handmade_clear. */
void handmade_begin(struct handmade *m, const struct handmade_terms *terms);

/* handmade_send sends a record of this type, sealed as records are now; handmade_say sends words.
 */
void handmade_send(struct handmade *m, enum side from, uint8_t type, struct bytes content);
void handmade_say(struct handmade *m, enum side from, const char *words);

/* handmade_send_as_it_is sends a sealed record whose content is not compressed before. */
void handmade_send_as_it_is(struct handmade *m, enum side from, uint8_t type, struct bytes content);

void handmade_clear(struct handmade *m);

#endif
