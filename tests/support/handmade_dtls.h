/*
 * handmade_dtls.h - conversations by datagrams that no stack here would hold: both sides made by
 * hand, with RSA key transport to the key of fixtures/rsa. handmade.h over datagrams.
 *
 * What crosses goes into a session as it is sent.
 */
#ifndef KEYFALL_TESTS_SUPPORT_HANDMADE_DTLS_H
#define KEYFALL_TESTS_SUPPORT_HANDMADE_DTLS_H

#include "attacker/session.h"
#include "tests/support/record_sealer.h"

/* Zero is OpenSSL's own DTLS from before 0.9.8f, version 0x0100, with AES-128-CBC. */
struct handmade_dtls_terms {
    const struct sealing_plan *plan; /* DTLS 1.2, sealed like that; or NULL */
    bool connection_ids;             /* the two agree on them: */
    struct bytes ids[2];             /* by enum side: what that side's records carry */
    bool cookie;                     /* the server asks for one */
    bool cookie_not_hashed;          /* and with the second ClientHello, the hash begins anew */
    bool header_of_tls10;            /* a MAC covers 3.1 as the version, and no epoch */
    size_t refused;                  /* times the client wants to shake hands anew, in vain */
    size_t lost;                     /* this datagram is not recorded, from 1; 0: all are */
};

struct handmade_dtls {
    struct handmade_dtls_terms terms;
    const struct sealing_plan *plan;
    struct session *session;
    struct leaks leaks;
    struct buffer transcript;
    struct buffer said[2]; /* by enum side: what the session told */
    uint8_t randoms[2][32];
    uint8_t master[48];
    struct sealer sealers[2];
    bool sealed[2];
    uint64_t sequence[2];
    uint16_t message_seq[2];
    size_t num_datagrams;
};

/* handmade_dtls_hold: the client says "asked", the server "answered", and the session is closed.
 * Ends with handmade_dtls_clear. */
void handmade_dtls_hold(struct handmade_dtls *t, const struct handmade_dtls_terms *terms);

void handmade_dtls_clear(struct handmade_dtls *t);

#endif
