/*
 * fixed_dh.h - the server's private key, where its certificate holds a Diffie-Hellman key: the
 * suites TLS_DH_* and TLS_ECDH_*, without the E.
 *
 * They look like the ephemeral ones and are not forward secret. The server has the same x in each
 * conversation, the one behind its certificate: with that and the client's public value, which
 * crossed the wire, the shared secret is computed. RFC 5246 section 8.1.2, RFC 4492 section 2.1.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_FIXED_DH_H
#define KEYFALL_ATTACKER_LEAKS_FIXED_DH_H

#include "attacker/crypto/secret.h"
#include "attacker/leaks/answer.h"
#include "attacker/leaks/evidence.h"
#include "attacker/tls/handshake.h"

/* fixed_dh_ask: `key` is the certificate's own, NULL when no certificate was recorded. *out is set
 * with ANSWER_SECRET (a premaster secret). */
enum answer fixed_dh_ask(EVP_PKEY *key, const struct handshake *h, struct secret *out,
                         struct evidence *e);

#endif
