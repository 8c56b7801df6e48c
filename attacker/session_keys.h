/*
 * session_keys.h - the moments of a session at which keys change. Called by session.c alone.
 *
 *     up to TLS 1.2 ClientKeyExchange: the leaks are asked; ChangeCipherSpec: new seal
 *     TLS 1.3       ServerHello: the leaks are asked, handshake seals; Finished: application seals
 */
#ifndef KEYFALL_ATTACKER_SESSION_KEYS_H
#define KEYFALL_ATTACKER_SESSION_KEYS_H

#include "attacker/session.h"

/* session_keys_ask asks the leaks, once a handshake, when enough was recorded for them to answer.
 */
void session_keys_ask(struct session *s);

/* session_keys_ask_now does so although more of the handshake was expected: it was not recorded. */
void session_keys_ask_now(struct session *s);

/*
 * session_keys_ask_again: nothing was known, and a sealed record is there that can't be opened. The
 * key log may have got the line for it since. True when it did, and there are seals now; records in
 * front of this one stay shut, and the numbers of those behind them are found by trying.
 */
bool session_keys_ask_again(struct session *s);

/* session_keys_replace puts another premaster secret in the place of the one that a leak gave, and
 * other seals in the place of those that are in use. TLS 1.2 and before. */
void session_keys_replace(struct session *s, const struct secret *premaster);

/* session_keys_start_tls13: behind the ServerHello everything is sealed, known to us or not. */
void session_keys_start_tls13(struct session *s);

/* session_keys_change_cipher_spec: what `from` sends next is sealed. TLS 1.2 and before. */
void session_keys_change_cipher_spec(struct session *s, enum side from);

/* session_keys_finished verifies a Finished message and, in TLS 1.3, changes to the next keys. */
void session_keys_finished(struct session *s, const struct message *finished);

/* session_keys_opened: a record of `from` has opened, and may have told how records are sealed. */
void session_keys_opened(struct session *s, enum side from);

/* session_keys_update: TLS 1.3, the sender goes on with the next generation (RFC 8446 7.2). */
void session_keys_update(struct session *s, enum side from);

/*
 * session_keys_next makes the seal that `from` has after so many changes of its keys, from 1: by
 * ChangeCipherSpec, behind its Finished (TLS 1.3), by KeyUpdate. NULL when it is not known.
 */
struct seal *session_keys_next(struct session *s, enum side from, size_t changes);

/* session_keys_change_unseen: `from` has changed its keys so often where nothing was recorded;
 * `next` is the seal from session_keys_next, taken over. */
void session_keys_change_unseen(struct session *s, enum side from, struct seal *next,
                                size_t changes);

#endif
