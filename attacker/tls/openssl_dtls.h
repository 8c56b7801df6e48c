/*
 * openssl_dtls.h - how did OpenSSL read RFC 4347 before it read it right?
 *
 * Its first implementation of DTLS 1.0, up to 0.9.8e, has version 0x0100, and Cisco's AnyConnect
 * has gone on with that. What it does otherwise:
 *
 *   the header of handshake messages does not go into the transcript;
 *   what is said in front of the cookie does, and in later versions not;
 *   a ChangeCipherSpec has a message's number behind its byte (session_dtls.c);
 *   an encrypted premaster secret has no length in front, as in SSL 3.0;
 *   a MAC covers 3.1 as the version and no epoch, in later versions what the record says
 *   (crypto/seal_mac.c).
 */
#ifndef KEYFALL_ATTACKER_TLS_OPENSSL_DTLS_H
#define KEYFALL_ATTACKER_TLS_OPENSSL_DTLS_H

#include "attacker/tls/handshake.h"

/* openssl_dtls_is_spoken: the ClientHello said so. */
bool openssl_dtls_is_spoken(const struct handshake *h);

/* openssl_dtls_hashed is what of a message goes into the transcript: all of it, unless this is
 * spoken. */
struct bytes openssl_dtls_hashed(const struct handshake *h, const struct message *m);

/*
 * openssl_dtls_start_over is handshake_start_over in front of the ClientHello with the cookie that
 * `request`, the body of a HelloVerifyRequest, asks for. Where this is spoken, what may be hashed
 * of it is kept in h->before_cookie: only the Finished tells whether it is.
 */
void openssl_dtls_start_over(struct handshake *h, struct bytes request);

#endif
