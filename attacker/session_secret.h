/*
 * session_secret.h - the moment at which a secret is told to whoever listens to a session.
 *
 * A secret that a leak gave is a claim, until a record opens with the keys that follow from it. So
 * it is told behind the first record that opened, and in TLS 1.3 whatever has followed since, each
 * once a handshake. What KeyUpdates make of one later is not told: it follows from the first, and
 * key logs have no names for it. Called by session.c and session_keys.c alone.
 */
#ifndef KEYFALL_ATTACKER_SESSION_SECRET_H
#define KEYFALL_ATTACKER_SESSION_SECRET_H

#include "attacker/session.h"

/* session_secret_tell tells of the secrets that are known and were not told yet. */
void session_secret_tell(struct session *s);

#endif
