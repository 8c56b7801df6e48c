/*
 * session_early.h - early data (0-RTT): what a TLS 1.3 client says in the same breath as its
 * ClientHello, when it has a pre-shared key. Called by the other files of the session alone.
 *
 *     client   ClientHello | early data ... | EndOfEarlyData | Finished | ...
 *     sealed                 early keys       early keys       handshake keys
 *
 * A server that does not want it skips these records until one opens with the handshake's keys, or
 * until the second ClientHello that it has asked for comes in the clear; no EndOfEarlyData is sent
 * then. An onlooker without the early keys does the same. With them he opens what the server has
 * thrown away as well, and gives it out like all that the client said: it was sent, and whoever
 * recorded it reads it, whether the server did or not. RFC 8446 sections 2.3 and 4.2.10.
 */
#ifndef KEYFALL_ATTACKER_SESSION_EARLY_H
#define KEYFALL_ATTACKER_SESSION_EARLY_H

#include "attacker/session.h"
#include "attacker/session_search.h"

/* session_early_under_way: what the client seals now may be early data. */
bool session_early_under_way(const struct session *s, enum side from);

/* session_early_open opens a record with the early keys, as long as early data is under way and
 * somebody knows them; `record` is the next of its direction. */
bool session_early_open(struct session *s, enum side from, const struct record *record,
                        struct search_find *out) MUST_CHECK;

/* session_early_seal is the seal of early data, as long as that is under way, for the suite `which`
 * of those that it can be, from 0; NULL behind the last. */
struct seal *session_early_seal(struct session *s, enum side from, size_t which);

/* session_early_opened: the record of *found has opened, with whichever keys: out->early. */
void session_early_opened(struct session *s, enum side from, const struct search_find *found);

/* session_early_shut notes a record that nothing opens; true when it may well be early data of
 * which nobody knows the keys, so that those behind it have the numbers that they would have
 * without. */
bool session_early_shut(struct session *s, enum side from, const struct record_mark *mark);

/* session_early_note files, at the end, what became of it. */
void session_early_note(struct session *s);

/* session_early_clear wipes the secret. */
void session_early_clear(struct session *s);

#endif
