/*
 * ticket_key.h - does the key of the session tickets open this session? SSL 3.0 to TLS 1.2.
 *
 * A ticket holds the master secret of the very session in which it is handed over, and it crosses
 * in the clear, in front of the server's ChangeCipherSpec. So one key opens every session that got
 * a ticket under it, however its keys were exchanged, and every one that takes such a session up.
 * RFC 5077 sections 3.1 and 4. For TLS 1.3, where a ticket is a pre-shared key, see known_psk.h.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_TICKET_KEY_H
#define KEYFALL_ATTACKER_LEAKS_TICKET_KEY_H

#include "attacker/crypto/secret.h"
#include "attacker/leaks/answer.h"
#include "attacker/leaks/ticket_open.h"
#include "attacker/tls/handshake.h"

/*
 * ticket_key_ask: *out is set with ANSWER_SECRET, to the master secret. ANSWER_NOT_GIVEN: no key
 * was given, or no ticket that could hold the secret has been seen. ANSWER_BROKEN: it is the right
 * key, and nothing follows.
 */
enum answer ticket_key_ask(const struct ticket_keys *keys, const struct handshake *h,
                           struct secret *out, struct evidence *e);

/* ticket_key_ask_early does so with a ticket that is not part of the handshake yet: what the client
 * says in front of it can be read with what it holds. */
enum answer ticket_key_ask_early(const struct ticket_keys *keys, const struct handshake *h,
                                 const struct ticket_seen *seen, struct secret *out,
                                 struct evidence *e);

#endif
