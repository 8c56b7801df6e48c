/*
 * session_psk.h - several pre-shared keys fit the identity that the client names: which one is it?
 *
 * Up to TLS 1.2 nothing shows it before records are sealed. So the first one is taken for it, and
 * when the first record does not open, the next one, until one does. In a renegotiation, whose
 * records follow on others, the first is all that is tried. In TLS 1.3 the binder shows it.
 */
#ifndef KEYFALL_ATTACKER_SESSION_PSK_H
#define KEYFALL_ATTACKER_SESSION_PSK_H

#include "attacker/session.h"

/* session_psk_begin: the leaks have been asked; when they gave a premaster secret that is made with
 * one of several keys, it is kept, to make the others of. */
void session_psk_begin(struct session *s);

/* session_psk_next: a record of `from` has not opened. True when no other has, and there is another
 * key: the seals are those that follow from it. */
bool session_psk_next(struct session *s, enum side from) MUST_CHECK;

/* session_psk_settle: a record has opened, and that ends it. */
void session_psk_settle(struct session *s, uint64_t frame);

/* session_psk_memory: bytes that it takes up. */
size_t session_psk_memory(const struct session *s);

/* session_psk_clear wipes what was kept. */
void session_psk_clear(struct session *s);

#endif
