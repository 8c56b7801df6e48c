/*
 * session_memory.h - how much does a session hold, and what if all of them hold too much?
 *
 * Each session has limits of its own; a flood of connections that all come close to them would
 * still fill the memory. So whoever keeps many sessions adds up what they hold, and ends the oldest
 * ones early when the sum passes a limit.
 */
#ifndef KEYFALL_ATTACKER_SESSION_MEMORY_H
#define KEYFALL_ATTACKER_SESSION_MEMORY_H

#include "attacker/session.h"

/* session_memory is the sum of what `s` holds, in bytes, to within a few KiB; cheap to ask for. */
size_t session_memory(const struct session *s);

/*
 * session_abandon ends a session at `end_ns`, before its connection has ended, because all sessions
 * together hold `limit` bytes. Its verdict says so, and is never "decrypted": what would have
 * followed was not read. Nothing may be handed to it from here on.
 */
void session_abandon(struct session *s, uint64_t end_ns, size_t limit);

#endif
