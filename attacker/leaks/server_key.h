/*
 * server_key.h - the server's long-term private key: given this handshake, what does it open?
 *
 * With RSA key transport, everything: the ClientKeyExchange is a box and this key opens it. With
 * a Diffie-Hellman key in the certificate, everything too (fixed_dh.h). With ephemeral
 * Diffie-Hellman there is no box. The attack is made all the same, step by step, and each step
 * leaves its evidence: the key is the right one, it verifies the server's signature, and yet there
 * is nothing for it to decrypt.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_SERVER_KEY_H
#define KEYFALL_ATTACKER_LEAKS_SERVER_KEY_H

#include "attacker/crypto/secret.h"
#include "attacker/leaks/answer.h"
#include "attacker/leaks/evidence.h"
#include "attacker/leaks/key_file.h"
#include "attacker/tls/handshake.h"

/*
 * server_keys_load adds the keys of a file, or those of all key files in a folder. `loading` may be
 * NULL: nobody helps. False with *why when there is none to be had.
 */
bool server_keys_load(struct private_keys *keys, const char *path, struct key_loading *loading,
                      struct complaint *why) MUST_CHECK;

/* server_key_ask makes the attack; *out is set with ANSWER_SECRET (a premaster secret), and with
 * ANSWER_PSK (what goes into it beside the pre-shared key: SECRET_OTHER). */
enum answer server_key_ask(const struct private_keys *keys, const struct handshake *h,
                           struct secret *out, struct evidence *e);

#endif
