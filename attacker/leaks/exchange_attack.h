/*
 * exchange_attack.h - the attack with the server's private key on a key exchange that holds no
 * ciphertext: what is there instead, what the key does with it, what is missing.
 *
 * Nothing here assumes that it will fail: the signature is verified, the bytes that are there are
 * put through the private key, and the evidence is what came of it.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_EXCHANGE_ATTACK_H
#define KEYFALL_ATTACKER_LEAKS_EXCHANGE_ATTACK_H

#include "attacker/leaks/answer.h"
#include "attacker/leaks/evidence.h"
#include "attacker/tls/handshake.h"

/*
 * exchange_attack_tls12: a handshake of TLS 1.2 or before, seen up to its ClientKeyExchange, in
 * which no premaster secret was encrypted. ANSWER_WITHSTOOD when it is proved that the key is the
 * one that signed (or that nobody did) and both public values hide their exponents; ANSWER_MISMATCH
 * when another key signed, ANSWER_BROKEN when that is not what was recorded.
 */
enum answer exchange_attack_tls12(EVP_PKEY *key, const struct handshake *h, struct evidence *e);

/*
 * exchange_attack_temporary: the premaster secret was encrypted, but to a temporary RSA key that
 * stands in the ServerKeyExchange (export suites). The answers are the same.
 */
enum answer exchange_attack_temporary(EVP_PKEY *key, const struct handshake *h, struct evidence *e);

/* exchange_attack_tls13: seen up to its ServerHello. The signature is out of sight. */
enum answer exchange_attack_tls13(EVP_PKEY *key, const struct handshake *h, struct evidence *e);

#endif
