/*
 * ticket_state.h - what does a server write down of a session into its ticket?
 *
 *     OpenSSL, BoringSSL, LibreSSL   SSL_SESSION in DER, whatever the version
 *     GnuTLS                         its packed session; in TLS 1.3 a frame around it
 *     RFC 5077 section 4             StatePlaintext
 *
 * There is no standard, and no mark that says whose format it is: each is tried, to the end of its
 * own lengths. What stands behind that end is padding.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_TICKET_STATE_H
#define KEYFALL_ATTACKER_LEAKS_TICKET_STATE_H

#include "attacker/crypto/secret.h"
#include "attacker/tls/suite.h"

/* The owner wipes it. */
struct ticket_state {
    const char *format; /* whose it is */
    const struct suite
        *suite;        /* NULL when it is not written down, and when it is not in the table */
    uint16_t suite_id; /* 0 when it is not written down */
    bool tls13;
    const char *hash; /* TLS 1.3: with which the secret goes */
    size_t len;
    uint8_t secret[TRAFFIC_SECRET_MAX_LEN]; /* the master secret; TLS 1.3: the pre-shared key */
};

/* ticket_state_read: `plain` is what was sealed, padding included. False when it is none of the
 * formats. */
bool ticket_state_read(struct bytes plain, struct ticket_state *out) MUST_CHECK;

#endif
