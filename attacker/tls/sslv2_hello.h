/*
 * sslv2_hello.h - a ClientHello as SSL 2.0 had it, in front of a conversation in SSL 3.0 or TLS.
 *
 * Clients sent it for years to servers of which they did not know what they speak. It stands in no
 * record; with the answer, everything goes on as usual.
 *
 *     1 | length 15 bits || type 1 | version 2 | lengths of the three, 2 each | cipher specs, 3
 * bytes each | session id | challenge
 *
 * The hash over the handshake begins behind the two bytes of length; the challenge is the end of
 * the client's random, zeros in front of it. RFC 5246 appendix E.2.
 */
#ifndef KEYFALL_ATTACKER_TLS_SSLV2_HELLO_H
#define KEYFALL_ATTACKER_TLS_SSLV2_HELLO_H

#include "attacker/tls/hello.h"

/* As many bytes as it takes to know one: up to the length of the challenge. */
#define SSLV2_HELLO_BEGINNING_LEN 11

/* sslv2_hello_begins: are these the first bytes of one? */
bool sslv2_hello_begins(struct bytes start);

/* sslv2_hello_next takes the next one from a stream, without its length; false when it is not all
 * there. The caller has asked sslv2_hello_begins. */
bool sslv2_hello_next(struct reader *r, struct bytes *whole) MUST_CHECK;

/* sslv2_hello_read parses it. The suites are left out: their numbers have another length. */
bool sslv2_hello_read(struct bytes whole, struct hello *out) MUST_CHECK;

#endif
