/*
 * published_keys.h - ticket keys that nobody has to steal, because they were published.
 *
 * Programs that forgot to make a key, and sealed their tickets with what stood in its place. They
 * are tried on every ticket without being given; a MAC that verifies leaves no doubt.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_PUBLISHED_KEYS_H
#define KEYFALL_ATTACKER_LEAKS_PUBLISHED_KEYS_H

#include "attacker/leaks/ticket_seal.h"

/* published_keys_get gives the key at the place `which`, from 0, and what is known of it; NULL
 * behind the last. Its name is of no account: it differs from server to server. */
const char *published_keys_get(size_t which, struct ticket_key *out);

#endif
