/*
 * session_tickets.h - TLS 1.3: the tickets that a server hands out, and the pre-shared keys that go
 * with them. Called by the other files of the session alone; what becomes of them is
 * leaks/known_psk.h.
 *
 *     handshake secret --> master secret --"res master", all up to the client's Finished-->
 *     resumption secret --"resumption", the ticket's nonce--> pre-shared key
 *
 * From traffic secrets there is no way back to these. So a session that a key log has opened leaves
 * its tickets behind without a key. RFC 8446 section 4.6.1.
 */
#ifndef KEYFALL_ATTACKER_SESSION_TICKETS_H
#define KEYFALL_ATTACKER_SESSION_TICKETS_H

#include "attacker/session.h"

/* session_tickets_see takes the body of a NewSessionTicket that was opened. */
void session_tickets_see(struct session *s, struct bytes body, const struct record_mark *mark);

/* session_tickets_settle: the client's Finished was read, or will not be: what waited for it is
 * filed. */
void session_tickets_settle(struct session *s);

/* session_tickets_clear wipes the secret. */
void session_tickets_clear(struct session *s);

#endif
