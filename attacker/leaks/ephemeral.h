/*
 * ephemeral.h - one side's ephemeral private key: the x or y that never crossed the wire.
 *
 * This is the control experiment. With it the same program opens the same recording that the
 * server's key left shut, so that a failed attack means something.
 *
 * With the export suites of the 1990s, it is a temporary RSA key of 512 bits, to which the client
 * encrypts (RFC 2246 section 7.4.3).
 */
#ifndef KEYFALL_ATTACKER_LEAKS_EPHEMERAL_H
#define KEYFALL_ATTACKER_LEAKS_EPHEMERAL_H

#include "attacker/crypto/secret.h"
#include "attacker/leaks/answer.h"
#include "attacker/leaks/evidence.h"
#include "attacker/leaks/key_file.h"
#include "attacker/tls/handshake.h"

/*
 * ephemeral_ask looks for a key whose public value is the server's or the client's, and computes
 * the shared secret with the other one. *out is set with ANSWER_SECRET: a premaster secret, or for
 * TLS 1.3 the shared secret; and with ANSWER_PSK, when that is not all: SECRET_OTHER, or for
 * TLS 1.3 the shared secret again. RFC 5246 section 8.1.2, RFC 8422 section 5.10, RFC 8446
 * section 7.4.
 */
enum answer ephemeral_ask(const struct private_keys *ephemerals, const struct handshake *h,
                          struct secret *out, struct evidence *e);

/* ephemeral_conclude is the end of it, wherever the exponent came from: *out is set when the secret
 * was `computed`, and it is told whether that is all that goes into the keys. */
enum answer ephemeral_conclude(const struct handshake *h, bool computed, struct secret *out,
                               struct evidence *e);

#endif
